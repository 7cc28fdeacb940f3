"""The simulated cage as a data set: heads of salmon whose true names are known, free of anybody's rights."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from resight.simulate import write_heads
from resight.types import Side

CAGE = "cage"
FISH, PASSES, PHOTOS = 60, 3, 2


def simulated(folder: Path, tell: Callable[[str, int, int], None]) -> Path:
    """Draw the photos of both sides of 60 fish in three passes, two of each, with one `metadata.csv`; gives the folder.

    Nothing is done where it is there; the same photos come out each time.
    """
    if (folder / "metadata.csv").exists():
        return folder
    tell("Drawing the simulated cage", 0, 0)
    if folder.exists():
        shutil.rmtree(folder)  # what a run that was killed has left
    tables = write_heads(folder, FISH, PASSES, PHOTOS, seed=11, sides=(Side.LEFT, Side.RIGHT))
    rows: list[dict[str, str]] = []
    for table in tables:
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                place = table.parent.name
                rows.append({**row, "path": f"{place}/{row['path']}", "mask": f"{place}/{row['mask']}"})
    unfinished = folder / "metadata.unfinished"
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    unfinished.replace(folder / "metadata.csv")
    return folder
