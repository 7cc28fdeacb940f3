"""How sure it is that two tracks show one animal: by how alike they look, and by what people said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from resight.types import Bools, Doubles, Floats

STRAIGHT = 10.0  # how freely the curve may bend to the answers: the inverse of its penalty


@dataclass(frozen=True, slots=True)
class Curve:
    """Log-odds that two tracks are one animal, from k scores of how alike they are: a weighted sum, and an offset."""

    weights: Doubles
    offset: float

    def log_odds(self, alike: Floats | Doubles) -> Floats:
        """Log-odds (...) of scores (..., k)."""
        return np.asarray(alike @ self.weights + self.offset, np.float32)


def curve(alike: Doubles, same: Bools, counts: Doubles) -> Curve:
    """A logistic curve (Platt 1999) through pairs of which it is known, or was said, whether they are one animal.

    `alike` (n, k) are the scores of n pairs, `counts` (n,) how much each counts. More alike never speaks against: a
    score that would is left out. ValueError where all pairs are of one kind.
    """
    if same.all() or not same.any():
        raise ValueError("a curve needs pairs of one animal and pairs of two")
    weights, used = np.zeros(alike.shape[1]), np.arange(alike.shape[1])
    while True:
        fitted = LogisticRegression(C=STRAIGHT).fit(alike[:, used], same, sample_weight=counts)
        found = fitted.coef_[0]
        if found.min() >= 0:
            weights[used] = found
            return Curve(weights, float(fitted.intercept_[0]))
        if len(used) == 1:
            share = float(counts[same].sum() / counts.sum())
            return Curve(weights, log_odds(share))
        used = np.delete(used, found.argmin())


@dataclass(frozen=True, slots=True)
class Believed:
    """What is thought of a pair that people were asked of: log-odds that it is one animal, and how often they said.

    `answers` is how many more said one animal than two.
    """

    first: int
    second: int
    log_odds: float
    asked: int
    answers: int

    @property
    def doubted(self) -> bool:
        """Do its looks say the opposite of what people said, and more strongly?"""
        return self.answers * self.log_odds < 0

    def settled(self, trust: float) -> bool:
        """Is it as sure as one answer to an open question, and not against the answers?"""
        return not self.doubted and abs(self.log_odds) >= log_odds(trust) - 1e-6


def believed(first: int, second: int, looks: Sequence[float], said: Sequence[bool | None], trust: float) -> Believed:
    """Looks and answers together, each answer as much as people are to be trusted (the share of right answers).

    `looks` are the log-odds by looks, when it was asked and now. Which counts is what speaks most against the answers:
    a model that was trained to think as they said has no second opinion. Without a clear answer nothing is believed.
    """
    clear = [one for one in said if one is not None]
    answers = sum(1 if one else -1 for one in clear)
    if not clear:
        return Believed(first, second, 0.0, len(said), 0)
    if not answers:
        return Believed(first, second, looks[-1], len(said), 0)
    against = min(looks) if answers > 0 else max(looks)
    return Believed(first, second, against + answers * log_odds(trust), len(said), answers)


def log_odds(p: float) -> float:
    """The logarithm of p against 1 - p.

    >>> log_odds(0.5)
    0.0
    """
    return math.log(p / (1 - p))
