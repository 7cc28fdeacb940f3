"""Tables of the loop: what a round learns from, and who each track is thought to be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Set
from pathlib import Path

from resight.loop.tracks import Tracks
from resight.types import Ints, Record
from resight.work.written import write

COLUMNS = ("path", "identity", "side", "part", "encounter", "x", "y", "w", "h")


def write_learned(table: Path, tracks: Tracks, of: Ints, left_out: Set[int]) -> None:
    """The first len(of) tracks with their individual (n,), for `learn.train`, each track as an encounter."""
    chosen = (track for track in range(len(of)) if track not in left_out)
    write(table, _rows(tracks, of, chosen))


def write_named(table: Path, tracks: Tracks, of: Ints) -> None:
    """The first len(of) tracks with their individual (n,), for `resight add`."""
    write(table, _rows(tracks, of, iter(range(len(of)))))


def _rows(tracks: Tracks, of: Ints, chosen: Iterator[int]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for track in chosen:
        for record in tracks.pictures(track):
            writer.writerow(
                [
                    record.path.absolute(), f"animal {of[track] + 1:04}", tracks.side[track], record.part,
                    tracks.name[track], *_box(record),
                ]
            )  # fmt: skip
    return text.getvalue().encode()


def _box(record: Record) -> list[str]:
    box = record.box
    return ["", "", "", ""] if box is None else [f"{number:g}" for number in (box.x, box.y, box.w, box.h)]
