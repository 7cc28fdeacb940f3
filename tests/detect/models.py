"""Detectors in ONNX that find the red square of a picture, in the layouts of other people's exports."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from resight.types import Doubles


def constant_detector(path: Path, outputs: list[np.ndarray], size: tuple[int, int], inputs: int = 1) -> Path:
    """A model that puts out these arrays, whatever it is shown; the pictures only pass by."""
    entries = [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, *size])]
    if inputs == 2:
        entries.append(helper.make_tensor_value_info("sizes", TensorProto.INT64, [1, 2]))
    nodes, results, held = [], [], []
    for number, array in enumerate(outputs):
        kind = TensorProto.INT64 if array.dtype == np.int64 else TensorProto.FLOAT
        held.append(numpy_helper.from_array(array, f"constant{number}"))
        nodes.append(helper.make_node("Identity", [f"constant{number}"], [f"output{number}"]))
        results.append(helper.make_tensor_value_info(f"output{number}", kind, list(array.shape)))
    graph = helper.make_graph(nodes, "constant", entries, results, held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


def red_detector(path: Path, size: int) -> Path:
    """A model of YOLOv8's layout with one box: the bounds of what is red and nothing else, its score how much it is."""
    # Where red stands out by half: rows and columns that have such a pixel, the first and the last of them.
    make = helper.make_node
    nodes = [
        make("Split", ["images"], ["red", "green", "blue"], axis=1, num_outputs=3),
        make("Sub", ["red", "green"], ["out"]),
        make("ReduceMax", ["out", "axis_y"], ["by_column"], keepdims=0),
        make("ReduceMax", ["out", "axis_x"], ["by_row"], keepdims=0),
    ]
    edges = []
    for name in ("by_column", "by_row"):
        nodes += [
            make("Greater", [name, "half"], [f"{name}_is"]),
            make("Where", [f"{name}_is", "places", "far"], [f"{name}_low_of"]),
            make("Where", [f"{name}_is", "places", "below"], [f"{name}_high_of"]),
            make("ReduceMin", [f"{name}_low_of", "last"], [f"{name}_low"], keepdims=1),
            make("ReduceMax", [f"{name}_high_of", "last"], [f"{name}_high_"], keepdims=1),
            make("Add", [f"{name}_high_", "one"], [f"{name}_high"]),
            make("Add", [f"{name}_low", f"{name}_high"], [f"{name}_sum"]),
            make("Div", [f"{name}_sum", "two"], [f"{name}_middle"]),
            make("Sub", [f"{name}_high", f"{name}_low"], [f"{name}_size"]),
        ]
        edges.append(name)
    nodes += [
        make("ReduceMax", ["out", "all_axes"], ["score_"], keepdims=0),
        make("Reshape", ["score_", "shape"], ["score"]),
        make(
            "Concat",
            ["by_column_middle_", "by_row_middle_", "by_column_size_", "by_row_size_", "score"],
            ["rows"],
            axis=1,
        ),
        # A layout with more boxes than rows, as the real ones have.
        make("Expand", ["rows", "many"], ["output"]),
    ]
    reshaped = [
        make("Reshape", [f"{name}_{what}", "shape"], [f"{name}_{what}_"])
        for what in ("middle", "size")
        for name in edges
    ]
    nodes = [*nodes[:-4], *reshaped, *nodes[-4:]]
    constants = {
        "axis_y": np.array([2]), "axis_x": np.array([3]), "last": np.array([2]), "all_axes": np.array([1, 2, 3]),
        "half": np.float32(0.5), "one": np.float32(1), "two": np.float32(2), "far": np.float32(size),
        "below": np.float32(-1), "places": np.arange(size, dtype=np.float32)[None, None],
        "shape": np.array([1, 1, 1]), "many": np.array([1, 5, 40]),
    }  # fmt: skip
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    entry = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, size, size])
    result = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 5, 40])
    graph = helper.make_graph(nodes, "red", [entry], [result], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def red_square(height: int, width: int, box: tuple[int, int, int, int]) -> np.ndarray:
    """A grey picture with a red box (x, y, w, h)."""
    x, y, w, h = box
    picture = np.full((height, width, 3), 90, np.uint8)
    picture[y : y + h, x : x + w] = (250, 10, 10)
    return picture


def centres(boxes: Doubles) -> Doubles:
    """X, y, w, h with the middle in place of the corner."""
    return np.asarray(np.concatenate([boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:]], axis=1))
