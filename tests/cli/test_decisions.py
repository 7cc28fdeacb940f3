"""resight decide, undo, merge, split, rename, history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resight.catalogue import lookup
from resight.catalogue import open as open_catalogue

Resight = Callable[..., Any]


def names(catalogue: Path) -> dict[str, list[int]]:
    """The annotations of each individual."""
    with open_catalogue(catalogue) as opened:
        found: dict[str, list[int]] = {one.name: [] for one in lookup.individuals(opened)}
        for annotation in lookup.catalogued(opened):
            found.setdefault(annotation.name, []).append(annotation.id)
    return found


def test_a_person_names_and_unnames(resight: Resight, catalogue: Path) -> None:
    assert resight("decide", catalogue, 1, 11, "--is-not", "fish-001", "--by", "Eva").code == 0
    assert names(catalogue)[""] == [1, 11]
    assert resight("decide", catalogue, 1, "--is", "fish-002").code == 0
    assert resight("decide", catalogue, 11, "--new", "Anna").code == 0
    found = names(catalogue)
    assert (found["fish-002"], found["Anna"], found["fish-001"]) == ([1, 2, 12], [11], [])
    assert "" not in found


def test_each_undo_takes_one_decision_back(resight: Resight, catalogue: Path) -> None:
    before = names(catalogue)
    key = resight("rename", catalogue, "fish-001", "Anna", "--json", "-").json["decisions"][0]
    assert "Anna" in names(catalogue)
    assert resight("undo", catalogue, key).code == 0
    assert names(catalogue) == before
    again = resight("undo", catalogue, key)
    assert again.code == 2
    assert "undone already" in again.err


def test_undo_without_a_number_takes_the_latest(resight: Resight, catalogue: Path) -> None:
    before = names(catalogue)
    resight("rename", catalogue, "fish-001", "Anna")
    assert resight("undo", catalogue).code == 0
    assert names(catalogue) == before


def test_undo_again_and_again_goes_back_step_by_step_and_never_redoes(resight: Resight, catalogue: Path) -> None:
    states = [names(catalogue)]
    for old, new in (("fish-001", "Anna"), ("Anna", "Berta"), ("Berta", "Cleo")):
        resight("rename", catalogue, old, new)
        states.append(names(catalogue))
    for state in states[-2::-1]:
        assert resight("undo", catalogue).code == 0
        assert names(catalogue) == state


def test_where_no_decision_stands_there_is_nothing_to_undo(resight: Resight, tmp_path: Path) -> None:
    resight("init", tmp_path / "empty", "--method", "thumbnail")
    said = resight("undo", tmp_path / "empty")
    assert said.code == 2
    assert "no decision stands" in said.err


def test_undo_of_what_others_stand_on_names_them(resight: Resight, catalogue: Path) -> None:
    first = resight("decide", catalogue, 1, "--is-not", "fish-001", "--json", "-").json["decisions"][0]
    second = resight("decide", catalogue, 1, "--new", "Anna", "--json", "-").json["decisions"][0]
    said = resight("undo", catalogue, first)
    assert said.code == 2
    assert f"{second} (new individual Anna" in said.err
    assert resight("undo", catalogue, second).code == 0
    assert resight("undo", catalogue, first).code == 0
    assert names(catalogue)["fish-001"] == [1, 11]


def test_merge_and_its_undo(resight: Resight, catalogue: Path) -> None:
    before = names(catalogue)
    assert resight("merge", catalogue, "fish-001", "fish-002").code == 0
    found = names(catalogue)
    assert found["fish-001"] == [1, 2, 11, 12]
    assert "fish-002" not in found
    assert resight("undo", catalogue).code == 0
    assert names(catalogue) == before


def test_split(resight: Resight, catalogue: Path) -> None:
    assert resight("split", catalogue, "fish-001", "Anna", 11).code == 0
    found = names(catalogue)
    assert (found["fish-001"], found["Anna"]) == ([1], [11])
    assert resight("split", catalogue, "fish-001", "Bella", 1).code == 2


def test_history_tells_who_did_what(resight: Resight, catalogue: Path) -> None:
    resight("rename", catalogue, "fish-001", "Anna", "--by", "Eva")
    resight("undo", catalogue, "--by", "Ole")
    newest, renamed, *_ = resight("history", catalogue, "--json", "-").json
    assert (newest["by"], renamed["by"]) == ("Ole", "Eva")
    assert renamed["undone_by"] == newest["decision"]
    assert "Anna" in renamed["what"]
    said = resight("history", catalogue, "--limit", 2)
    assert len(said.out.splitlines()) == 2
    assert f"(undone by {newest['decision']})" in said.out
    (of_one,) = resight("history", catalogue, "--annotation", 12, "--json", "-").json
    assert "fish-002" in of_one["what"]
    of_fish = resight("history", catalogue, "--individual", "fish-001", "--json", "-").json
    assert len(of_fish) == 4


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["decide", 1], "say one of --is NAME"),
        (["decide", 1, "--is", "fish-001", "--new", "Anna"], "say one of --is NAME"),
        (["decide", 1, "--is", "Nobody"], "no individual named Nobody"),
        (["decide", 1, "--is", "fish-002"], "is fish-001 already"),
        (["decide", 999, "--new", "Anna"], "no annotation 999"),
        (["decide", 1, "--new", "fish-002"], "fish-002"),
        (["undo", 999], "no decision 999"),
        (["merge", "fish-001", "fish-001"], "merged into itself"),
        (["merge", "fish-001", "Nobody"], "no individual named Nobody"),
        (["split", "fish-001", "Anna", 2], "is not fish-001"),
        (["rename", "fish-001", "fish-002"], "fish-002"),
        (["rename", "fish-001", " "], "cannot be a name"),
        (["decide", 1, "--is-not", "fish-001", "--by", " "], "by whom"),
        (["history", "--individual", "Nobody"], "no individual named Nobody"),
    ],
)
def test_what_cannot_be_decided_changes_nothing(
    resight: Resight, catalogue: Path, command: list[object], reason: str
) -> None:
    before = resight("history", catalogue, "--json", "-").json
    said = resight(command[0], catalogue, *command[1:])
    assert said.code == 2
    assert reason in said.err
    assert len(said.err.splitlines()) == 1
    assert resight("history", catalogue, "--json", "-").json == before


def test_nothing_to_undo(resight: Resight, tmp_path: Path) -> None:
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    said = resight("undo", tmp_path / "fish")
    assert said.code == 2
    assert "nothing to undo" in said.err
