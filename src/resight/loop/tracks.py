"""The tracks of a table of crops, in the order in which they were filmed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.media.table import read_rows
from resight.types import Bools, Ints, Record, Rejection, Side, Strings


@dataclass(frozen=True, slots=True)
class Tracks:
    """The n tracks of m pictures, the earliest first.

    `name` (n,), `film` (n,) and `side` (n,) tell of each track; its pictures lie in the frames `first` (n,) to `last`
    (n,) of the film, both -1 where the table tells no frame. `of` (m,) is the track of each of `records`.
    """

    name: Strings
    film: Strings
    side: Strings
    first: Ints
    last: Ints
    of: Ints
    records: tuple[Record, ...]

    def __len__(self) -> int:
        return len(self.name)

    @property
    def fingerprint(self) -> str:
        """A hash of which pictures belong to which track."""
        digest = hashlib.sha256()
        for track, record in zip(self.of.tolist(), self.records, strict=True):
            digest.update(f"{track} {record.path.name} {record.box}\n".encode())
        return digest.hexdigest()[:16]

    def pictures(self, track: int) -> list[Record]:
        """The pictures of one track."""
        return [self.records[row] for row in np.flatnonzero(self.of == track).tolist()]

    def may_be_one(self) -> Bools:
        """Which pairs (n, n) may be one animal seen from one side.

        Not those of different sides, and not those of one film whose frames interlock: there are two animals.
        """
        unknown = self.side == Side.UNKNOWN
        sides = (self.side[:, None] == self.side) | unknown[:, None] | unknown
        told = (self.first >= 0)[:, None] & (self.first >= 0)
        interlocked = (self.first[:, None] <= self.last) & (self.first <= self.last[:, None])
        together = (self.film[:, None] == self.film) & interlocked & told
        return np.asarray(sides & ~together & ~np.eye(len(self), dtype=bool))


def tracks_of(table: Path) -> tuple[Tracks, list[Rejection]]:
    """The tracks of a table that `resight track` wrote, and the rows that cannot be used.

    Films are in the order of the table. ResightError where the table lacks the columns film, frame or track, or where
    one row has no track.
    """
    films: dict[str, int] = {}
    rows: dict[tuple[int, int], list[tuple[int, Record]]] = {}
    rejected: list[Rejection] = []
    for row in read_rows(table, ("film", "frame", "track")):
        if isinstance(row, Rejection):
            rejected.append(row)
            continue
        film, frame, track = row.extra
        if not track.isdecimal() or (frame and not frame.isdecimal()):
            raise ResightError(f"{table}, row {row.number}: track and frame are whole numbers, as `resight track` says")
        place = films.setdefault(film, len(films)), int(track)
        rows.setdefault(place, []).append((int(frame) if frame else -1, row.record))
    if not rows:
        raise ResightError(f"{table}: it has no track")
    order = sorted(rows, key=lambda place: (place[0], min(frame for frame, _ in rows[place]), place[1]))
    names = list(films)
    return Tracks(
        name=np.array([f"{names[film]} {track}" for film, track in order], np.str_),
        film=np.array([names[film] for film, _ in order], np.str_),
        side=np.array([_side([record for _, record in rows[place]]) for place in order], np.str_),
        first=np.array([min(frame for frame, _ in rows[place]) for place in order], np.int64),
        last=np.array([max(frame for frame, _ in rows[place]) for place in order], np.int64),
        of=np.repeat(np.arange(len(order)), [len(rows[place]) for place in order]),
        records=tuple(record for place in order for _, record in rows[place]),
    ), rejected


def _side(records: list[Record]) -> Side:
    told = {record.side for record in records} - {Side.UNKNOWN}
    return told.pop() if len(told) == 1 else Side.UNKNOWN
