"""The text after the colon of a method's name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from resight.describe.builtin import onnx, patches, rootsift, thumbnail
from resight.describe.rootsift import RootSift
from resight.errors import ResightError


def test_rootsift_turns_freely_unless_upright() -> None:
    upright, free = rootsift("upright"), rootsift("")
    assert isinstance(upright, RootSift)
    assert upright.upright
    assert isinstance(free, RootSift)
    assert not free.upright


def test_many_takes_more_keypoints() -> None:
    many, usual = rootsift("many,inside"), rootsift("inside")
    assert isinstance(many, RootSift)
    assert isinstance(usual, RootSift)
    assert many.features > usual.features
    assert many.inset == usual.inset > 0
    assert many.fingerprint != usual.fingerprint


def test_patches_are_the_same_keypoints_described_otherwise() -> None:
    wide, narrow = patches("many,inside,colour"), rootsift("many,inside,colour")
    assert isinstance(narrow, RootSift)
    assert wide == replace(narrow, learned=True)
    assert (wide.name, narrow.name) == ("patches", "rootsift")


def test_what_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ResightError, match="'inside', 'upright', 'many' and 'colour' after the colon, not 'fast'"):
        rootsift("fast")
    with pytest.raises(ResightError, match="patches takes 'inside'"):
        patches("fast")
    with pytest.raises(ResightError, match=r"needs the model's file after a colon"):
        onnx("")
    with pytest.raises(ResightError, match=r"there is no model .*gone\.onnx"):
        onnx(str(tmp_path / "gone.onnx"))


def test_an_onnx_model_is_found_by_its_path(make_model: Callable[..., Path]) -> None:
    assert onnx(str(make_model(size=32))).size == 32


def test_the_thumbnail_takes_anything() -> None:
    assert thumbnail("whatever").fingerprint == thumbnail("").fingerprint
