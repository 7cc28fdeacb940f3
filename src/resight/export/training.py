"""What a training learns from, out of a catalogue: its named photos, or the boxes on them."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued
from resight.errors import ResightError
from resight.export.catalogue import write_csv

BOXES = ("path", "x", "y", "w", "h", "clip")


def training_table(catalogue: Catalogue, path: Path, boxes: bool) -> Path:
    """Write a table for `resight train`, whole or not at all; one that is there is left as it is: a training goes on.

    With `boxes`, the boxes of all photos on which every animal has one, for a detector; else every named annotation.
    ResightError where there is nothing to learn from.
    """
    if path.exists():
        return path
    every = catalogued(catalogue)
    learned = _boxed(every) if boxes else [one for one in every if one.name]
    if not learned:
        what = "no box was drawn on any photo" if boxes else "nobody has a name"
        raise ResightError(f"there is nothing to learn from in {catalogue.folder} yet: {what}")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        if boxes:
            rows = csv.writer(file)
            rows.writerow(BOXES)
            rows.writerows(
                (one.path, one.box.x, one.box.y, one.box.w, one.box.h, one.encounter) for one in learned if one.box
            )
        else:
            write_csv(learned, file)
    unfinished.replace(path)
    return path


def _boxed(every: list[Catalogued]) -> list[Catalogued]:
    of: defaultdict[int, list[Catalogued]] = defaultdict(list)
    for one in every:
        of[one.photo].append(one)
    return [one for photo in of.values() if all(other.box for other in photo) for one in photo]
