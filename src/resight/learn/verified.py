"""How well vectors tell individuals apart: true accepts at one false one in a hundred, within encounters and across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from resight.evaluate.pairs import matrix_pairs
from resight.evaluate.roc import RocCurve
from resight.types import Bools, Floats, Strings

STEADY = (0.003, 0.005, 0.01, 0.02, 0.03)  # false positive rates


@dataclass(frozen=True, slots=True)
class Verified:
    """ROC curves over pairs of pictures: of different encounters, of one, and of both; None without such pairs."""

    across: RocCurve | None
    within: RocCurve | None
    all: RocCurve | None

    @property
    def judged(self) -> RocCurve | None:
        """The hardest of them that there is: what a training is judged by.

        Where each individual was met once, as in films whose tracks nobody has named, that is `all`.
        """
        return self.across or self.within or self.all

    @property
    def tpr(self) -> float:
        """TPR at FPR 1%."""
        return self.judged.tpr_at_fpr(0.01) if self.judged else 0.0

    @property
    def mean_tpr(self) -> float:
        """Mean TPR over FPRs round 1%, for choosing: of few individuals it jumps less than that at 1% alone."""
        return sum(map(self.judged.tpr_at_fpr, STEADY)) / len(STEADY) if self.judged else 0.0

    @property
    def auc(self) -> float:
        """AUC of the same pairs."""
        return self.judged.auc() if self.judged else 0.5


def verified(vectors: Floats, flank: Strings, encounter: Strings, unit: bool = True) -> Verified:
    """Every pair of distinct pictures once; the score is the cosine, or minus the distance where not of length 1."""
    scores: Floats = vectors @ vectors.T if unit else -cdist(vectors, vectors).astype(np.float32)
    once = np.triu(np.ones(scores.shape, bool), k=1)
    alike = encounter[:, None] == encounter
    return Verified(*(_curve(scores, flank, once & kind) for kind in (~alike, alike, np.True_)))


def _curve(scores: Floats, flank: Strings, allowed: Bools) -> RocCurve | None:
    curve = matrix_pairs(scores, flank, flank, allowed)
    return None if curve.why_empty else curve
