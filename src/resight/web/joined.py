"""A table that was sent with photos is joined to them by their names: it may name nothing but what came with it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from resight.errors import ResightError
from resight.media.file_names import PHOTO_SUFFIXES
from resight.media.table_layout import table_layout
from resight.types import Rejection
from resight.web.uploads import Item, Upload

FOLDER = "tables"
FILES = ("path", "mask")  # columns that name files


def join_tables(upload: Upload) -> tuple[list[Path], list[Rejection]]:
    """The tables of an upload, with every file's place in it, and what was left out.

    A file is found by its path from the table, or from the top, or by its name alone where only one has it. Where there
    are tables, photos that none of them names are left out. A table that names no photo at all is left out itself.
    """
    items = upload.items()
    photos = [item for item in items if item.suffix in PHOTO_SUFFIXES]
    tables: list[Path] = []
    rejected: list[Rejection] = []
    named: set[Path] = set()
    for number, table in enumerate(item for item in items if item.suffix == ".csv"):
        target = upload.folder / FOLDER / f"{number} {table.path.name}"
        target.parent.mkdir(exist_ok=True)
        try:
            found, unfound = _join(table, target, photos)
        except (ResightError, csv.Error, OSError, ValueError) as error:
            rejected.append(Rejection(Path(table.place), f"{table.place}: {error}"))
            continue
        if not found:
            rejected.append(Rejection(Path(table.place), "none of its rows names a photo that came with it"))
            continue
        tables.append(target)
        rejected += unfound
        named |= found
    if tables:
        unnamed = [photo for photo in photos if photo.path not in named]
        rejected += [Rejection(Path(photo.place), "no row of the table names it") for photo in unnamed]
    return tables, rejected


def _join(table: Item, target: Path, photos: list[Item]) -> tuple[set[Path], list[Rejection]]:
    """Write the table with the places of its files; which were found, and the rows that name one that was not."""
    layout = table_layout(table.path, ["path"])
    places = [place for place, column in enumerate(layout.columns) if column in FILES]
    by_place: defaultdict[str, list[Item]] = defaultdict(list)
    by_name: defaultdict[str, list[Item]] = defaultdict(list)
    for photo in photos:
        by_place[photo.place.casefold()].append(photo)
        by_name[photo.path.name.casefold()].append(photo)
    found: set[Path] = set()
    rejected = []
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
                file = _found(row[place].strip(), table, by_place, by_name)
                if file is None:
                    reason = f"row {number}: {row[place].strip()} did not come with it"
                    rejected.append(Rejection(Path(table.place), reason))
                    break
                found.add(file)
                row[place] = str(file)
            else:
                rows.writerow(row)
    return found, rejected


def _found(stated: str, table: Item, by_place: dict[str, list[Item]], by_name: dict[str, list[Item]]) -> Path | None:
    path = PurePosixPath(normalize("NFC", stated.replace("\\", "/")))
    for whole in ((PurePosixPath(table.place).parent / path).as_posix(), path.as_posix()):
        there = by_place.get(whole.casefold(), [])
        # A zip and a folder may hold the same paths, and some disks tell capitals apart.
        there = [one for one in there if one.tree == table.tree] or there
        there = [one for one in there if one.place == whole] or there
        if len(there) == 1:
            return there[0].path
    named = by_name.get(path.name.casefold(), [])
    # Cameras number anew on every card, so another folder's photo of this name is another photo.
    if len(named) == 1 and _ends_alike(PurePosixPath(named[0].place), path):
        return named[0].path
    return None


def _ends_alike(one: PurePosixPath, other: PurePosixPath) -> bool:
    """Whether the shorter path is the end of the longer one.

    >>> _ends_alike(PurePosixPath("card/Anna/1.jpg"), PurePosixPath("Anna/1.jpg"))
    True
    >>> _ends_alike(PurePosixPath("Ben/1.jpg"), PurePosixPath("Anna/1.jpg"))
    False
    """
    pairs = zip(reversed(one.parts), reversed(other.parts), strict=False)
    return all(mine.casefold() == theirs.casefold() for mine, theirs in pairs)
