"""An ONNX model with its weights in half precision: half as large and as quick, for it widens them when opened."""

from __future__ import annotations

from pathlib import Path

SMALL = 256  # numbers; what is smaller stays as it is


def halve(path: Path, into: Path) -> float:
    """Write the model at `path` with weights in 16 bits; gives the largest change of a weight.

    What it computes is still in 32 bits: onnxruntime widens the weights once, when it opens the model.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    graph = model.graph
    casts, most = [], 0.0
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT:
            continue
        wide = numpy_helper.to_array(tensor)
        if wide.size < SMALL:
            continue
        half = wide.astype(np.float16)
        most = max(most, float(np.abs(half.astype(np.float32) - wide).max()))
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], name=f"widen {name}", to=TensorProto.FLOAT))
    for place, node in enumerate(casts):
        graph.node.insert(place, node)
    # Where on a machine its layers were written down is nobody's business.
    for part in (*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    onnx.checker.check_model(model)
    into.write_bytes(model.SerializeToString())
    return most
