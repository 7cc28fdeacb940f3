"""Which pairs a comparison head learns from, from easy to hard: three ways, all with as many equal as different pairs.

The harder different pairs are found with the head as it stands: by sorting their scores (Wan, Wang and Zhang), or by
giving every picture one partner so that all pairs together are as hard as can be, a linear assignment, with noise that
keeps the choice easy at first. That way comes from the competition on whales' flukes, where siamese networks won by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from resight.errors import ResightError
from resight.types import Bools, Floats, Ints

Score = Callable[[Ints, Ints], Floats]  # rows (a,) and rows (b,) to how alike each pair is, (a, b)
NOISES = (100.0, 10.0, 1.0, 0.5)  # sizes of the noise that scores are assigned with, a quarter of the epochs each
BLOCK = 1500  # pictures assigned to one another at once
ROWS = 256  # pictures scored against all others at a time


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of pictures, two by two: `first` (p,), `second` (p,), and whether both show one animal, `same` (p,)."""

    first: Ints
    second: Ints
    same: Bools

    def __len__(self) -> int:
        return len(self.first)


def random_pairs(individuals: Ints, count: int, rng: np.random.Generator) -> Pairs:
    """So many equal and so many different pairs, drawn at random; `individuals` (n,) tells who is on each picture."""
    _check(individuals)
    return _joined(matched(individuals, count, rng), _different(individuals, count, rng))


def easy_to_hard(
    score: Score, individuals: Ints, share: float, rng: np.random.Generator, count: int | None = None
) -> Pairs:
    """As `random_pairs`, but this share (0..1) of the different pairs are those that score highest, each once.

    `count` is a quarter of the pictures where nothing is said.
    """
    _check(individuals)
    wanted = max(1, len(individuals) // 4) if count is None else count
    hard = hardest(score, individuals, round(share * wanted))
    different = np.concatenate([hard, _different(individuals, wanted - len(hard), rng)])
    return _joined(matched(individuals, wanted, rng), different)


def assigned(score: Score, individuals: Ints, noise: float, rng: np.random.Generator, block: int = BLOCK) -> Pairs:
    """Every picture with one of another animal, so that the scores plus noise (0..`noise`) add up to the most.

    Pictures are dealt to blocks at random, and assigned within their block: memory and time grow with the number of
    pictures, not with its square or cube. A picture for which its block has none of another animal, for others were in
    greater need of it, is left out. There are as many equal pairs.
    """
    _check(individuals)
    order = rng.permutation(len(individuals))
    found = []
    for rows in np.array_split(order, max(1, -(-len(order) // block))):
        gain = score(rows, rows) + rng.uniform(0, noise, (len(rows), len(rows))).astype(np.float32)
        equal = individuals[rows][:, None] == individuals[rows]
        # Worse than to give up all else.
        gain[equal] = gain.min() - (gain.max() - gain.min() + 1) * len(rows)
        ours, theirs = linear_sum_assignment(gain, maximize=True)
        allowed = ~equal[ours, theirs]
        found.append(np.stack([rows[ours[allowed]], rows[theirs[allowed]]], axis=1))
    different = np.concatenate(found)
    return _joined(matched(individuals, len(different), rng), different)


def matched(individuals: Ints, count: int, rng: np.random.Generator) -> Ints:
    """So many pairs of two pictures of one animal, rows (p, 2).

    Each round takes every picture of an animal that has two or more, with the next one in a random ring of that
    animal's.
    """
    rounds: list[Ints] = []
    while sum(map(len, rounds)) < count:
        order = rng.permutation(len(individuals))
        order = order[np.argsort(individuals[order], kind="stable")]
        _, starts, counts = np.unique(individuals[order], return_index=True, return_counts=True)
        following = np.arange(1, len(order) + 1)
        following[starts + counts - 1] = starts
        ring = np.stack([order, order[following]], axis=1)
        ring = ring[ring[:, 0] != ring[:, 1]]
        rounds.append(rng.permutation(ring))
    return np.concatenate(rounds)[:count].astype(np.int64) if rounds else np.zeros((0, 2), np.int64)


def hardest(score: Score, individuals: Ints, count: int) -> Ints:
    """So many pairs of different animals that score highest, rows (p, 2), each pair once, the hardest first.

    Scores are made for a few hundred pictures at a time.
    """
    everything = np.arange(len(individuals))
    best, best_scores = np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
    for start in range(0, len(individuals) if count else 0, ROWS):
        rows = everything[start : start + ROWS]
        later = everything[start:]
        found = score(rows, later)
        ours, theirs = np.nonzero((individuals[rows][:, None] != individuals[later]) & (rows[:, None] < later))
        scores = np.concatenate([best_scores, found[ours, theirs]])
        pairs = np.concatenate([best, np.stack([rows[ours], later[theirs]], axis=1)])
        kept = np.argpartition(-scores, count)[:count] if len(scores) > count else np.arange(len(scores))
        best, best_scores = pairs[kept], scores[kept]
    return np.asarray(best[np.argsort(-best_scores, kind="stable")])


def _different(individuals: Ints, count: int, rng: np.random.Generator) -> Ints:
    """So many pairs of different animals, rows (p, 2), drawn at random."""
    found = np.zeros((0, 2), np.int64)
    while len(found) < count:
        drawn = rng.integers(0, len(individuals), (2 * count + 8, 2))
        found = np.concatenate([found, drawn[individuals[drawn[:, 0]] != individuals[drawn[:, 1]]]])
    return found[:count]


def _joined(same: Ints, different: Ints) -> Pairs:
    both = np.concatenate([same, different])
    return Pairs(both[:, 0], both[:, 1], np.arange(len(both)) < len(same))


def _check(individuals: Ints) -> None:
    counts = np.unique(individuals, return_counts=True)[1]
    if len(counts) < 2 or counts.max() < 2:
        raise ResightError(
            "pairs to learn from need two animals, and one of them on two photos: name more photos in the table"
        )
