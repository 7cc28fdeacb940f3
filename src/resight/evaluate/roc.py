"""The ROC of a verification: pairs of one individual against pairs of different ones, at every threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Doubles, Ints


@dataclass(frozen=True, slots=True)
class RocCurve:
    """Exact counts of pairs at m thresholds, from the strictest to the loosest; a pair scores high if alike.

    `thresholds` (m,) fall; every score that a same pair has is one of them, so that nothing is lost:
    between two neighbours the count of same pairs stands still, and that of different pairs passes from
    `different_at` of the stricter to `different_above` of the looser. `same_at` and `different_at` (m,)
    count pairs that score at least the threshold, `different_above` (m,) different pairs that score more.
    `n_same` and `n_different` count all.
    """

    thresholds: Doubles
    same_at: Ints
    different_at: Ints
    different_above: Ints
    n_same: int
    n_different: int

    def __post_init__(self) -> None:
        columns = (self.thresholds, self.same_at, self.different_at, self.different_above)
        if any(column.shape != (len(self.thresholds),) for column in columns):
            raise ValueError("a ROC needs one count for each threshold")

    @property
    def why_empty(self) -> str:
        """Why nothing can be measured on these pairs, '' where something can."""
        if not self.n_same:
            return "no two comparable photos show one individual"
        return "" if self.n_different else "no two comparable photos show different individuals"

    @property
    def tpr(self) -> Doubles:
        """Same-accuracy, (m,): the share of same pairs that score at least the threshold."""
        return self.same_at / self._counted(self.n_same)

    @property
    def fpr(self) -> Doubles:
        """The share of different pairs that score at least the threshold, (m,)."""
        return self.different_at / self._counted(self.n_different)

    @property
    def mean_accuracy(self) -> Doubles:
        """The mean of same-accuracy and different-accuracy (1 - FPR), (m,)."""
        return (self.tpr + (1 - self.fpr)) / 2

    def vertices(self) -> tuple[Doubles, Doubles]:
        """The curve as a polyline from (0, 0) to (1, 1): FPR and TPR, (2m + 2,); ties make its slopes."""
        n_different, n_same = self._counted(self.n_different), self._counted(self.n_same)
        same_above = np.append(0, self.same_at)[:-1]
        different = np.column_stack([self.different_above, self.different_at]).ravel()
        same = np.column_stack([same_above, self.same_at]).ravel()
        return np.r_[0, different, n_different] / n_different, np.r_[0, same, n_same] / n_same

    def auc(self) -> float:
        """The chance that a same pair scores more than a different one; ties count half."""
        tied = np.diff(self.same_at, prepend=0).astype(np.float64)
        below = self.n_different - (self.different_at + self.different_above) / 2
        return float((tied * below).sum() / (self._counted(self.n_same) * self._counted(self.n_different)))

    def tpr_at_fpr(self, fpr: float) -> float:
        """The largest TPR of a threshold whose FPR is no more than this; nothing is interpolated.

        0 where even the strictest threshold lets in too many.
        """
        allowed = int(np.searchsorted(self.fpr, fpr, side="right"))
        return float(self.tpr[allowed - 1]) if allowed else 0.0

    def eer(self) -> float:
        """The equal error rate: where the polyline crosses FPR = 1 - TPR."""
        fpr, tpr = self.vertices()
        excess = fpr - (1 - tpr)
        after = int(np.searchsorted(excess, 0.0))
        before = after - 1
        share = -excess[before] / (excess[after] - excess[before])
        return float(fpr[before] + share * (fpr[after] - fpr[before]))

    def best(self) -> int:
        """The index of the threshold with the largest mean accuracy; the strictest of equals."""
        return int(np.argmax(self.mean_accuracy))

    def _counted(self, n: int) -> int:
        if self.why_empty:
            raise ValueError(self.why_empty)
        return n
