"""Records as a table that `media.table` reads again, wherever it lies: its paths are whole ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from resight.types import Record, Side
from resight.work.written import write

COLUMNS = ("path", "identity", "side", "part", "encounter", "date", "lat", "lon", "x", "y", "w", "h", "mask")


def write_records(path: Path, records: Sequence[Record], further: Mapping[str, Sequence[str]] | None = None) -> Path:
    """Write the table in one step; gives its path. Tracks are left out.

    `further` holds the cells of further columns by their names, one for each record.
    """
    more = further or {}
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow((*COLUMNS, *more))
    for number, one in enumerate(records):
        rows.writerow([*_cells(one), *(cells[number] for cells in more.values())])
    write(path, text.getvalue().encode())
    return path


def _cells(one: Record) -> list[object]:
    side = "" if one.side is Side.UNKNOWN else one.side.value
    date = "" if one.taken_at is None else one.taken_at.isoformat(sep=" ")
    place = (one.place.lat, one.place.lon) if one.place else ("", "")
    box = (one.box.x, one.box.y, one.box.w, one.box.h) if one.box else ("", "", "", "")
    mask = "" if one.mask is None else one.mask.absolute()
    return [one.path.absolute(), one.identity or "", side, one.part, one.encounter, date, *place, *box, mask]
