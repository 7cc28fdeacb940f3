"""A table that was sent with photos is joined to them by their names: it may name nothing but what came with it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path, PurePosixPath

from resight.errors import ResightError
from resight.media.table_layout import table_layout
from resight.types import Rejection
from resight.web.uploads import Upload

FOLDER = "tables"
FILES = ("path", "mask")  # columns that name files


def join_tables(upload: Upload) -> tuple[list[Path], list[Rejection]]:
    """The tables of an upload, with every file's place in it, and the rows that name no file of it.

    A file is found by its path from the table, or from the top, or by its name alone where only one has it.
    """
    names = [name for name in upload.sizes() if not name.lower().endswith(".csv")]
    tables, rejected = [], []
    for name in upload.sizes():
        if name.lower().endswith(".csv"):
            try:
                rejected += _join(upload, name, names)
                tables.append(_written(upload, name))
            except (ResightError, csv.Error, OSError) as error:
                rejected.append(Rejection(Path(name), f"{name}: {error}"))
    return tables, rejected


def _join(upload: Upload, name: str, files: list[str]) -> list[Rejection]:
    layout = table_layout(upload.files / name, ["path"])
    places = [place for place, column in enumerate(layout.columns) if column in FILES]
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for file in files:
        by_name[PurePosixPath(file).name.casefold()].append(file)
    by_path = {file.casefold(): file for file in files}
    beside = PurePosixPath(name).parent
    rejected = []
    target = _written(upload, name)
    target.parent.mkdir(exist_ok=True)
    with (
        layout.path.open(encoding=layout.encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as joined,
    ):
        rows = csv.writer(joined)
        rows.writerow(layout.columns)
        for number, row in enumerate(csv.reader(source, delimiter=layout.separator, strict=True), start=1):
            if number <= layout.heading or not any(cell.strip() for cell in row):
                continue
            for place in (place for place in places if place < len(row) and row[place].strip()):
                found = _found(row[place].strip(), beside, by_path, by_name)
                if found is None:
                    rejected.append(Rejection(Path(name), f"row {number}: {row[place].strip()} did not come with it"))
                    break
                row[place] = str(upload.files / found)
            else:
                rows.writerow(row)
    return rejected


def _found(stated: str, beside: PurePosixPath, by_path: dict[str, str], by_name: dict[str, list[str]]) -> str | None:
    path = PurePosixPath(stated.replace("\\", "/"))
    for whole in (beside / path, path):
        if (found := by_path.get(whole.as_posix().casefold())) is not None:
            return found
    named = by_name.get(path.name.casefold(), [])
    return named[0] if len(named) == 1 else None


def _written(upload: Upload, name: str) -> Path:
    return upload.folder / FOLDER / f"{name.replace('/', ' ')}"
