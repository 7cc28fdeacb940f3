"""Which distance still means one animal: the accuracies at a range of thresholds, and a number for a kind of danger.

Aamodt (2020) judges a siamese network for corkwing wrasse so, at every tenth from 0.3 to 2.9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from resight.evaluate.pairs import embedding_pairs
from resight.evaluate.roc import RocCurve
from resight.types import Doubles, Floats, Strings

THRESHOLDS = np.round(np.arange(3, 30) * 0.1, 1)  # 0.3, 0.4, ... 2.9


class Danger(StrEnum):
    """What must not happen: two animals taken for one, or one taken for two."""

    FALSE_POSITIVES = "false positives are dangerous"
    FALSE_NEGATIVES = "false negatives are dangerous"


@dataclass(frozen=True, slots=True)
class Accuracies:
    """At m distances: the shares of same pairs no farther apart, of different pairs farther apart, and their mean."""

    distances: Doubles
    same: Doubles
    different: Doubles

    @property
    def mean(self) -> Doubles:
        """Same- and different-accuracy count half each, however many pairs there are of each."""
        return (self.same + self.different) / 2

    @property
    def best(self) -> int:
        """The index of the distance with the largest mean accuracy; the smallest of equals."""
        return int(np.argmax(self.mean))


@dataclass(frozen=True, slots=True)
class Advice:
    """A threshold with the rates of error at it, and what they mean, in a sentence for people.

    `distance`: pairs no farther apart are called one animal. `false_positives` is the share of different pairs that
    are, `false_negatives` the share of same pairs that are not.
    """

    danger: Danger
    distance: float
    false_positives: float
    false_negatives: float
    sentence: str


def accuracies(vectors: Doubles | Floats, individuals: Strings, distances: Doubles = THRESHOLDS) -> Accuracies:
    """Accuracies over every pair of distinct rows once, by exact counting; vectors (n, d) of any length.

    >>> of = accuracies(np.array([[0.0], [0.5], [2.0]]), np.array(["ann", "ann", "bob"]), np.array([0.4, 1.0, 1.5]))
    >>> of.same.tolist(), of.different.tolist()
    ([0.0, 1.0, 1.0], [1.0, 1.0, 0.5])

    Individuals (n,), '' for unknown ones, which make no pair. ValueError where there are no pairs of both kinds, or a
    vector is not finite.
    """
    return accuracies_of(embedding_pairs(vectors, individuals, at=-distances), distances)


def accuracies_of(curve: RocCurve, distances: Doubles = THRESHOLDS) -> Accuracies:
    """The same from a curve of `embedding_pairs` that counted at these distances; ValueError where it did not."""
    # Distances went through a square and a root, so they are only nearly what was asked for.
    places = np.maximum(np.searchsorted(-curve.thresholds, distances + 1e-9, side="right") - 1, 0)
    if not np.allclose(-curve.thresholds[places], distances, rtol=0, atol=1e-9):
        raise ValueError("the curve was not counted at these distances")
    return Accuracies(distances, curve.tpr[places], 1 - curve.fpr[places])


def advise(curve: RocCurve, danger: Danger, at_most: float = 0.01) -> Advice:
    """The threshold at which the dangerous error is no more frequent than this, and the other as rare as can be.

    `curve` is of distances, as `embedding_pairs` gives it. Where no threshold keeps the dangerous error so rare, it is
    the one that keeps it rarest, and the sentence says so. ValueError where the curve has no pairs of both kinds.
    """
    positives, negatives = curve.fpr, 1 - curve.tpr
    dangerous, other = (positives, negatives) if danger is Danger.FALSE_POSITIVES else (negatives, positives)
    kept = dangerous <= at_most
    allowed = kept if kept.any() else dangerous == dangerous.min()
    # Of equals the strictest, which is the first.
    place = int(np.flatnonzero(allowed)[np.argmin(other[allowed])])
    distance = float(-curve.thresholds[place])
    advice = Advice(danger, distance, float(positives[place]), float(negatives[place]), "")
    return replace(advice, sentence=_sentence(advice, curve, "" if kept.any() else f"{at_most:.1%}"))


def _sentence(advice: Advice, curve: RocCurve, missed: str) -> str:
    taken = f"of {curve.n_different:,} pairs of different animals {advice.false_positives:.1%} are taken for one"
    parted = f"of {curve.n_same:,} pairs of one animal {advice.false_negatives:.1%} are missed"
    first, second = (taken, parted) if advice.danger is Danger.FALSE_POSITIVES else (parted, taken)
    said = f"Call two photos one animal where their distance is {advice.distance:.3g} or less: {first}, and {second}."
    return f"{said} No threshold keeps the first at {missed} or less." if missed else said
