"""Procedural animals on disk: a folder of photos with their masks, and a table that names them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from resight.detect.bars import without_bars
from resight.errors import ResightError
from resight.simulate.animals.kind import Kind, kind
from resight.simulate.animals.markings import markings
from resight.simulate.animals.photograph import Animal, Photographed, draw_day, photograph
from resight.types import Pixels
from resight.work.processes import Executor
from resight.work.written import write

COLUMNS = ("path", "identity", "side", "part", "encounter", "x", "y", "w", "h", "mask")


@dataclass(frozen=True, slots=True)
class Herds:
    """How many kinds, individuals of each, encounters of each of those, and photos of an encounter."""

    kinds: int
    individuals: int
    encounters: int = 3
    photos: int = 2
    seed: int = 0


def animal(of: Kind, seed: int, number: int, individual: int) -> Animal:
    """An individual of a kind: the same arguments give the same animal."""
    rng = np.random.default_rng([seed, number, individual, 12])
    return Animal(
        patterns=tuple(markings(style, rng) for style in of.styles),
        breadth=of.breadth * np.exp(rng.normal(0, 0.03, len(of.breadth))),
        skin=np.clip(of.skin * np.exp(rng.normal(0, 0.06)), 0, 1),
    )


def write_animals(
    herds: Herds,
    folder: Path,
    backgrounds: Sequence[Path],
    executor: Executor,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write so many animals, photographed before these photos of places; gives the table.

    Kinds that are there already are kept, so a run that was stopped goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[list[str]] = []
    work = partial(_write_kind, herds, folder, tuple(backgrounds))
    for done, written in enumerate(executor(work, range(herds.kinds))):
        rows += written
        if progress is not None:
            progress(done + 1, herds.kinds)
    table = folder / "metadata.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    return table


def _write_kind(herds: Herds, folder: Path, backgrounds: tuple[Path, ...], number: int) -> list[list[str]]:
    place = folder / f"kind-{number + 1:04}"
    done = place / "rows.csv"
    if done.exists():
        with done.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))
    place.mkdir(exist_ok=True)
    of = kind(herds.seed, number)
    rows = [
        row
        for individual in range(herds.individuals)
        for row in _write_individual(herds, of, place, backgrounds, number, individual)
    ]
    lines = "\n".join(",".join(row) for row in rows)
    write(done, f"{lines}\n".encode())
    return rows


def _write_individual(
    herds: Herds, of: Kind, place: Path, backgrounds: tuple[Path, ...], number: int, individual: int
) -> Iterable[list[str]]:
    one = animal(of, herds.seed, number, individual)
    name = f"{place.name} animal-{individual + 1:03}"
    for encounter in range(herds.encounters):
        rng = np.random.default_rng([herds.seed, number, individual, 13, encounter])
        day = draw_day(rng, place_of(backgrounds, rng))
        for photo in range(herds.photos):
            taken = photograph(of, one, day, rng)
            stem = f"{individual + 1:03}-{encounter + 1}-{photo + 1}"
            _save(place / stem, taken)
            box = [str(round(part)) for part in (taken.box.x, taken.box.y, taken.box.w, taken.box.h)]
            where = f"{place.name}/{stem}"
            yield [f"{where}.jpg", name, "left", place.name, f"{name} {encounter + 1}", *box, f"{where}.png"]


def _save(path: Path, taken: Photographed) -> None:
    Image.fromarray(taken.pixels).save(path.with_name(f"{path.name}.jpg"), quality=90, comment=b"synthetic")
    Image.fromarray(taken.mask).convert("1").save(path.with_name(f"{path.name}.png"))


def place_of(backgrounds: Sequence[Path], rng: np.random.Generator) -> Pixels | None:
    """A photo (h, w, 3) of one of these places, without black bars; None where there are none."""
    if not backgrounds:
        return None
    path = backgrounds[int(rng.integers(len(backgrounds)))]
    read = cv2.imread(str(path))
    if read is None:
        raise ResightError(f"{path} cannot be read as a photo of a place")
    rows, columns = without_bars(np.asarray(read, np.uint8))
    return np.asarray(read[rows, columns, ::-1], np.uint8)
