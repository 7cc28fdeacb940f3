"""Review effort: how many answers a person must look at, so that few enough wrong names get in."""

from __future__ import annotations

import numpy as np

from resight.evaluate.open_set import ratio
from resight.evaluate.outcomes import Outcomes
from resight.types import Bools, Doubles


def proposals(outcomes: Outcomes) -> tuple[Doubles, Bools]:
    """How sure the most probable answer to each query is, and whether it is right, (q,) each.

    The answer is the best candidate or, where that is more probable, 'new individual'. Without
    probabilities it is the best candidate, as sure as its score. Queries that are not answerable always
    need a person: -inf.
    """
    best, right = outcomes.scores[:, 0], outcomes.named_right
    if outcomes.p is not None and outcomes.p_new is not None:
        new = outcomes.p_new > outcomes.p[:, 0]
        best = np.where(new, outcomes.p_new, outcomes.p[:, 0])
        right = np.where(new, ~outcomes.known, right)
    return np.where(outcomes.answerable, best, -np.inf), right & outcomes.answerable


def share_for_review(confidence: Doubles, right: Bools, wrong_rate: float, weights: Doubles) -> Doubles:
    """The share of queries a person must decide, when of the answers taken as they are few enough are wrong.

    The surest answers are taken, as many as can be while at most `wrong_rate` of them are wrong; answers
    that are equally sure are taken together or not at all. `confidence` and `right` (q,), `weights` (...,
    q).

    >>> sure = np.array([0.9, 0.8, 0.7, 0.6])
    >>> float(share_for_review(sure, np.array([True, True, False, True]), 0.01, np.ones(4)))
    0.5
    """
    if bool(np.isnan(confidence).any()):
        raise ValueError("confidence must not be NaN")
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    last_of_its_value = np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)]
    taken = np.cumsum(weights[..., order], axis=-1)
    wrong = np.cumsum(np.where(right, 0.0, weights)[..., order], axis=-1)
    fits = last_of_its_value & (ordered > -np.inf) & (wrong <= wrong_rate * taken)
    most = np.where(fits, taken, 0.0).max(axis=-1, initial=0.0)
    total = weights.sum(axis=-1)
    return np.asarray(1 - ratio(most, total), dtype=np.float64)
