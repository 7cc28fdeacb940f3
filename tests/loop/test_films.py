"""The films of a loop are looked through once, and what each came to is told at every start."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.loop.looping import silent

from resight.errors import ResightError
from resight.loop.films import Film, follow_films, read_films
from resight.simulate.film import films_of
from resight.simulate.truth import read_truth
from resight.track.crops import films_in
from resight.types import Detections, Rejection

EMPTY = Detections(np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0, np.float32))


class Looking:
    """A detector that knows where the heads are, sees none in `empty`, cannot read a part of `torn`, and counts."""

    def __init__(self, cage: Path, empty: str = "", torn: str = "") -> None:
        truths = [read_truth(path) for path in films_of(cage)]
        self.heads = {truth.film.stem: truth.detections for truth in truths}
        self.films = [truth.film for truth in truths]
        self.empty, self.torn = empty, torn
        self.looked: list[str] = []

    def __call__(self, film: Path) -> tuple[Detections, list[Rejection]]:
        self.looked.append(film.stem)
        unread = [Rejection(film, "no picture"), Rejection(film, "no end")] if film.stem == self.torn else []
        return EMPTY if film.stem == self.empty else self.heads[film.stem], unread


def test_each_film_is_looked_through_once_and_told_at_every_start(cage: Path, tmp_path: Path) -> None:
    films = Looking(cage).films
    look = Looking(cage, empty=films[0].stem, torn=films[1].stem)
    table, first = follow_films(films, tmp_path, look, silent)
    tracks = len({row["track"] for row in csv.DictReader(table.open())})
    assert tracks > 0
    assert list(read_films(tmp_path).values()) == [Film(films[0].name, 0, 0), Film(films[1].name, tracks, 2)]
    kept, again = follow_films(films, tmp_path, look, silent)
    assert kept == table
    assert look.looked == [film.stem for film in films]
    assert [one.reason for one in first[1:]] == ["no picture", "no end"]
    assert first[0] == again[0]
    assert "no animal was found" in again[0].reason
    assert "2 parts of it could not be read" in again[1].reason
    # By another detector, once the line is gone.
    lines = (tmp_path / "films.csv").read_text().splitlines(keepends=True)
    (tmp_path / "films.csv").write_text(lines[0] + lines[2])
    better = Looking(cage)
    assert [one.path for one in follow_films(films, tmp_path, better, silent)[1]] == [films[1]]
    assert better.looked == [films[0].stem]


def test_a_kill_between_the_two_tables_costs_nothing(cage: Path, tmp_path: Path) -> None:
    look = Looking(cage)
    follow_films(look.films, tmp_path, look, silent)
    known = read_films(tmp_path)
    (tmp_path / "films.csv").unlink()
    follow_films(look.films, tmp_path, look, silent)
    assert read_films(tmp_path) == known
    assert len(look.looked) == len(look.films)


def test_films_that_cannot_be_opened_are_tried_anew(cage: Path, tmp_path: Path) -> None:
    look = Looking(cage)
    torn = tmp_path / look.films[1].name
    torn.write_bytes(look.films[1].read_bytes()[:2000])
    films = [look.films[0], torn]
    assert [one.path for one in follow_films(films, tmp_path / "loop", look, silent)[1]] == [torn]
    shutil.copyfile(look.films[1], torn)
    table, rejected = follow_films(films, tmp_path / "loop", look, silent)
    assert rejected == []
    assert set(films_in(table)) == {film.name for film in films}


@pytest.mark.parametrize("names", [("cam1/001.mp4", "cam2/001.mp4"), ("a.mp4", "a.mov"), ("a.mp4", "A.mp4")])
def test_two_films_of_one_name_are_refused_before_any_work(cage: Path, tmp_path: Path, names: tuple[str, str]) -> None:
    look = Looking(cage)
    with pytest.raises(ResightError, match=rf"{names[0]} and .*{names[1]} have one name"):
        follow_films([tmp_path / name for name in names], tmp_path / "loop", look, silent)
    assert look.looked == []
    assert not (tmp_path / "loop").exists()


def test_where_no_film_has_a_track_there_is_nothing_to_do(cage: Path, tmp_path: Path) -> None:
    film = Looking(cage).films[0]
    for _ in range(2):
        with pytest.raises(ResightError, match=r"no animal was found.*delete its line in .*films.csv"):
            follow_films([film], tmp_path, Looking(cage, empty=film.stem), silent)
