"""MAP@5 with "new individual" placed in the list by a threshold on scores, tuned on other queries.

So the competitions on whales' flukes were won, and DeepWhale (Galanis and Kozlow) and Wan, Wang and Zhang report their
figures. `ranking.average_precision_with_new` places it by probabilities instead, and needs no tuning.
"""

from __future__ import annotations

import numpy as np

from resight.evaluate.outcomes import Outcomes
from resight.types import Doubles, Ints


def average_precision_placed(outcomes: Outcomes, threshold: float, k: int = 5) -> Doubles:
    """AP@k of each query (q,): "new" stands before the first candidate that scores less than the threshold.

    For a new animal "new" is the right entry. Queries that are not answerable score 0.
    """
    before_new = (outcomes.named & (outcomes.scores >= threshold)).sum(axis=1)
    return _average_precision(outcomes, before_new, k)


def tuned_threshold(outcomes: Outcomes, k: int = 5) -> float:
    """The threshold with the largest mean of `average_precision_placed`; of equal ones the largest.

    It lies halfway between two scores; it is infinite where "new" is best placed first, or after all, of every query.
    ValueError where there is no query.
    """
    if not len(outcomes):
        raise ValueError("a threshold cannot be tuned without queries")
    width = min(outcomes.candidates.shape[1], k)
    places = np.tile(np.arange(width + 1), (len(outcomes), 1))
    by_place = np.stack([_average_precision(outcomes, column, k) for column in places.T], axis=1)
    # Lowering the threshold past a score moves "new" one place down in that query's list.
    stands = outcomes.named[:, :width]
    scores, gains = outcomes.scores[:, :width][stands], np.diff(by_place, axis=1)[stands]
    order = np.argsort(-scores, kind="stable")
    scores, gains = scores[order], np.concatenate([[0.0], np.cumsum(gains[order])])
    # A threshold cannot part scores that are equal.
    between = np.concatenate([[True], scores[1:] != scores[:-1], [True]]) if len(scores) else np.array([True])
    best = int(np.argmax(np.where(between, np.round(gains, 9), -np.inf)))
    if best in (0, len(scores)):
        return np.inf if best == 0 else -np.inf
    return float((scores[best - 1] + scores[best]) / 2)


def _average_precision(outcomes: Outcomes, before_new: Ints, k: int) -> Doubles:
    """AP@k (q,) where so many candidates (q,) stand before "new"."""
    right = (outcomes.candidates == outcomes.truth[:, None]) & outcomes.named
    place = right.argmax(axis=1)
    ranks = np.where(outcomes.known, place + 1 + (place >= before_new), before_new + 1)
    counts = outcomes.answerable & (ranks <= k) & (right.any(axis=1) | ~outcomes.known)
    return np.where(counts, 1 / ranks, 0.0)
