"""ONNX models of people's own: what is fed to them, and what is said of those that do not fit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from resight.chip.padded import DEVIATION, MEAN
from resight.describe.builtin import onnx as open_onnx
from resight.describe.onnx import DEFAULT_SIZE, OnnxDescriber
from resight.errors import ResightError
from resight.types import Chip

MakeModel = Callable[..., Path]


def image_model(path: Path, shape: list[int | str]) -> Path:
    """A model that gives back what it is fed."""
    nodes = [helper.make_node("Identity", ["image"], ["out"])]
    entry = helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)
    leave = helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "same", [entry], [leave])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def test_it_is_fed_rgb_normalised_padded_and_masked(tmp_path: Path) -> None:
    """Of a model that gives its input back, the mean over pixels is the mean colour it was fed."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[..., 0] = 255
    mask = np.zeros((20, 40), np.uint8)
    mask[:, :20] = 255
    model = OnnxDescriber(image_model(tmp_path / "same.onnx", ["n", 3, 40, 40]))
    found = model.describe([Chip(pixels, np.eye(2, 3), mask)]).vectors[0]
    # A quarter of the square is red; the rest, above, below and beside the animal, is grey.
    colour = 0.25 * np.array([1.0, 0, 0]) + 0.75 * 124 / 255
    fed = (colour - MEAN) / DEVIATION
    np.testing.assert_allclose(found, fed / np.linalg.norm(fed), atol=0.02)


def test_it_gives_what_onnxruntime_gives(make_model: MakeModel) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    path = make_model()
    fed = ((pixels.astype(np.float32) / 255 - MEAN) / DEVIATION).transpose(2, 0, 1)[None]
    raw = onnxruntime.InferenceSession(str(path)).run(None, {"image": fed})[0][0]
    found = OnnxDescriber(path).describe([Chip(pixels, np.eye(2, 3))]).vectors[0]
    np.testing.assert_allclose(found, raw / np.linalg.norm(raw), atol=1e-5)


def test_the_size_is_the_models_own_or_a_usual_one(tmp_path: Path) -> None:
    assert OnnxDescriber(image_model(tmp_path / "a.onnx", ["n", 3, 64, 96])).size == 96
    assert OnnxDescriber(image_model(tmp_path / "b.onnx", ["n", 3, "h", "w"])).size == DEFAULT_SIZE


@pytest.mark.parametrize("shape", [["n", 3, 8], ["n", 1, 8, 8], ["n", 8, 8, 3]], ids=str)
def test_a_model_of_something_else_is_refused(tmp_path: Path, shape: list[int | str]) -> None:
    path = image_model(tmp_path / "odd.onnx", shape)
    with pytest.raises(ResightError, match=r"odd\.onnx takes .*an image model takes \(n, 3, height, width\)"):
        OnnxDescriber(path)


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model at all")
    with pytest.raises(ResightError, match=r"broken\.onnx cannot be opened as an ONNX model"):
        open_onnx(str(path))


def test_the_fingerprint_is_of_the_models_bytes_not_its_name(make_model: MakeModel) -> None:
    first, renamed, other = make_model(), make_model(name="renamed.onnx"), make_model(seed=1, name="other.onnx")
    assert OnnxDescriber(first).fingerprint == OnnxDescriber(renamed).fingerprint
    assert OnnxDescriber(first).fingerprint != OnnxDescriber(other).fingerprint
