"""Verification as the thesis FishNet (2019) counted it, beside the same figures counted cleanly.

Its notebook takes up to 100 images of each fish, compares every image with every one, and steps a threshold on the
Euclidean distance from 0 to 2 by 0.02. So each pair counts twice, and each image with itself as a pair of one fish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.evaluate.pairs import embedding_pairs
from resight.evaluate.roc import RocCurve
from resight.types import Doubles, Floats, Ints, Strings

GRID = np.round(np.arange(101) * 0.02, 2)
IMAGES = 100


@dataclass(frozen=True, slots=True)
class ThesisFigures:
    """The thesis' figures, and the clean ones. `tpr` and `fpr` (101,) are at the thresholds of `GRID`.

    `auc` is by trapezia between these points; `tpr_at` is the TPR at the point whose FPR, `fpr_at`, is nearest to 0.01.
    `clean` counts every pair of different images once.
    """

    tpr: Doubles
    fpr: Doubles
    auc: float
    tpr_at: float
    fpr_at: float
    images: int
    clean: RocCurve


def thesis_figures(vectors: Floats, individuals: Strings, seed: int = 0) -> ThesisFigures | None:
    """Figures of vectors of length 1 (n, d); images without a name, and those beyond 100 of a fish, are left out.

    None where there is no pair of one individual, or none of two.
    """
    rows = _some_of_each(individuals, seed)
    clean = embedding_pairs(vectors[rows], individuals[rows], at=-GRID)
    if clean.why_empty:
        return None
    # Thresholds fall with the rising distance; all points of the grid are among them.
    places = np.searchsorted(-clean.thresholds, GRID - 1e-9)
    same, different = clean.same_at[places], clean.different_at[places]
    n = len(rows)
    tpr = (n + 2 * same) / (n + 2 * clean.n_same)
    fpr = different / clean.n_different
    nearest = int(np.abs(fpr - 0.01).argmin())
    return ThesisFigures(
        tpr=np.asarray(tpr, np.float64),
        fpr=np.asarray(fpr, np.float64),
        auc=float(np.trapezoid(tpr, fpr)),
        tpr_at=float(tpr[nearest]),
        fpr_at=float(fpr[nearest]),
        images=n,
        clean=clean,
    )


def _some_of_each(individuals: Strings, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    chosen = [
        rng.permutation(np.flatnonzero(individuals == name))[:IMAGES] for name in np.unique(individuals) if name != ""
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64) if chosen else np.zeros(0, np.int64)
