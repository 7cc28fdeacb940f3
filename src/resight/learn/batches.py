"""Which pictures make a batch: some individuals, some pictures of each, from different encounters if they can."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from resight.types import Ints, Strings


def batches(
    flanks: Ints, encounters: Strings, individuals: int, photos: int, count: int, rng: np.random.Generator,
    kin: Strings | None = None, alike: int = 1,
) -> Iterator[Ints]:  # fmt: skip
    """So many batches of rows: `individuals` times `photos` of them, each individual's one after another.

    Every individual has its turn before one has its second. Of its pictures those of different encounters are taken
    in turn, as it is there that a model must see what stays the same; with too few pictures some come twice. `alike`
    individuals of one `kin` (n,) come together, as far as there are so many: nothing else tells those apart than what
    makes an individual.
    """
    rows = [np.flatnonzero(flanks == flank) for flank in range(int(flanks.max()) + 1)]
    groups = _groups(rows, kin)
    waiting: list[int] = []
    for _ in range(count):
        while len(waiting) < individuals:
            waiting += _order(groups, alike, rng)
        turn = list(dict.fromkeys(waiting))[:individuals]
        for flank in turn:
            waiting.remove(flank)
        yield np.concatenate([_pictures(rows[flank], encounters, photos, rng) for flank in turn])


def _groups(rows: list[Ints], kin: Strings | None) -> list[list[int]]:
    """The flanks of each kin; all of them, where none is told."""
    of: dict[str, list[int]] = {}
    for flank, own in enumerate(rows):
        of.setdefault("" if kin is None else str(kin[own[0]]), []).append(flank)
    return list(of.values())


def _order(groups: list[list[int]], alike: int, rng: np.random.Generator) -> list[int]:
    """All flanks once, in an order in which `alike` of a group stand together."""
    packs = []
    for group in groups:
        mixed = rng.permutation(group).tolist()
        packs += [mixed[start : start + alike] for start in range(0, len(mixed), alike)]
    return [flank for pack in rng.permutation(len(packs)).tolist() for flank in packs[pack]]


def _pictures(rows: Ints, encounters: Strings, photos: int, rng: np.random.Generator) -> Ints:
    chosen: list[int] = []
    while len(chosen) < photos:
        by_encounter: dict[str, list[int]] = {}
        for row in rng.permutation(rows).tolist():
            by_encounter.setdefault(str(encounters[row]), []).append(row)
        met = [by_encounter[name] for name in rng.permutation(list(by_encounter))]
        for place in range(max(map(len, met))):
            chosen += [pictures[place] for pictures in met if place < len(pictures)]
    return np.array(chosen[:photos], np.int64)


def default_count(flanks: Ints, individuals: int, photos: int) -> int:
    """How many batches show about as many pictures as there are."""
    return max(1, round(len(flanks) / (individuals * photos)))
