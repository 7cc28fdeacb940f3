"""resight info, relink, repair."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from resight.catalogue import open as open_catalogue

Resight = Callable[..., Any]


def test_info_counts_and_finds_no_fault(resight: Resight, catalogue: Path) -> None:
    said = resight("info", catalogue)
    assert said.code == 0
    assert "20 photos, 20 annotations (0 unnamed)" in said.out
    assert "10 individuals, 20 encounters, 20 decisions" in said.out
    assert "Everything agrees" in said.out
    found = resight("info", catalogue, "--json", "-").json
    assert (found["individuals"], found["faults"], found["damaged"]) == (10, [], [])


def test_a_name_changed_behind_the_log_is_found_and_repaired(resight: Resight, catalogue: Path) -> None:
    with open_catalogue(catalogue) as opened, opened.writing() as session:
        session.execute(text("UPDATE annotation SET individual_id = NULL, side = 'right' WHERE id = 3"))
    said = resight("info", catalogue)
    assert said.code == 1
    assert "annotation 3" in said.err
    assert "Everything agrees" not in said.out
    assert resight("repair", catalogue, "--json", "-").json == {"faults": [], "given_up": []}
    assert resight("info", catalogue).code == 0


def test_a_damaged_file_is_found_given_up_and_described_again(
    resight: Resight, catalogue: Path, passes: list[Path]
) -> None:
    shard = sorted((catalogue / "vectors").glob("*/*.npz"))[0]
    shard.write_bytes(shard.read_bytes()[:-10] + b"scratched!")
    said = resight("info", catalogue)
    assert said.code == 1
    assert shard.name in said.err
    given_up = resight("repair", catalogue, "--json", "-").json["given_up"]
    assert [Path(one["path"]).name for one in given_up] == [shard.name]
    assert not shard.exists()
    assert resight("info", catalogue).code == 0
    again = resight("add", catalogue, "--table", passes[0], "--table", passes[1], "--json", "-")
    assert (again.code, again.json["new"], len(again.json["annotations"])) == (0, 0, 20)
    identified = resight("identify", catalogue, passes[0].parent / "fish-001-left-1.jpg")
    assert identified.code == 0


def test_moved_photos_are_found_again(resight: Resight, albums: Path, tmp_path: Path) -> None:
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    resight("add", tmp_path / "fish", albums, "--by-folder")
    moved = tmp_path / "disk 2" / "renamed"
    moved.parent.mkdir()
    albums.rename(moved)
    lost = moved / "fish-003" / "pass 2" / "fish-003-left-1.jpg"
    lost.unlink()
    said = resight("relink", tmp_path / "fish", moved)
    assert said.code == 1
    assert "5 photos found again, 1 still missing" in said.out
    assert "fish-003-left-1.jpg" in said.out
    found = resight("relink", tmp_path / "fish", moved, "--json", "-")
    assert found.code == 1
    assert (found.json["found"], len(found.json["lost"])) == ([], 1)
    shutil.rmtree(moved / "fish-001")


def test_a_report_shows_what_it_can_when_photos_have_gone(
    resight: Resight, catalogue: Path, albums: Path, tmp_path: Path, passes: list[Path]
) -> None:
    resight("init", tmp_path / "fish", "--method", "rootsift")
    resight("add", tmp_path / "fish", albums, "--by-folder")
    shutil.rmtree(albums)
    page = tmp_path / "a.html"
    said = resight("identify", tmp_path / "fish", passes[2].parent / "fish-001-left-1.jpg", "--report", page)
    assert said.code == 0
    assert "photo not found" in page.read_text(encoding="utf-8")
