"""Bootstrap intervals over individuals for verification.

An individual drawn w times counts its same pairs w times, and its different pairs with one drawn v times w
* v times ("subsets bootstrap": Bolle, Ratha and Pankanti, CVIU 93, 2004). Pairs within one pool of
individuals count as often as the pool is drawn. Scores are binned: each interval is moved by what binning
does to the whole sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.evaluate.bootstrap import RESAMPLES, draw, percentile_interval
from resight.evaluate.pair_bins import PairBins
from resight.evaluate.result import Estimate, Figure, Missing
from resight.evaluate.roc import RocCurve
from resight.types import Doubles

_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class PairFigures:
    """The verification measures, with intervals; `mean_accuracy` is that of the best threshold."""

    auc: Figure
    tpr_at_fpr_1pct: Figure
    tpr_at_fpr_01pct: Figure
    eer: Figure
    mean_accuracy: Figure


def estimate_pairs(roc: RocCurve, bins: PairBins, seed: int, resamples: int = RESAMPLES) -> PairFigures:
    """Exact values from the ROC, intervals from its bins; Missing where there are no pairs of one kind."""
    if roc.why_empty:
        return PairFigures(*[Missing(roc.why_empty)] * 5)
    exact = np.array(
        [
            roc.auc(),
            roc.tpr_at_fpr(0.01),
            roc.tpr_at_fpr(0.001),
            roc.eer(),
            roc.mean_accuracy[roc.best()],
        ]
    )
    n_pools = len(bins.same)
    if n_pools < 2:
        return PairFigures(*(Estimate(float(v), reason="one individual alone gives no interval") for v in exact))
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // (n_pools * bins.same.shape[1]))
    drawn = np.concatenate(
        [
            _measures(*_resampled(bins, draw(n_pools, min(step, resamples - first), rng)))
            for first in range(0, resamples, step)
        ],
        axis=1,
    )
    whole = _measures(*_resampled(bins, np.ones((1, n_pools))))
    shifted = np.clip(drawn - whole + exact[:, None], 0, 1)
    return PairFigures(*(percentile_interval(float(v), row) for v, row in zip(exact, shifted, strict=True)))


def _resampled(bins: PairBins, weights: Doubles) -> tuple[Doubles, Doubles]:
    """Counts of same and of different pairs by bin, (r, b) each, for weights (r, g) of the pools."""
    n_pools, n_bins = bins.same.shape
    within = bins.different[np.arange(n_pools), np.arange(n_pools)]
    across = bins.different.copy()
    across[np.arange(n_pools), np.arange(n_pools)] = 0
    drawn = weights.astype(np.float32)
    half = drawn @ across.reshape(n_pools, n_pools * n_bins).astype(np.float32)
    both = np.einsum("rhb,rh->rb", half.reshape(-1, n_pools, n_bins), drawn)
    return weights @ bins.same, weights @ within + both


def _measures(same: Doubles, different: Doubles) -> Doubles:
    """The five measures (5, r) of counts by rising bins of score (r, b); NaN without pairs of both kinds."""
    n_same, n_different = same.sum(axis=1, keepdims=True), different.sum(axis=1, keepdims=True)
    empty = ((n_same == 0) | (n_different == 0))[:, 0]
    same = same / np.maximum(n_same, 1)
    different = different / np.maximum(n_different, 1)
    auc = (same * (np.cumsum(different, axis=1) - different / 2)).sum(axis=1)
    start = np.zeros((len(same), 1))
    tpr = np.hstack([start, np.cumsum(same[:, ::-1], axis=1)])
    fpr = np.hstack([start, np.cumsum(different[:, ::-1], axis=1)])
    at_1pct, at_01pct = (np.where(fpr <= limit, tpr, 0.0).max(axis=1) for limit in (0.01, 0.001))
    excess = fpr + tpr - 1
    after = np.maximum(np.argmax(excess >= -1e-9, axis=1), 1)
    rows = np.arange(len(same))
    step = excess[rows, after] - excess[rows, after - 1]
    share = np.divide(-excess[rows, after - 1], step, out=np.zeros(len(same)), where=step > 0)
    eer = fpr[rows, after - 1] + share * (fpr[rows, after] - fpr[rows, after - 1])
    mean_accuracy = ((tpr + 1 - fpr) / 2).max(axis=1)
    return np.where(empty, np.nan, np.stack([auc, at_1pct, at_01pct, eer, mean_accuracy]))
