"""resight add."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Resight = Callable[..., Any]


@pytest.fixture
def empty(resight: Resight, tmp_path: Path) -> Path:
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    return tmp_path / "fish"


def test_folders_are_individuals(resight: Resight, empty: Path, albums: Path) -> None:
    said = resight("add", empty, albums, "--by-folder", "--by", "Eva")
    assert said.code == 0
    assert "Added 6 new annotations; 0 were there before." in said.out
    info = resight("info", empty, "--json", "-").json
    assert (info["photos"], info["individuals"], info["encounters"], info["unnamed"]) == (6, 3, 6, 0)
    assert {entry["by"] for entry in resight("history", empty, "--json", "-").json} == {"Eva"}


def test_a_table_names_sides_boxes_and_encounters(resight: Resight, empty: Path, passes: list[Path]) -> None:
    said = resight("add", empty, "--table", passes[0], "--table", passes[1], "--json", "-")
    assert said.code == 0
    assert said.json["catalogue"] == str(empty)
    assert (said.json["new"], said.json["annotations"]) == (20, list(range(1, 21)))
    assert said.json["rejected"] == said.json["disputed"] == []
    assert resight("info", empty, "--json", "-").json["encounters"] == 20


def test_the_same_again_adds_nothing(resight: Resight, empty: Path, albums: Path) -> None:
    resight("add", empty, albums, "--by-folder")
    before = resight("info", empty, "--json", "-").json, resight("history", empty, "--json", "-").json
    said = resight("add", empty, albums, "--by-folder")
    assert said.code == 0
    assert "Added 0 new annotations; 6 were there before." in said.out
    assert (resight("info", empty, "--json", "-").json, resight("history", empty, "--json", "-").json) == before


def test_copied_photos_answer_when_the_card_is_gone(resight: Resight, empty: Path, albums: Path) -> None:
    assert resight("add", empty, albums, "--by-folder", "--copy").code == 0
    shutil.rmtree(albums)
    assert resight("relink", empty, empty).out.startswith("0 photos found again, 0 still missing")


def test_originals_are_left_as_they_are(resight: Resight, empty: Path, albums: Path) -> None:
    def state() -> dict[Path, tuple[bytes, int]]:
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in albums.rglob("*.jpg")}

    before = state()
    resight("add", empty, albums, "--by-folder")
    assert state() == before


def test_bad_files_are_listed_and_the_rest_is_added(resight: Resight, empty: Path, albums: Path) -> None:
    (albums / "fish-001" / "broken.jpg").write_bytes(b"no photo")
    (albums / "fish-002" / "notes.txt").write_text("spotted")
    shutil.copy(albums / "fish-001" / "pass 1" / "fish-001-left-1.jpg", albums / "stray.jpg")
    said = resight("add", empty, albums, albums / "gone.jpg", "--by-folder", "--json", "-")
    assert said.code == 1
    assert said.json["new"] == 6
    rejected = {Path(one["path"]).name: one["reason"] for one in said.json["rejected"]}
    assert sorted(rejected) == ["broken.jpg", "gone.jpg", "notes.txt", "stray.jpg"]
    assert "no individual's folder" in rejected["stray.jpg"]
    for name in rejected:
        assert name in said.err
    assert resight("info", empty, "--json", "-").json["rejected_files"] == 4


def test_long_lists_of_bad_files_are_cut_on_the_screen_only(resight: Resight, empty: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(30):
        (notes / f"{number:02}.txt").touch()
    said = resight("add", empty, notes, "--json", "-")
    assert said.code == 1
    assert len(said.json["rejected"]) == 30
    assert "and 10 more" in said.err


def test_a_name_that_is_no_text_is_listed_too(resight: Resight, empty: Path, albums: Path) -> None:
    photo = next(albums.rglob("*.jpg"))
    shutil.copy(photo, photo.with_name("Zo\udceb.jpg"))
    said = resight("add", empty, albums, "--by-folder", "--json", "-")
    assert said.code == 1
    assert [Path(one["path"]).name for one in said.json["rejected"]] == ["Zo\udceb.jpg"]
    assert resight("identify", empty, photo.parent, "--json", empty / "out.json", "--csv", empty / "out.csv").code == 1


def test_a_disputed_name_is_listed_and_changes_nothing(resight: Resight, empty: Path, albums: Path) -> None:
    resight("add", empty, albums, "--by-folder")
    before = resight("history", empty, "--json", "-").json
    (albums / "fish-003").rename(albums / "Clara")
    said = resight("add", empty, albums, "--by-folder", "--json", "-")
    assert said.code == 1
    assert said.json["new"] == 0
    assert [Path(one["path"]).parts[-3] for one in said.json["disputed"]] == ["Clara", "Clara"]
    assert "the catalogue knows it as fish-003" in said.json["disputed"][0]["reason"]
    assert "known otherwise before" in said.err
    assert resight("history", empty, "--json", "-").json == before


def test_nothing_to_add(resight: Resight, empty: Path) -> None:
    said = resight("add", empty)
    assert said.code == 2
    assert "nothing to add" in said.err


def test_a_table_without_paths(resight: Resight, empty: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("name,who\na,b\n")
    said = resight("add", empty, "--table", tmp_path / "table.csv")
    assert said.code == 2
    assert "path" in said.err
    assert "Traceback" not in said.err
