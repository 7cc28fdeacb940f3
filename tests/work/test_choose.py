"""The method is chosen by what names the photos themselves."""

from dataclasses import replace
from pathlib import Path

import pytest

from resight.config import settings
from resight.media.table import read_table
from resight.method import INSIDE, MANY, MASKED, PLAIN, default_method
from resight.simulate import write_heads
from resight.types import Record
from resight.work.choose import Choice, choose
from resight.work.processes import in_this_process


def heads(folder: Path, individuals: int) -> list[Record]:
    tables = write_heads(folder, individuals, passes=2, seed=3)
    entries = [entry for table in tables for entry in read_table(table)]
    return [replace(entry, mask=None) for entry in entries if isinstance(entry, Record)]


def test_too_few_photos_are_no_ground_for_a_choice(tmp_path: Path) -> None:
    choice = choose(heads(tmp_path, 5), in_this_process)
    assert choice == Choice(default_method(), {})


def test_with_weights_every_way_is_tried_and_the_best_taken(
    tmp_path: Path, real_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESIGHT_WEIGHTS", str(real_weights))
    settings.cache_clear()
    try:
        choice = choose(heads(tmp_path, 16), in_this_process)
    finally:
        settings.cache_clear()
    *ways, more = choice.tried
    assert ways == [INSIDE, MASKED, PLAIN]
    assert more == MANY[max(ways, key=lambda name: choice.tried[name])]
    assert choice.tried[choice.method] == max(choice.tried.values())
    assert choice.tried[choice.method] > 0.5


def test_the_user_is_warned_where_only_backgrounds_name() -> None:
    driven = Choice(PLAIN, {INSIDE: 0.1, MASKED: 0.2, PLAIN: 0.5})
    assert "Backgrounds drive the matches" in driven.warnings[0]
    assert "50%" in driven.warnings[0]
    assert not Choice(INSIDE, {INSIDE: 0.6, MASKED: 0.5, PLAIN: 0.1}).warnings
    level = Choice(PLAIN, {INSIDE: 0.5, MASKED: 0.49, PLAIN: 0.51})
    assert level.warnings == (
        "Masks were tried: without one 51% of a sample of the named photos are named rightly, with one 50%.",
    )
    assert not Choice(PLAIN, {}).warnings
