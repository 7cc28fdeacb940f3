"""What the embedding of keypoints would gain from real animals that may not be redistributed: the price of the licence.

python -m benchmarks.licence_price PAIRS DATA... [--photos 300]

PAIRS is the folder that `training.patches` found its pairs in; DATA are tables of named photos. Individuals are dealt
into two halves. From one half, spots that agree between two photos of one animal, met apart, are learned besides those
of PAIRS; the other half is asked about, and the other way round. One row a set: the share of photos whose first
candidate is right, by RootSIFT, by the embedding learned from PAIRS alone, and by that learned from real animals of all
sets too.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from training.patches import WIDTHS, Bytes, Pairs, read_pairs, surroundings

from resight.describe.packed import packed
from resight.describe.rootsift import MANY, RootSift
from resight.describe.surroundings import Surroundings, embedded, histograms
from resight.match.comparable import comparable, elsewhere
from resight.match.local import local_gallery
from resight.media.photo import read_photo
from resight.media.table import read_table
from resight.method import open_method
from resight.types import Bools, Floats, Ints, Labels, LocalFeatures, Record
from resight.work.sample import labels_of

METHOD, SEED, FEWEST, BATCH = "rootsift:inside,many+mask", 3, 8, 32


@dataclass(frozen=True, slots=True)
class Seen:
    """The photos of a set: RootSIFT of their keypoints, the histograms round each, and who is on them."""

    name: str
    spots: LocalFeatures
    found: Bytes
    labels: Labels

    @property
    def alike(self) -> Bools:
        """Which pairs of photos may be compared (n, n)."""
        return np.asarray(comparable(self.labels, self.labels) & elsewhere(self.labels, self.labels))


def seen(table: Path, most: int) -> Seen:
    """So many photos of a table, those of one individual after another, in a seeded order of individuals."""
    rows = [row for row in read_table(table) if isinstance(row, Record) and row.identity]
    names = np.random.default_rng(SEED).permutation(sorted({str(row.identity) for row in rows})).tolist()
    of = {name: [row for row in rows if row.identity == name][:8] for name in names}
    chosen = [row for name in names if len(of[name]) > 1 for row in of[name]][:most]
    method = open_method(METHOD)
    describer = RootSift(features=MANY, inset=0.09)
    spots, found, hashes = [], [], []
    for row in chosen:
        photo = read_photo(row.path)
        chip = method.preparation(photo, row).chip
        spots.append(describer.describe([chip]))
        grey = np.asarray(cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        found.append(histograms(grey, describer.places(chip), WIDTHS))
        hashes.append(photo.sha256)
    return Seen(table.parent.name, LocalFeatures.joined(spots), np.concatenate(found), labels_of(chosen, hashes))


def agreeing(of: Seen, learned: Bools) -> Pairs:
    """Pairs of spots that agree between photos of one of the individuals that are learned."""
    gallery = local_gallery(of.spots, of.labels.individual)
    same = of.alike & (of.labels.individual[:, None] == of.labels.individual[None]) & learned[:, None] & learned[None]
    first, second = [], []
    for one, other in np.argwhere(np.triu(same)).tolist():
        allowed = np.zeros(len(of.spots), np.bool_)
        # Against the photos of others, so that a spot that all animals have does not count.
        allowed[:] = of.alike[one] & (~same[one])
        allowed[other] = True
        evidence = gallery.evidence(of.spots.take([one]), other, allowed)
        if len(evidence.weights) >= FEWEST:
            first += _rows(of.spots, one, evidence.query).tolist()
            second += _rows(of.spots, other, evidence.gallery).tolist()
    shown = np.zeros((len(first), 2), np.int64)
    return Pairs(of.found[first], of.found[second], shown)


def _rows(spots: LocalFeatures, photo: int, positions: Floats) -> Ints:
    start, end = spots.offsets[photo], spots.offsets[photo + 1]
    off = np.abs(spots.positions[None, start:end] - positions[:, None]).sum(axis=2)
    return np.asarray(off.argmin(axis=1) + start, np.int64)


def right(of: Seen, by: Surroundings | None) -> Bools:
    """Of each photo (n,) whether its first candidate is right, among all others."""
    spots = of.spots if by is None else replace(of.spots, vectors=packed(embedded(of.found, by)))
    gallery, allowed = local_gallery(spots, of.labels.individual), of.alike
    scores = np.concatenate(
        [gallery.scores(spots.take(np.arange(start, min(start + BATCH, len(spots)))), allowed[start : start + BATCH])
         for start in range(0, len(spots), BATCH)]
    )  # fmt: skip
    best = np.where(allowed, scores, -1.0).argmax(axis=1)
    return np.asarray(of.labels.individual[best] == of.labels.individual)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("pairs", type=Path)
    asked.add_argument("data", type=Path, nargs="+")
    asked.add_argument("--photos", type=int, default=300)
    given = asked.parse_args()
    free = [read_pairs(path) for path in sorted((given.pairs / "pairs").glob("*.npz"))]
    sets = [seen(table, given.photos) for table in given.data]
    halves = [np.random.default_rng(SEED).permutation(np.unique(of.labels.individual)) for of in sets]
    firsts = [np.isin(of.labels.individual, names[: len(names) // 2]) for of, names in zip(sets, halves, strict=True)]
    real = [
        [agreeing(of, half if first else ~half) for of, half in zip(sets, firsts, strict=True)]
        for first in (True, False)
    ]
    open_to_all = surroundings(free)
    closed = [surroundings([*free, *lots]) for lots in real]
    print("| set | photos | real pairs learned | RootSIFT | free data alone | real animals too |")
    print("|---|---|---|---|---|---|")
    for place, of in enumerate(sets):
        can = (of.alike & (of.labels.individual[:, None] == of.labels.individual[None])).any(axis=1)
        learned = [len(lots[place].first) for lots in real]
        both = np.where(firsts[place], right(of, closed[1]), right(of, closed[0]))
        told = [f"{hit[can].mean():.3f}" for hit in (right(of, None), right(of, open_to_all), both)]
        print(f"| {of.name} | {can.sum()} | {learned[0]}, {learned[1]} | {' | '.join(told)} |", flush=True)


if __name__ == "__main__":
    main()
