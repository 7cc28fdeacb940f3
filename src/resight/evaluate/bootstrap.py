"""95% percentile bootstrap intervals over individuals.

Photos of one animal resemble one another, so that resampling photos would make intervals too narrow; whole
individuals are drawn, with replacement. Field and Welsh, JRSS B 69, 2007 (cluster bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from resight.evaluate.result import Estimate, Figure, Missing
from resight.types import Doubles, Ints

RESAMPLES = 1000
_CELLS = 2_000_000

Statistic = Callable[[Doubles], Doubles]


def estimate(statistic: Statistic, individuals: Ints, seed: int, resamples: int = RESAMPLES) -> Figure:
    """A statistic and its interval; `individuals` (n,) numbers the individual of each row.

    `statistic` takes weights (r, n), how often each row counts, and gives r values, NaN where it has none.
    Resamples without a value are left out. Missing where the whole sample has no value.
    """
    if not len(individuals):
        return Missing("there is nothing to measure on")
    value = float(statistic(np.ones((1, len(individuals))))[0])
    if np.isnan(value):
        return Missing("no query is of the kind that this measure asks about")
    codes = np.unique(individuals, return_inverse=True)[1]
    n_individuals = int(codes.max()) + 1
    if n_individuals < 2:
        return Estimate(value, reason="one individual alone gives no interval")
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // len(codes))
    drawn = [
        statistic(draw(n_individuals, min(step, resamples - first), rng)[:, codes])
        for first in range(0, resamples, step)
    ]
    return percentile_interval(value, np.concatenate(drawn))


def draw(n_individuals: int, resamples: int, rng: np.random.Generator) -> Doubles:
    """How often each individual is drawn in each resample, (resamples, n_individuals)."""
    chances = np.full(n_individuals, 1 / n_individuals)
    return rng.multinomial(n_individuals, chances, size=resamples).astype(np.float64)


def percentile_interval(value: float, drawn: Doubles) -> Estimate:
    """The 2.5% and 97.5% percentiles of what the resamples gave, (r,), around the value."""
    kept = drawn[~np.isnan(drawn)]
    if len(kept) < len(drawn) / 2:
        return Estimate(value, reason="too few individuals: most resamples could not be measured")
    low, high = np.quantile(kept, (0.025, 0.975))
    return Estimate(value, float(low), float(high))
