"""A method by its name, as settings and commands give it."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from resight.chip.mask import u2netp
from resight.chip.prepare import MaskKind
from resight.errors import ResightError
from resight.method import MASKED, NOT_MASKED, PLAIN, open_method, with_option
from resight.weights import WeightsMissingError

pytestmark = pytest.mark.usefixtures("no_weights")


def test_the_default_is_masked_by_what_ships() -> None:
    method = open_method("auto")
    assert method.name == MASKED
    assert method.preparation.foreground is not None and method.preparation.found is MaskKind.FOREGROUND
    assert method.preparation.size == method.describer.size
    assert method.warnings == ()
    assert open_method(PLAIN).preparation.foreground is None
    assert open_method(PLAIN).warnings == (NOT_MASKED,)


@pytest.mark.usefixtures("with_weights")
def test_the_fingerprint_tells_describer_and_masks_apart() -> None:
    names = ("rootsift", "rootsift:upright", "rootsift+u2netp", "rootsift+mask", "rootsift:upright+mask", "thumbnail")
    prints = [open_method(name).fingerprint for name in names]
    assert len(set(prints)) == len(names)
    assert prints == [open_method(name).fingerprint for name in names]
    assert open_method("auto").fingerprint == open_method(MASKED).fingerprint
    assert open_method("rootsift+u2netp").preparation.found is MaskKind.U2NETP


def test_masks_that_are_asked_for_and_not_there_are_an_error() -> None:
    u2netp.cache_clear()
    with pytest.raises(WeightsMissingError, match=r"u2netp\.onnx is not on this machine"):
        open_method("rootsift+u2netp")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("shift", "there is no describer 'shift'; installed: .*rootsift"),
        (
            "rootsift+other",
            r"there is no describer 'rootsift\+other'; .* each with '\+mask' or '\+u2netp' after it, or without",
        ),
        ("", "there is no describer ''"),
        ("rootsift:fast", "not 'fast'"),
        ("onnx", "needs the model's file"),
        ("rootsift@cosine:3", "cosine takes nothing after a colon"),
    ],
)
def test_a_name_that_means_nothing_is_answered_with_those_that_do(name: str, told: str) -> None:
    with pytest.raises(ResightError, match=told):
        open_method(name)


def test_a_models_file_may_have_plus_and_colon_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "re-id: v2+flip.onnx"
    shape = ["n", 3, 16, 16]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["out"])],
        "same",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    method = open_method(f"onnx:{path}")
    assert method.describer.name == "onnx"
    assert method.preparation.size == 16


def test_a_matcher_can_be_named_and_else_follows_from_the_descriptors() -> None:
    assert open_method("rootsift").matcher.name == "local"
    assert open_method("thumbnail").matcher.name == "cosine"
    named = open_method("thumbnail@euclidean")
    assert named.matcher.name == "euclidean"
    assert named.fingerprint == open_method("thumbnail").fingerprint
    assert with_option("rootsift@local", "many") == "rootsift:many@local"
