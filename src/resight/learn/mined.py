"""What a head under training is shown next, and how it is judged: both by its answers to all pairs at once."""

from __future__ import annotations

import numpy as np

from resight.evaluate.pairs import matrix_pairs
from resight.evaluate.roc import RocCurve
from resight.learn.head_recipe import HeadTraining
from resight.learn.pairs import NOISES, Pairs, Score, assigned, easy_to_hard, random_pairs
from resight.learn.verified import Verified
from resight.match.comparison import Head, SharedHead, logits
from resight.match.low_rank import low_rank
from resight.types import Bools, Floats, Ints, Strings

RANK = 6  # of a shared map while it is learned: pairs need not be ordered to the last


def mined(
    recipe: HeadTraining, head: Head, vectors: Floats, individuals: Ints, epoch: int, rng: np.random.Generator
) -> Pairs:
    """The pairs of one epoch, in the recipe's way, by the head as it stands.

    `vectors` (n, d) are those of the pictures, `individuals` (n,) tells who is on each.
    """
    if recipe.mining == "random":
        return random_pairs(individuals, max(1, len(individuals) // 4), rng)
    score = scorer(head, vectors)
    if recipe.mining == "assignment":
        return assigned(score, individuals, NOISES[len(NOISES) * epoch // recipe.epochs], rng)
    return easy_to_hard(score, individuals, recipe.hardest * epoch / max(recipe.epochs - 1, 1), rng)


def scorer(head: Head, vectors: Floats) -> Score:
    """How alike a head finds pairs of these vectors' rows; a shared map by its form of low rank."""
    if not isinstance(head, SharedHead):
        return lambda rows, others: logits(head, vectors[rows], vectors[others])
    low = low_rank(head, RANK)
    longer = low.longer(vectors)
    return lambda rows, others: low.logits(vectors[rows], longer[others])


def judged(scores: Floats, flank: Strings, encounter: Strings) -> Verified:
    """How well a matrix of scores (n, n) tells individuals apart: every pair of distinct pictures once."""
    once = np.triu(np.ones(scores.shape, bool), k=1)
    alike = encounter[:, None] == encounter

    def curve(kind: Bools) -> RocCurve | None:
        found = matrix_pairs(scores, flank, flank, once & kind)
        return None if found.why_empty else found

    return Verified(curve(~alike), curve(alike), curve(np.ones_like(alike)))
