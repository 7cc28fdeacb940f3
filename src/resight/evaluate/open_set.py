"""Open-set measures: known animals named, new animals called new.

`weights` (..., q) count each query that many times, as the bootstrap needs; results have the leading shape.
"""

from __future__ import annotations

import numpy as np

from resight.evaluate.outcomes import Outcomes
from resight.types import Bools, Doubles, Ints


def known_named(outcomes: Outcomes) -> Doubles:
    """1 where a known animal was given its name, 0 where not, also where undecided; NaN if new; (q,)."""
    return np.where(outcomes.known, outcomes.said_known & outcomes.named_right, np.nan)


def new_found(outcomes: Outcomes) -> Doubles:
    """1 where a new animal was called new, 0 where not, also where undecided; NaN if known; (q,)."""
    return np.where(outcomes.known, np.nan, outcomes.said_new & outcomes.answerable)


def weighted_mean(values: Doubles, weights: Doubles) -> Doubles:
    """The mean of the values (q,) that are not NaN, weighted; NaN where no weight falls on one."""
    asked = ~np.isnan(values)
    total = weights[..., asked].sum(axis=-1)
    return ratio(weights[..., asked] @ values[asked], total)


def balanced_mean(values: Doubles, individuals: Ints, weights: Doubles) -> Doubles:
    """The mean over individuals of each one's mean, of the values (q,) that are not NaN.

    BAKS is this over `known_named`, BAUS over `new_found`. The queries of one individual share one weight.
    """
    asked = ~np.isnan(values)
    counts = np.bincount(individuals[asked], minlength=int(individuals.max(initial=0)) + 1)
    return weighted_mean(values, weights / np.maximum(counts[individuals], 1))


def auroc(knownness: Doubles, known: Bools, weights: Doubles) -> Doubles:
    """The chance that a known animal is thought known more than a new one is; ties count half.

    `knownness` (q,) may be infinite, but not NaN. NaN where a resample has no known or no new animal.
    """
    if bool(np.isnan(knownness).any()):
        raise ValueError("scores must not be NaN")
    if not len(knownness):
        return np.full(weights.shape[:-1], np.nan)
    order = np.argsort(knownness, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(np.unique(knownness, return_inverse=True)[1][order]) > 0])
    of_known = np.add.reduceat(np.where(known, weights, 0.0)[..., order], starts, axis=-1)
    of_new = np.add.reduceat(np.where(known, 0.0, weights)[..., order], starts, axis=-1)
    below = np.cumsum(of_new, axis=-1) - of_new / 2
    return ratio((of_known * below).sum(axis=-1), of_known.sum(axis=-1) * of_new.sum(axis=-1))


def ratio(above: Doubles, below: Doubles) -> Doubles:
    """One over the other, NaN where there is nothing below."""
    result: Doubles = np.full(np.shape(below), np.nan)
    return np.divide(above, below, out=result, where=np.asarray(below) > 0)
