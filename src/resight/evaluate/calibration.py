"""Calibration: whether things said with a probability of 0.8 are right four times in five."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.evaluate.open_set import ratio
from resight.types import Bools, Doubles, Ints

BINS = 15


@dataclass(frozen=True, slots=True)
class Reliability:
    """The table behind a reliability plot: for each bin that is not empty, (b,).

    `stated` is the mean probability, `right` the share that was right, `count` how many.
    """

    stated: Doubles
    right: Doubles
    count: Ints


def reliability(p: Doubles, right: Bools, bins: int = BINS) -> Reliability:
    """Probabilities (n,) against whether they came true (n,), in bins of equal width."""
    place = _bins(p, bins)
    count = np.bincount(place, minlength=bins)
    filled = count > 0
    stated = np.bincount(place, weights=p, minlength=bins)[filled] / count[filled]
    share = np.bincount(place, weights=right.astype(np.float64), minlength=bins)[filled] / count[filled]
    return Reliability(stated, share, count[filled].astype(np.int64))


def expected_calibration_error(p: Doubles, right: Bools, weights: Doubles, bins: int = BINS) -> Doubles:
    """The mean distance of stated and true share, over bins of equal width weighted by content.

    `p` and `right` (n,), `weights` (..., n). Naeini et al., AAAI 2015; Guo et al., ICML 2017, equation 3.
    NaN where there is no weight.
    """
    member = np.eye(bins)[_bins(p, bins)]
    gap = np.abs(weights @ (member * (p - right)[:, None])).sum(axis=-1)
    total = weights.sum(axis=-1)
    return ratio(gap, total)


def brier(p: Doubles, right: Bools) -> float:
    """The mean squared distance between probabilities (n,) and what came true. Brier, 1950.

    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    _bins(p, 1)
    return float(np.mean((p - right) ** 2))


def _bins(p: Doubles, bins: int) -> Ints:
    if not len(p) or not bool(((p >= 0) & (p <= 1)).all()):
        raise ValueError("calibration needs probabilities between 0 and 1, at least one")
    return np.minimum((p * bins).astype(np.int64), bins - 1)
