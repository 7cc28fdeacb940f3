"""Ranking measures: how far up the list of individuals the right one stands.

Each function gives one value for each query, NaN for queries the measure does not ask about; the measure is
their mean. A list names each individual once, so that average precision is one over the rank of the right
one.
"""

from __future__ import annotations

import numpy as np

from resight.evaluate.outcomes import Outcomes
from resight.types import Doubles, Ints


def hits(outcomes: Outcomes, k: int) -> Doubles:
    """Top-k: 1 where the right individual is among the first k, 0 where not, NaN for new animals; (q,)."""
    return np.where(outcomes.known, _ranks(outcomes) <= k, np.nan)


def average_precision(outcomes: Outcomes, k: int = 5) -> Doubles:
    """AP@k without 'new': one over the rank of the right one, 0 beyond k, NaN for new animals; (q,)."""
    return np.where(outcomes.known, _reciprocal(_ranks(outcomes), k), np.nan)


def average_precision_with_new(outcomes: Outcomes, k: int = 5) -> Doubles:
    """AP@k with 'new individual' as one more entry of the list, (q,).

    Candidates and NEW are ordered by probability; NEW stands after candidates of the same probability. For
    a new animal NEW is the right entry. Queries that are not answerable score 0. ValueError without
    probabilities.
    """
    if outcomes.p is None or outcomes.p_new is None:
        raise ValueError("'new individual' has no place in the list without probabilities")
    p = np.where(outcomes.named, outcomes.p, -np.inf)
    order = np.argsort(-p, axis=1, kind="stable")
    ordered_p = np.take_along_axis(p, order, axis=1)
    ordered = np.take_along_axis(outcomes.candidates, order, axis=1)
    before_new = (ordered_p >= outcomes.p_new[:, None]).sum(axis=1)
    is_truth = ordered == outcomes.truth[:, None]
    place = np.argmax(is_truth, axis=1)
    rank_known = np.where(is_truth.any(axis=1), place + 1 + (place >= before_new), np.iinfo(np.int64).max)
    ranks = np.where(outcomes.known, rank_known, before_new + 1)
    return np.where(outcomes.answerable, _reciprocal(ranks, k), 0.0)


def cumulative_match(outcomes: Outcomes, k: int = 20) -> Doubles:
    """The CMC curve: the share of known animals among the first 1, 2, ... candidates, (min(k, width),)."""
    ranks = _ranks(outcomes)[outcomes.known]
    if not len(ranks):
        raise ValueError("no query is of an individual that the gallery holds")
    width = min(k, outcomes.candidates.shape[1])
    among_first = ranks[:, None] <= np.arange(1, width + 1)
    return np.asarray(among_first.mean(axis=0), dtype=np.float64)


def _ranks(outcomes: Outcomes) -> Ints:
    """The rank of the right individual, from 1; a very large number where it is not named."""
    is_truth = (outcomes.candidates == outcomes.truth[:, None]) & outcomes.named
    found = is_truth.any(axis=1) & outcomes.answerable
    return np.where(found, np.argmax(is_truth, axis=1) + 1, np.iinfo(np.int64).max)


def _reciprocal(ranks: Ints, k: int) -> Doubles:
    result: Doubles = np.zeros(len(ranks))
    return np.divide(1.0, ranks, out=result, where=ranks <= k)
