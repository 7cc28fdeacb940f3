"""A whole catalogue as a file: a table that can be added again, JSON, or histories for population models."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import TextIO

from sqlalchemy import select

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued, counts
from resight.catalogue.models import Individual
from resight.export.formats import Format
from resight.types import Side

VERSION = 1
COLUMNS = (
    "path", "identity", "side", "part", "encounter", "date", "lat", "lon", "x", "y", "w", "h", "quality", "annotation",
    "sha256",
)  # fmt: skip


def write_csv(annotations: Sequence[Catalogued], file: TextIO) -> None:
    """A row for each annotation; `resight add --table` makes the same names, encounters and boxes of it elsewhere."""
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    for one in annotations:
        box = (one.box.x, one.box.y, one.box.w, one.box.h) if one.box else ("", "", "", "")
        place = (one.place.lat, one.place.lon) if one.place else ("", "")
        side = "" if one.side is Side.UNKNOWN else one.side.value
        taken = "" if one.taken_at is None else one.taken_at.isoformat()
        quality = "" if one.quality is None else f"{one.quality:.4f}"
        known = (one.path, one.name, side, one.part, one.encounter, taken)
        rows.writerow([*known, *place, *box, quality, one.id, one.sha256])


def write_history(annotations: Sequence[Catalogued], file: TextIO) -> None:
    """A row for each individual, a column for each day on which any was met: 1 where it was, 0 where it was not.

    Animals without a name, and photos without a date, are left out.
    """
    met: defaultdict[str, set[str]] = defaultdict(set)
    for one in annotations:
        if one.name and one.taken_at is not None:
            met[one.name].add(one.taken_at.date().isoformat())
    days = sorted(set().union(*met.values()))
    rows = csv.writer(file)
    rows.writerow(["individual", *days])
    rows.writerows([name, *(int(day in met[name]) for day in days)] for name in sorted(met))


def write_json(catalogue: Catalogue, annotations: Sequence[Catalogued], file: TextIO) -> None:
    """Individuals with what is known of them, and all annotations."""
    i = Individual
    query = select(i.id, i.name, i.sex, i.life_stage, i.marks, i.notes).where(i.absorbed_by.is_(None)).order_by(i.name)
    with catalogue.reading() as session:
        individuals = [
            {"id": key, "name": name, "sex": sex, "life_stage": stage, "marks": marks, "notes": notes}
            for key, name, sex, stage, marks, notes in session.execute(query)
        ]
    said = {
        "version": VERSION,
        "catalogue": catalogue.folder.name,
        "decisions": counts(catalogue).decisions,
        "individuals": individuals,
        "annotations": [_annotation(one) for one in annotations],
    }
    json.dump(said, file, ensure_ascii=False, indent=1)
    file.write("\n")


def write(catalogue: Catalogue, how: Format, file: TextIO) -> None:
    """The catalogue in one of the formats."""
    annotations = catalogued(catalogue)
    match how:
        case Format.CSV:
            write_csv(annotations, file)
        case Format.JSON:
            write_json(catalogue, annotations, file)
        case Format.HISTORY:
            write_history(annotations, file)


def _annotation(one: Catalogued) -> dict[str, object]:
    return {
        "id": one.id,
        "path": str(one.path),
        "sha256": one.sha256,
        "individual": one.individual,
        "side": one.side.value,
        "part": one.part,
        "encounter": one.encounter,
        "taken_at": None if one.taken_at is None else one.taken_at.isoformat(),
        "place": None if one.place is None else [one.place.lat, one.place.lon],
        "box": None if one.box is None else [one.box.x, one.box.y, one.box.w, one.box.h],
        "quality": one.quality,
    }
