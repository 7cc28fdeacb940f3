"""Several descriptors of the same photos, whose scores are made comparable and averaged.

As WildFusion does (Cermak et al. 2024): how alike two photos are is one number for each matcher, and none of them
means what the other does. Pairs of photos whose names are known tell how often a score is of one animal; with that
probability in place of the score they can be averaged. A whole vector is compared in no time, so it chooses the
photos that are looked at closely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from resight.errors import ResightError
from resight.match.open import matcher_for
from resight.match.seam import Matcher
from resight.types import (
    Bools,
    Descriptors,
    Doubles,
    Embeddings,
    Evidence,
    Floats,
    Ints,
    Labels,
    LocalFeatures,
    Strings,
    Together,
)

SHORTLIST, SHORTEST = 200, 50  # photos that are looked at closely: where nothing teaches how many, and at least
HELD = 0.95  # the share of photos of the same animal that must be on the shortlist
ASKED = 60  # named photos whose pairs with all others teach what scores mean
FEWEST = 10  # pairs of one animal that can teach anything
STEPS = 30  # of Newton's method, of which a handful are needed


@dataclass(frozen=True, slots=True)
class Meaning:
    """How probable it is that a score is of one animal: 1 / (1 + exp(-(bias + slope * log(score + ground)))).

    Platt's logistic curve (1999) over the logarithm, for a score twice as high says as much among low ones as among
    high ones; below `ground`, which is usual for two animals, differences say nothing. The slope is above 0, so the
    order of scores is kept.
    """

    bias: float
    slope: float
    ground: float

    def __call__(self, scores: Floats) -> Floats:
        """Probabilities, of the shape of the scores."""
        logs = np.log(np.maximum(scores, 0) + self.ground)
        return np.asarray(expit(self.bias + self.slope * logs), np.float32)


# Where no names teach it. Spots: half as probable as not where an agreement is 1. Vectors: at a cosine of 0.8.
USUAL_SPOTS = Meaning(bias=0.0, slope=1.0, ground=1e-3)
USUAL_VECTORS = Meaning(bias=1.69, slope=16.0, ground=1e-6)


class FusedGallery:
    """Gallery of descriptors together: the cheapest chooses, the others look, and their probabilities are averaged."""

    def __init__(self, described: Together, individuals: Strings, shortlist: int | None = None) -> None:
        self._parts = [matcher_for(part).gallery(part, Labels.named(individuals)) for part in described.parts]
        vectors = [number for number, part in enumerate(described.parts) if isinstance(part, Embeddings)]
        spots = [number for number, part in enumerate(described.parts) if isinstance(part, LocalFeatures)]
        self._cheap, self._shown = (vectors or spots)[0], (spots or vectors)[0]
        self._shortlist = shortlist or SHORTLIST
        self._meanings = [usual_meaning(part) for part in described.parts]
        self._learn(described, individuals, shortlist)

    def __len__(self) -> int:
        return len(self._parts[0])

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """The mean probability on the shortlist; below it the order of the cheap scores."""
        raw = self._raw(together(queries), allowed)
        chances = [meaning(scores) for meaning, scores in zip(self._meanings, raw, strict=True)]
        closely = _likest(raw[self._cheap], allowed, self._shortlist)
        mean = np.mean(chances, axis=0)
        least = np.where(closely, mean, 1).min(axis=1, initial=1, keepdims=True)
        return np.where(closely, mean, np.where(allowed, least * chances[self._cheap], 0)).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The matched spots of the local features; none where all parts are whole vectors."""
        asked = together(query)
        cheap = self._parts[self._cheap].scores(asked.parts[self._cheap], allowed[None])
        closely = _likest(cheap, allowed[None], self._shortlist)[0]
        closely[row] = True  # it may be shown though it was not looked at
        return self._parts[self._shown].evidence(asked.parts[self._shown], row, closely)

    def _raw(self, queries: Together, allowed: Bools) -> list[Floats]:
        """The scores of each part (q, g): of the cheap one everywhere, of the others on the shortlist."""
        cheap = self._parts[self._cheap].scores(queries.parts[self._cheap], allowed)
        closely = _likest(cheap, allowed, self._shortlist)
        return [
            cheap if number == self._cheap else gallery.scores(queries.parts[number], closely)
            for number, gallery in enumerate(self._parts)
        ]

    def _learn(self, described: Together, individuals: Strings, shortlist: int | None) -> None:
        rows = taught_by(individuals)
        named = individuals != ""
        allowed = np.repeat(named[None], len(rows), axis=0)
        allowed[np.arange(len(rows)), rows] = False
        same = individuals[rows][:, None] == individuals[None]
        if int((same & allowed).sum()) < FEWEST or not bool((~same & allowed).any()):
            return
        asked = described.take(rows)
        if shortlist is None:
            cheap = self._parts[self._cheap].scores(asked.parts[self._cheap], allowed)
            self._shortlist = needed(cheap, allowed, same)
        raw = self._raw(asked, allowed)
        seen = _likest(raw[self._cheap], allowed, self._shortlist)
        for number, scores in enumerate(raw):
            counted = allowed if number == self._cheap else seen
            self._meanings[number] = meaning_of(scores[counted], same[counted], self._meanings[number])


def fused(argument: str) -> Matcher:
    """Descriptors together, averaged; a number after the colon tells how many photos are looked at: `fused:100`.

    Without it, as many as the gallery's own names show to be needed.
    """
    if argument and not (argument.isdecimal() and int(argument) > 0):
        raise ResightError(f"fused takes how many photos are looked at closely after the colon, not {argument!r}")
    shortlist = int(argument) if argument else None
    return Matcher("fused", True, lambda found, known: FusedGallery(together(found), known.individual, shortlist))


def together(descriptors: Descriptors) -> Together:
    """These descriptors of several kinds; ResightError for those of one."""
    if not isinstance(descriptors, Together):
        raise ResightError("fused averages what several describers say: use it with 'together:NAME&NAME'")
    return descriptors


def meaning_of(scores: Floats, same: Bools, otherwise: Meaning) -> Meaning:
    """What scores (n,) mean, learned from pairs of one animal or not (n,); where they cannot tell, `otherwise`.

    The most likely curve, with a mild pull towards a flat one, so that pairs which scores part without a mistake do not
    make it a step.
    """
    if int(same.sum()) < FEWEST or bool(same.all()):
        return otherwise
    ground = max(float(np.median(scores[~same])), 1e-3)
    logs = np.log(np.maximum(scores, 0).astype(np.float64) + ground)
    middle, spread = float(logs.mean()), max(float(logs.std()), 1e-6)
    bias, slope = _logistic((logs - middle) / spread, same)
    if slope <= 0:
        return otherwise
    return Meaning(bias - slope * middle / spread, slope / spread, ground)


def _logistic(x: Doubles, same: Bools) -> tuple[float, float]:
    """The bias and slope of a logistic regression with a prior of a standard deviation of 3 on the slope."""
    columns, numbers = np.column_stack([np.ones(len(x)), x]), np.array([np.log(same.mean() / (1 - same.mean())), 0.0])
    prior = np.diag([0.0, 1 / 9])
    for _ in range(STEPS):
        chances = expit(columns @ numbers)
        slope = columns.T @ (same - chances) - prior @ numbers
        curve = (columns * (chances * (1 - chances))[:, None]).T @ columns + prior + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        numbers = numbers + step / max(1.0, float(np.abs(step).max()))  # no leap beyond where the curve is known
    return float(numbers[0]), float(numbers[1])


def needed(scores: Floats, allowed: Bools, same: Bools) -> int:
    """How long a shortlist by these scores (q, g) must be to hold nearly all photos of the queries' own animals.

    All, for the likest by these scores need not be the one that a closer look would know again. Vectors that tell
    animals apart make it short; others make it as long as the gallery, and then nothing is lost but time.
    """
    order = np.argsort(np.where(allowed, -scores, np.inf), axis=1, kind="stable")
    places = np.argsort(order, axis=1)[same & allowed]
    return max(SHORTEST, 1 + int(np.quantile(places, HELD)))


def usual_meaning(part: Embeddings | LocalFeatures) -> Meaning:
    """What the scores of such descriptors mean where no names teach it."""
    return USUAL_VECTORS if isinstance(part, Embeddings) else USUAL_SPOTS


def taught_by(individuals: Strings, most: int = ASKED, seed: int = 0) -> Ints:
    """A seeded sample of the rows whose individual has another row, in their order."""
    names, counts = np.unique(individuals, return_counts=True)
    several = names[(counts > 1) & (names != "")]
    rows = np.flatnonzero(np.isin(individuals, several))
    return np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def _likest(scores: Floats, allowed: Bools, most: int) -> Bools:
    """The allowed rows with the highest scores of each query, at most so many: (q, g)."""
    order = np.argsort(np.where(allowed, -scores, np.inf), axis=1, kind="stable")[:, :most]
    chosen = np.zeros(scores.shape, np.bool_)
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen & allowed
