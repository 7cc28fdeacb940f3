"""resight join and cut: tracks put right through the log."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from resight import catalogue
from resight.catalogue.check import check
from resight.catalogue.lookup import tracks_of
from resight.errors import CatalogueError

Resight = Callable[..., Any]


@pytest.fixture
def film(resight: Resight, tmp_path: Path) -> Path:
    """A catalogue with two tracks of three pictures each (annotations 1 to 6), and a photo of no track (7)."""
    with (tmp_path / "metadata.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "film", "track"])
        for number in range(7):
            picture = np.random.default_rng(number).integers(0, 255, (40, 40, 3), np.uint8)
            cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
            rows.writerow([f"{number}.png", "film.mp4", "" if number == 6 else number // 3])
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    assert resight("add", tmp_path / "fish", "--table", tmp_path / "metadata.csv").code == 0
    return tmp_path / "fish"


def grouped(folder: Path) -> list[int]:
    """The tracks of annotations 1 to 6, numbered as they come."""
    with catalogue.open(folder) as opened:
        assert check(opened) == []
        tracks = tracks_of(opened, [1, 2, 3, 4, 5, 6])
    return [list(dict.fromkeys(tracks)).index(track) for track in tracks]


def test_tracks_of_a_table_are_tracks_of_the_catalogue(film: Path) -> None:
    assert grouped(film) == [0, 0, 0, 1, 1, 1]
    with catalogue.open(film) as opened, pytest.raises(CatalogueError, match="7 belongs to no track"):
        tracks_of(opened, [7])


def test_join_and_undo(resight: Resight, film: Path) -> None:
    assert resight("join", film, 2, 5).code == 0
    assert grouped(film) == [0] * 6
    assert "track" in resight("history", film).out
    assert resight("undo", film).code == 0
    assert grouped(film) == [0, 0, 0, 1, 1, 1]


def test_cut_and_undo(resight: Resight, film: Path) -> None:
    assert resight("cut", film, 5).code == 0
    assert grouped(film) == [0, 0, 0, 1, 2, 2]
    assert resight("join", film, 1, 5, 6).code == 0
    assert grouped(film) == [0, 0, 0, 1, 0, 0]
    assert resight("undo", film).code == 0
    assert resight("undo", film).code == 0
    assert grouped(film) == [0, 0, 0, 1, 1, 1]


def test_a_track_is_named_by_naming_its_pictures(resight: Resight, film: Path) -> None:
    assert resight("decide", film, 1, 2, 3, "--new", "Anna").code == 0
    assert "Anna" in resight("history", film, "--annotation", 2).out


def test_what_cannot_be_joined_or_cut_is_said(resight: Resight, film: Path) -> None:
    assert "one track already" in resight("join", film, 1, 2).err
    assert "belongs to no track" in resight("cut", film, 7).err
    assert "no annotation 99" in resight("join", film, 1, 99).err


def test_adding_the_same_table_again_changes_nothing(resight: Resight, film: Path, tmp_path: Path) -> None:
    resight("join", film, 2, 5)
    assert resight("add", film, "--table", tmp_path / "metadata.csv").code == 0
    assert grouped(film) == [0] * 6
