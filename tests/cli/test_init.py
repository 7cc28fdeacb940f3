"""resight init."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resight import catalogue
from resight.chip.mask import u2netp
from resight.config import settings

Resight = Callable[..., Any]


def test_it_makes_a_catalogue_and_says_what_comes_next(resight: Resight, tmp_path: Path) -> None:
    said = resight("init", tmp_path / "fish", "--method", "rootsift", "--sides", "any")
    assert said.code == 0
    assert f"resight add {tmp_path / 'fish'}" in said.out
    assert "No mask" in said.err
    with catalogue.open(tmp_path / "fish") as opened:
        assert (opened.settings.method, opened.settings.sides) == ("rootsift", "any")


def test_as_json(resight: Resight, tmp_path: Path) -> None:
    said = resight("init", tmp_path / "fish", "--method", "thumbnail", "--json", "-")
    assert said.json == {"catalogue": str(tmp_path / "fish"), "method": "thumbnail", "sides": "apart"}


def test_a_second_time_is_refused(resight: Resight, tmp_path: Path) -> None:
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    said = resight("init", tmp_path / "fish", "--method", "rootsift")
    assert said.code == 2
    assert "is a catalogue already" in said.err
    with catalogue.open(tmp_path / "fish") as opened:
        assert opened.settings.method == "thumbnail"


@pytest.mark.parametrize(
    ("method", "reason"),
    [("magic", "no describer 'magic'"), ("onnx:none.onnx", "no model none.onnx"), ("rootsift:up", "'up'")],
)
def test_a_method_that_cannot_be_used_leaves_nothing(
    resight: Resight, tmp_path: Path, method: str, reason: str
) -> None:
    said = resight("init", tmp_path / "fish", "--method", method)
    assert said.code == 2
    assert reason in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "fish").exists()


def test_missing_weights_are_asked_for(resight: Resight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WEIGHTS", tmp_path), ("CACHE", tmp_path), ("OFFLINE", "1")):
        monkeypatch.setenv(f"RESIGHT_{name}", str(value))
    settings.cache_clear()
    u2netp.cache_clear()  # another test may have opened it
    said = resight("init", tmp_path / "masked", "--method", "rootsift+u2netp")
    assert said.code == 2
    assert "u2netp.onnx is not on this machine" in said.err
    assert "RESIGHT_WEIGHTS" in said.err
    assert len(said.err.splitlines()) == 1
    # Left to choose, it does without.
    assert resight("init", tmp_path / "plain", "--json", "-").json["method"] == "auto"
