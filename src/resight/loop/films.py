"""The films of a loop: who swims past in each, and what each came to, so that none is looked through twice."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from resight.errors import NothingFoundError, ResightError, VideoError
from resight.learn.folder import write_history
from resight.track.crops import films_in
from resight.track.follow import follow_film
from resight.types import Detections, Rejection

TABLE = "films.csv"


@dataclass(frozen=True, slots=True)
class Film:
    """What a film came to: how many tracks were found in it, and how many parts of it could not be read."""

    film: str
    tracks: int
    unread: int


def follow_films(
    films: Sequence[Path],
    folder: Path,
    detect: Callable[[Path], tuple[Detections, list[Rejection]]],
    tell: Callable[[str, int, int], None],
) -> tuple[Path, list[Rejection]]:
    """The table of the tracks of these films, each followed once, and what could not be used of them.

    What each came to is kept in `films.csv`, and told at every start. A film that cannot be opened is tried anew.
    ResightError where two films have one name, whatever their suffixes, or where none has a track.
    """
    _check_names(films)
    folder.mkdir(parents=True, exist_ok=True)
    heads = folder / "tracks"
    table, known, rejected = heads / "metadata.csv", read_films(folder), list[Rejection]()
    for film in films:
        if film.name in known:
            rejected += _unread(film, known[film.name].unread)
        else:
            unread: list[Rejection] = []
            # A kill between the two tables leaves a film that was followed out of the second.
            if film.name not in films_in(table):
                try:
                    found, unread = detect(film)
                    with suppress(NothingFoundError):
                        _, again = follow_film(film, found, heads, tell, every=1)
                        unread += [one for one in again if one not in unread]
                except VideoError as error:
                    rejected.append(Rejection(film, str(error)))
                    continue
            known[film.name] = Film(film.name, films_in(table).get(film.name, 0), len(unread))
            write_history(folder, list(known.values()), TABLE)
            rejected += unread
        if not known[film.name].tracks:
            rejected.append(_nothing(film, folder / TABLE))
    if not films_in(table):
        raise ResightError(rejected[-1].reason)
    return table, rejected


def read_films(folder: Path) -> dict[str, Film]:
    """What each film came to that was looked through, by its name."""
    path = folder / TABLE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["film"]: Film(row["film"], int(row["tracks"]), int(row["unread"])) for row in csv.DictReader(file)}


def _check_names(films: Sequence[Path]) -> None:
    named: dict[str, Path] = {}
    for film in films:
        name = film.stem.casefold()
        if name in named:
            raise ResightError(
                f"{named[name]} and {film} have one name, and by their names films are told apart: rename one of them"
            )
        named[name] = film


def _unread(film: Path, many: int) -> list[Rejection]:
    return [Rejection(film, f"{film}: {many} parts of it could not be read; the rest is used")] if many else []


def _nothing(film: Path, known: Path) -> Rejection:
    return Rejection(
        film,
        f"{film}: no animal was found that could be followed. To have it looked through again, by another detector, "
        f"delete its line in {known}",
    )
