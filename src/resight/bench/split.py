"""Which photos of a data set are learned from, and which are asked about: once for all methods.

The splits of the sets in `docs/benchmarks.md` are committed beside this file, so that a figure of today can be compared
with one of next year. Other sets are split by the same rule when they are first met.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from resight.errors import ResightError
from resight.evaluate.splits import SplitError, withheld_individuals
from resight.types import Record

ASKED = 0.4  # share of the individuals, or of each one's photos, that are asked about
THIRD = 1 / 3


class Split(BaseModel):
    """How one data set is used.

    `by` "individual": methods learn from photos of all individuals but `individuals`, and every photo of those is
    asked about in turn, among all others of them; so every figure is of animals that no method has learned. `by`
    "photo": only `individuals` take part; their photos named in `asked` are asked about, and the others are both what
    is learned from and what is searched. `rows` is the number of rows of the table that was split.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    folder: str
    rows: int
    seed: int
    by: Literal["individual", "photo"]
    individuals: tuple[str, ...]
    asked: tuple[str, ...] = ()


def committed(name: str) -> Split | None:
    """The split of this name that comes with resight, None where there is none."""
    file = files("resight.bench").joinpath("splits", f"{name}.json")
    return Split.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def read_split(path: Path) -> Split:
    """A split from its file; ResightError where it is damaged."""
    try:
        return Split.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise ResightError(f"{path} is damaged: delete it, and what lies beside it, to begin this set anew") from error


def by_individual(name: str, records: Sequence[Record], seed: int = 0) -> Split:
    """Ask about a seeded two fifths of the individuals; ResightError where there are too few."""
    try:
        asked = withheld_individuals(np.array([record.identity or "" for record in records]), ASKED, seed)
    except SplitError as error:
        raise ResightError(f"{name}: {error}") from error
    return Split(
        name=name, folder=name, rows=len(records), seed=seed, by="individual", individuals=tuple(asked.tolist())
    )


def by_photo(name: str, folder: Path, records: Sequence[Record], individuals: Sequence[str], seed: int = 0) -> Split:
    """Ask about a seeded third of each of these individuals' photos, one at least, and learn from the others."""
    rng = np.random.default_rng(seed)
    asked: list[str] = []
    for one in sorted(individuals):
        paths = sorted(within(record, folder) for record in records if record.identity == one)
        if len(paths) < 2:
            raise ResightError(f"{name}: {one} has one photo: to ask about it, another one must be known")
        asked += rng.permutation(paths)[: max(1, round(len(paths) * THIRD))].tolist()
    names = tuple(sorted(individuals))
    return Split(
        name=name, folder=folder.name, rows=len(records), seed=seed, by="photo", individuals=names, asked=tuple(asked)
    )


def check(split: Split, records: Sequence[Record], folder: Path) -> None:
    """ResightError where the data set is not the one that was split."""
    missing = sorted(set(split.individuals) - {record.identity for record in records})
    gone = sorted(set(split.asked) - {within(record, folder) for record in records})
    if len(records) != split.rows or missing or gone:
        lacking = f", and lacks {(missing or gone)[0]}" if missing or gone else ""
        raise ResightError(
            f"{folder}: the split {split.name!r} was made of {split.rows} photos, here are {len(records)}{lacking}. "
            "Figures of other photos would not be comparable: rename the folder to bench it as a set of its own"
        )


def within(record: Record, folder: Path) -> str:
    """The photo's path in its data set."""
    return record.path.relative_to(folder).as_posix() if record.path.is_relative_to(folder) else str(record.path)
