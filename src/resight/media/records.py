"""Records as a table that `media.table` reads again, wherever it lies: its paths are whole ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from resight.types import Record, Side
from resight.work.written import write

COLUMNS = ("path", "identity", "side", "part", "encounter", "x", "y", "w", "h", "mask")


def write_records(path: Path, records: Sequence[Record]) -> Path:
    """Write the table in one step; gives its path. Times and places are left out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in records:
        box = (one.box.x, one.box.y, one.box.w, one.box.h) if one.box else ("", "", "", "")
        side = "" if one.side is Side.UNKNOWN else one.side.value
        mask = "" if one.mask is None else one.mask.absolute()
        rows.writerow([one.path.absolute(), one.identity or "", side, one.part, one.encounter, *box, mask])
    write(path, text.getvalue().encode())
    return path
