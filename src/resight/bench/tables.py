"""The tables that every method is given: what is learned from, what is searched, what is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from resight.bench.split import Split, within
from resight.media.records import write_records
from resight.types import Record


class Preset(StrEnum):
    """How much is done. A quick run tells whether all works; its figures stand in no table of full ones."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Few:
    """At most so many individuals, of those that have two photos or more, and photos of each.

    Photos of an individual beyond that are mostly frames of the same film.
    """

    individuals: int
    photos: int


@dataclass(frozen=True, slots=True)
class Amount:
    """How many are learned from and asked about.

    `nameless` photos of unnamed animals are asked about as new ones, and `slowly` photos of all where a method is slow.
    """

    learned: Few
    asked: Few
    nameless: int
    slowly: int


AMOUNTS = {
    Preset.QUICK: Amount(Few(20, 4), Few(12, 3), 8, 12),
    Preset.FULL: Amount(Few(2000, 60), Few(200, 10), 100, 80),
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The files; `gallery` and `query` are one where every photo is asked about in turn.

    `exclude` names the column by which photos are never compared: those of one encounter, where encounters are known.
    """

    learn: Path
    gallery: Path
    query: Path
    exclude: str | None


def write_tables(split: Split, records: Sequence[Record], folder: Path, preset: Preset, into: Path) -> Tables:
    """Write the tables of a data set in `folder` into another one."""
    into.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(split.seed)
    chosen = set(split.individuals)
    amount = AMOUNTS[preset]
    if split.by == "photo":
        taking = [record for record in records if record.identity in chosen]
        asked = set(split.asked)
        known = [record for record in taking if within(record, folder) not in asked]
        queries = [record for record in taking if within(record, folder) in asked]
        few = set(rng.permutation(sorted(chosen))[: amount.asked.individuals].tolist())
        known, queries = ([record for record in some if record.identity in few] for some in (known, queries))
        learn = write_records(into / "learn.csv", known)
        return Tables(learn, learn, write_records(into / "query.csv", queries), None)
    learned = _some([one for one in records if one.identity and one.identity not in chosen], amount.learned, rng)
    tested = _some([one for one in records if one.identity in chosen], amount.asked, rng)
    nameless = [record for record in records if not record.identity]
    tested += [nameless[row] for row in np.sort(rng.permutation(len(nameless))[: amount.nameless])]
    test = write_records(into / "test.csv", tested)
    exclude = "encounter" if any(record.encounter for record in tested) else None
    return Tables(write_records(into / "learn.csv", learned), test, test, exclude)


def _some(records: Sequence[Record], few: Few, rng: np.random.Generator) -> list[Record]:
    """Some individuals, and of each some photos, spread over its encounters."""
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        of[record.identity or ""].append(record)
    several = sorted(name for name, photos in of.items() if len(photos) > 1)
    chosen: list[Record] = []
    for name in rng.permutation(several)[: few.individuals].tolist():
        photos = sorted(of[name], key=lambda record: (record.encounter, record.path))
        places = np.unique(np.linspace(0, len(photos) - 1, few.photos).round().astype(int))
        chosen += [photos[place] for place in places]
    return chosen
