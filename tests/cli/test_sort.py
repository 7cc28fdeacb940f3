"""resight sort: photos without names become individuals, a page and a table that makes a catalogue."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Resight = Callable[..., Any]


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", ["patches", "rootsift"])
def test_a_pile_becomes_individuals_a_page_and_a_catalogue(
    resight: Resight, passes: list[Path], tmp_path: Path, method: str
) -> None:
    said = resight(
        "sort", "--table", passes[0], "--table", passes[1], "--into", tmp_path / "sorted", "--method", method
    )
    assert said.code == 0, said.err
    truth = {
        str((table.parent / row["path"]).absolute()): row["identity"] for table in passes[:2] for row in rows_of(table)
    }
    found = rows_of(tmp_path / "sorted" / "individuals.csv")
    assert {row["path"] for row in found} == truth.keys()
    of: defaultdict[str, list[str]] = defaultdict(list)
    for row in found:
        of[row["identity"]].append(truth[row["path"]])
    together = [names for names in of.values() if len(names) > 1]
    assert len(together) >= 3
    assert all(len(set(names)) == 1 for names in together), "no two fish are taken for one"
    assert all((row["sure"] != "") == (len(of[row["identity"]]) > 1) for row in found)
    page = (tmp_path / "sorted" / "individuals.html").read_text(encoding="utf-8")
    assert page.count("<img") == len(found) and "http" not in page.replace("http-equiv", "")
    assert f"{len(found)} photos in {len(of)} groups" in said.out

    resight("init", tmp_path / "fish", "--method", "rootsift")
    added = resight("add", tmp_path / "fish", "--table", tmp_path / "sorted" / "individuals.csv")
    assert added.code == 0, added.err
    assert f"Added {len(found)} new annotations" in added.out


def test_what_cannot_be_read_is_told_and_the_rest_is_sorted(
    resight: Resight, passes: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "broken.jpg").write_bytes(b"no photo")
    (folder / "fish.jpg").write_bytes((passes[0].parent / "fish-001-left-1.jpg").read_bytes())
    said = resight("sort", folder, "--into", tmp_path / "sorted", "--method", "patches")
    assert said.code == 1
    assert "broken.jpg" in said.err
    assert "broken.jpg" in (tmp_path / "sorted" / "individuals.html").read_text(encoding="utf-8")
    assert "1 photo in 1 group: 1 animal." in said.out


def test_a_sorted_folder_is_not_overwritten(resight: Resight, passes: list[Path], tmp_path: Path) -> None:
    (tmp_path / "individuals.csv").write_text("path\n")
    said = resight("sort", "--table", passes[0], "--into", tmp_path)
    assert said.code == 2
    assert "is there already" in said.err


def test_a_method_whose_scores_nobody_knows_is_refused_with_the_way_out(
    resight: Resight, passes: list[Path], tmp_path: Path
) -> None:
    said = resight("sort", "--table", passes[0], "--into", tmp_path / "sorted", "--method", "thumbnail")
    assert said.code == 2
    assert "'thumbnail' mean must be learned from named animals" in said.err and "patches+mask" in said.err
    assert not (tmp_path / "sorted").exists()
