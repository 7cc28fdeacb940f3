"""Models calculated by OpenVINO: the same vectors but for bfloat16's rounding, and words where it is not installed."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from resight.describe.builtin import onnx
from resight.describe.openvino import openvino
from resight.errors import ResightError
from resight.types import Chip, Embeddings

MakeModel = Callable[..., Path]


def test_its_vectors_are_onnxruntimes_but_for_rounding(make_model: MakeModel, chips: Sequence[Chip]) -> None:
    pytest.importorskip("openvino")
    model = str(make_model())
    theirs, ours = onnx(model).describe(chips), openvino(model).describe(chips)
    assert isinstance(theirs, Embeddings)
    assert isinstance(ours, Embeddings)
    # bfloat16 has eight bits: a vector turns by less than half a degree or so.
    assert (theirs.vectors * ours.vectors).sum(axis=1).min() > 0.999


def test_photos_described_later_leave_earlier_vectors_alone(make_model: MakeModel, chips: Sequence[Chip]) -> None:
    pytest.importorskip("openvino")
    describer = openvino(str(make_model()))
    first = describer.describe(chips[:1])
    assert isinstance(first, Embeddings)
    before = first.vectors.copy()
    describer.describe(chips[1:2])
    np.testing.assert_array_equal(first.vectors, before)


def test_its_vectors_are_kept_apart(make_model: MakeModel) -> None:
    pytest.importorskip("openvino")
    model = str(make_model())
    assert openvino(model).fingerprint != onnx(model).fingerprint


def test_without_it_one_is_told_what_to_install(make_model: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ResightError, match=r"pip install 'resight\[openvino\]', or use onnx:MODEL"):
        openvino(str(make_model()))


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResightError, match=r"there is no model .*gone\.onnx"):
        openvino(str(tmp_path / "gone.onnx"))
