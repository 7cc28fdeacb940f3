"""How well vectors tell individuals apart: true accepts at one false one in a hundred, within encounters and across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.evaluate.pairs import matrix_pairs
from resight.evaluate.roc import RocCurve
from resight.types import Bools, Floats, Strings


@dataclass(frozen=True, slots=True)
class Verified:
    """ROC curves over pairs of pictures of one encounter, and of different ones; None where there are no such pairs."""

    within: RocCurve | None
    across: RocCurve | None

    @property
    def tpr(self) -> float:
        """TPR at FPR 1%, across encounters where there are such pairs: what a training is judged by."""
        curve = self.across or self.within
        return curve.tpr_at_fpr(0.01) if curve else 0.0

    @property
    def auc(self) -> float:
        """AUC of the same pairs."""
        curve = self.across or self.within
        return curve.auc() if curve else 0.5


def verified(vectors: Floats, flank: Strings, encounter: Strings) -> Verified:
    """Every pair of distinct pictures once; the score is the cosine."""
    scores = vectors @ vectors.T
    once = np.triu(np.ones(scores.shape, bool), k=1)
    alike = encounter[:, None] == encounter
    return Verified(_curve(scores, flank, once & alike), _curve(scores, flank, once & ~alike))


def _curve(scores: Floats, flank: Strings, allowed: Bools) -> RocCurve | None:
    curve = matrix_pairs(scores, flank, flank, allowed)
    return None if curve.why_empty else curve
