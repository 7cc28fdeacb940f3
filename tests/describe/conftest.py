"""Tiny ONNX models of every shape that people bring, and chips to describe."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from resight.types import Chip

MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Write a model: mean colours of a grid of cells, mixed by a fixed random matrix."""

    def make(batch: int | str = "n", size: int = 24, flat: bool = True, name: str = "tiny.onnx", seed: int = 0) -> Path:
        weights = np.random.default_rng(seed).normal(size=(16, 3, 4, 4)).astype(np.float32)
        nodes = [helper.make_node("Conv", ["image", "weights"], ["cells"], strides=[4, 4])]
        if flat:
            nodes.append(helper.make_node("GlobalAveragePool", ["cells"], ["pooled"]))
            nodes.append(helper.make_node("Flatten", ["pooled"], ["out"]))
        else:
            nodes.append(helper.make_node("Relu", ["cells"], ["out"]))
        shape = [batch, 16] if flat else [batch, 16, size // 4, size // 4]
        graph = helper.make_graph(
            nodes,
            "tiny",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 3, size, size])],
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
            [numpy_helper.from_array(weights, "weights")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        path = tmp_path / name
        onnx.save(model, path)
        return path

    return make


@pytest.fixture(scope="session")
def chips() -> Sequence[Chip]:
    """Five blotched chips of different shapes, one with a mask, one with nothing to see."""
    rng = np.random.default_rng(0)
    found = []
    for height, width in ((160, 240), (240, 240), (240, 120), (100, 240)):
        cells = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
        pixels = np.kron(cells, np.ones((8, 8, 1), np.uint8))[:height, :width]
        found.append(Chip(np.ascontiguousarray(pixels), np.eye(2, 3)))
    mask = np.zeros((240, 240), np.uint8)
    mask[60:200, 40:180] = 255
    found[1] = Chip(found[1].pixels, np.eye(2, 3), mask)
    return [*found, Chip(np.full((200, 240, 3), 90, np.uint8), np.eye(2, 3))]
