"""What is learned from: the photos of a table as pictures of one size, with who is seen on each."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resight.chip.look import Look, seen
from resight.chip.mask import Foreground
from resight.chip.padded import padded
from resight.chip.prepare import Preparation
from resight.errors import PhotoError, ResightError
from resight.evaluate.splits import withheld_individuals
from resight.media.photo import read_photo
from resight.media.table import read_table
from resight.types import Bools, Ints, Pixels, Record, Rejection, Side, Strings


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of one size, RGB, and what is known of each; a row is a picture.

    Row i is `pixels[photos[i]]` of (m, size, size, 3), which may be mapped from disk, and its mirror image where
    `flipped[i]`. `individual` (n,) names the animal, and `flank` (n,) what is told apart: the animal with the side of
    it, for markings differ by side, or the animal alone, where its sides are learned together. `encounter` (n,) is ''
    where it is not known. `kin` (n,) is the same for animals of one kind, which are harder to tell apart: those that
    one table has of one part.
    """

    pixels: Pixels
    photos: Ints
    flipped: Bools
    individual: Strings
    flank: Strings
    encounter: Strings
    kin: Strings

    def __len__(self) -> int:
        return len(self.photos)

    def picture(self, row: int) -> Pixels:
        """One picture (size, size, 3)."""
        pixels = self.pixels[self.photos[row]]
        return np.asarray(pixels[:, ::-1] if self.flipped[row] else pixels)

    def take(self, rows: Ints | Bools) -> Pictures:
        """These pictures."""
        names = (column[rows] for column in (self.individual, self.flank, self.encounter, self.kin))
        return Pictures(self.pixels, self.photos[rows], self.flipped[rows], *names)


def read_pictures(
    tables: Sequence[Path], size: int, kept: Path, progress: Callable[[int, int], None] | None = None,
    apart: bool = True, look: Look = Look.COLOUR, foreground: Foreground | None = None,
) -> tuple[Pictures, list[Rejection]]:  # fmt: skip
    """The named photos of the tables, cut, padded to a square of this size, and mapped from a file: `kept`.

    They are prepared as they are for a model that describes them: what lies outside a mask that the table or the photo
    brings, or that `foreground` finds, is grey.

    `apart`: the sides of an individual are told apart. `look`: what is left of the colours.

    Raises ResightError where no photo has a name, or the disk has no room for the file.
    """
    entries = [(entry, number) for number, table in enumerate(tables) for entry in read_table(table)]
    rejected = [entry for entry, _ in entries if isinstance(entry, Rejection)]
    named = [(entry, number) for entry, number in entries if isinstance(entry, Record) and entry.identity]
    records = [record for record, _ in named]
    if not records:
        raise ResightError(
            f"{', '.join(map(str, tables))}: no photo has an identity, so there is nothing to learn from"
        )
    unfinished = kept.with_name(f"{kept.stem}.unfinished.npy")
    pixels = _mapped(unfinished, (len(records), size, size, 3))
    prepare = Preparation(size, foreground)
    rows = []
    for row, record in enumerate(records):
        try:
            photo = read_photo(record.path)
            pixels[row] = padded(seen(prepare(photo, record).chip, look), size, size)
            rows.append(row)
        except PhotoError as error:
            rejected.append(Rejection(record.path, str(error)))
        if progress is not None:
            progress(row + 1, len(records))
    pixels.flush()
    unfinished.replace(kept)
    chosen = [records[row] for row in rows]
    pictures = Pictures(
        np.load(kept, mmap_mode="r"),
        np.array(rows, np.int64),
        np.zeros(len(rows), np.bool_),
        np.array([record.identity for record in chosen], np.str_),
        np.array([_flank(record) if apart else record.identity for record in chosen], np.str_),
        np.array([record.encounter for record in chosen], np.str_),
        np.array([f"{named[row][1]} {named[row][0].part}" for row in rows], np.str_),
    )
    return pictures, rejected


def mirrored(pictures: Pictures) -> Pictures:
    """With each picture's mirror image, as of another animal that looks the other way: twice as much to learn from."""

    def twice(names: Strings, mark: str) -> Strings:
        return np.concatenate([names, np.char.add(names, mark)])

    return Pictures(
        pictures.pixels,
        np.tile(pictures.photos, 2),
        np.concatenate([pictures.flipped, ~pictures.flipped]),
        twice(pictures.individual, " mirrored"),
        twice(pictures.flank, " mirrored"),
        twice(pictures.encounter, ""),
        twice(pictures.kin, ""),
    )


def parted(pictures: Pictures, held_out: float, least_photos: int, seed: int) -> tuple[Pictures, Pictures]:
    """Those to learn from, and those of other individuals to validate with; flanks of few photos are left out.

    Raises ResightError where too few individuals are left.
    """
    names, counts = np.unique(pictures.flank, return_counts=True)
    enough = pictures.take(np.isin(pictures.flank, names[counts >= least_photos]))
    individuals = len(np.unique(enough.individual))
    if individuals < 4:
        raise ResightError(
            f"only {individuals} individuals have {least_photos} photos or more of one side: training needs at least "
            "4, and learns little from fewer than 20"
        )
    validating = np.isin(enough.individual, withheld_individuals(enough.individual, held_out, seed))
    if len(np.unique(enough.individual[validating])) < 2:
        chosen = withheld_individuals(enough.individual, 2 / individuals, seed)
        validating = np.isin(enough.individual, chosen)
    return enough.take(~validating), enough.take(validating)


def parted_photos(pictures: Pictures, held_out: float, least_photos: int, seed: int) -> tuple[Pictures, Pictures]:
    """Those to learn from, and others of the same individuals to validate with; flanks of few photos are left out.

    Two photos, which make a pair, of one flank after another until that share of all photos is reached; none of a flank
    that would keep fewer than `least_photos`. Raises ResightError where no two flanks have so many.
    """
    rng = np.random.default_rng(seed)
    names, numbers, counts = np.unique(pictures.flank, return_inverse=True, return_counts=True)
    spare = rng.permutation(np.flatnonzero(counts >= least_photos + 2))
    if len(spare) < 2:
        raise ResightError(
            f"fewer than 2 of {len(names)} sides have {least_photos + 2} photos, so none can be held out: set "
            'validate_on = "individuals" in the recipe\'s [data]'
        )
    validating = np.zeros(len(pictures), np.bool_)
    for flank in spare[: max(2, round(held_out * len(pictures) / 2))].tolist():
        validating[rng.permutation(np.flatnonzero(numbers == flank))[:2]] = True
    return pictures.take(~validating & (counts[numbers] >= least_photos)), pictures.take(validating)


def numbered(names: Iterable[str]) -> Ints:
    """A number for each name, the same for equal ones, from 0."""
    return np.unique(np.array(list(names), np.str_), return_inverse=True)[1].astype(np.int64)


def _mapped(path: Path, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[np.uint8]]:
    """A new array in a file, for which the disk has room; ResightError where it has not."""
    try:
        pixels: np.memmap[Any, np.dtype[np.uint8]] = np.lib.format.open_memmap(
            path, mode="w+", dtype=np.uint8, shape=shape
        )
        # A file with holes has no room yet: a disk that is full by then ends the process, without a word.
        if hasattr(os, "posix_fallocate"):
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ResightError(
            f"{path} could not be written ({error.strerror}): the pictures take {math.prod(shape) / 1e6:,.0f} MB. Make "
            "room, and start the same command again"
        ) from error
    return pixels


def _flank(record: Record) -> str:
    return f"{record.identity} {record.side}" if record.side is not Side.UNKNOWN else str(record.identity)
