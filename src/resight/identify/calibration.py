"""Scores become probabilities, learned from the catalogue's own named photos.

Each candidate of one query has a utility, and the outside choice, that it is none of them as far as can be seen, 0:

    u_i     = bias + slope * log(score_i + background) - ground * log(background)
    seen_i  = exp(u_i) / (1 + sum exp(u_j))
    outside = 1 / (1 + sum exp(u_j))

A conditional logit (McFadden 1974). `background` is the mean score of all candidates but the best, and of one more
that scores as is usual: what a stranger scores for this query, so that a blurred photo, whose scores are all low, and
a large catalogue, whose chance matches are many, are judged by their own standard, and a single candidate by the
usual one. Added to every score, it keeps the animals that score next to nothing from ruling the fit: how far below a
stranger they are says nothing.

Outside are the new animals, and the known ones whose photo shows none of their marking: of it, a share `hidden` is
dealt out evenly to all individuals. And with the chance `lapse` the scores say nothing at all: two animals in a photo,
a wrong name in the catalogue. Without it the few such photos would flatten the slope, and no probability could be
trusted; with it none exceeds what the catalogue's own names bear out.

The five numbers are the most likely ones for the catalogue's photos, each asked as if it were a query: once with its
individual's other encounters in the gallery, and once without that individual, as if the animal were new
(`identify.experience`). Where too few photos can be asked, they are those that are usual for other animals
(`identify.usual`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from resight.types import Basis, Bools, Doubles, Floats, Ints

DEEPEST = 20  # candidates that take part; those below share too little to matter
TINY = 1e-6
FEWEST_KNOWN = 20  # queries whose own individual can be found
FEWEST_INDIVIDUALS = 5
BOUNDS = ((-200, 200), (0.01, 200), (0, 200), (1e-3, 1 - 1e-3), (1e-3, 0.5))  # between which they are looked for
CLEAR = 10  # queries without a lapse, as if seen before: a few lessons do not teach something so rare


@dataclass(frozen=True, slots=True)
class Calibration:
    """The five learned numbers, the usual background, the share of new animals, and how many queries taught.

    `taught_new` is the share of new animals that it was taught with, `share_new` the one that is expected now.
    `queries` is 0 where other animals taught it.
    """

    bias: float
    slope: float
    ground: float
    hidden: float
    lapse: float
    usual: float
    taught_new: float
    share_new: float
    queries: int

    @property
    def own(self) -> bool:
        """Whether the catalogue's own photos taught it."""
        return self.queries > 0

    @property
    def numbers(self) -> Doubles:
        """The five learned numbers (5,)."""
        return np.array([self.bias, self.slope, self.ground, self.hidden, self.lapse])

    def probabilities(self, scores: Floats, possible: int | None = None) -> tuple[Doubles, float]:
        """P of one query's candidates, best first, as the scores; and P(new).

        `possible` is how many individuals it may be, where more than have a score here. They have the rest.
        """
        if not len(scores):
            return np.zeros(0), 1.0
        many = max(possible or 0, len(scores))
        features = _features(scores[None, :DEEPEST], self.usual)
        near, rest, new = _chances(self.numbers, *features, many, self.taught_new)
        chances = np.full(len(scores), rest[0])
        chances[: near.shape[1]] = near[0]
        # Bayes: the same scores, where another share of the animals is new.
        as_known = (1 - self.share_new) / (1 - self.taught_new)
        as_new = float(new[0]) * self.share_new / self.taught_new
        total = as_known * (chances.sum() + (many - len(scores)) * float(rest[0])) + as_new
        return as_known * chances / total, float(as_new / total)


@dataclass(frozen=True, slots=True)
class Experience:
    """What the catalogue's own photos scored when asked: the lessons for a calibration.

    `scores` (q, d) of the best candidates, NaN where there are fewer; `truth` (q,) the column of the query's own
    individual, -1 where it was not among them or has no other encounter; `findable` (q,) whether it has one.
    `strangers` (q, d) are the scores of the best candidates where the query's own individual had no photo at all.
    `individuals` is how many there are in the gallery.
    """

    scores: Floats
    truth: Ints
    findable: Bools
    strangers: Floats
    individuals: int

    @property
    def enough(self) -> bool:
        """Whether a calibration can be learned from this at all."""
        return int(self.findable.sum()) >= FEWEST_KNOWN and self.individuals >= FEWEST_INDIVIDUALS


def fit(experience: Experience, share_new: float) -> Calibration:
    """The most likely calibration, with `share_new` of the queries to come expected to be new animals."""
    from scipy.optimize import minimize  # half a second, which only who fits shall wait

    many = len(experience.scores)
    usual = usual_background(experience.scores)
    unlikely = loss_of(experience, share_new, usual)

    def loss(numbers: Doubles) -> float:
        return float(unlikely(numbers) - CLEAR * np.log(1 - numbers[4]) / many)

    best = minimize(loss, np.array([-1.0, 1.0, 1.0, 0.2, 0.05]), method="L-BFGS-B", bounds=BOUNDS)
    bias, slope, ground, hidden, lapse = (float(number) for number in best.x)
    return Calibration(bias, slope, ground, hidden, lapse, usual, share_new, share_new, many)


def loss_of(experience: Experience, share_new: float, usual: float) -> Callable[[Doubles], float]:
    """How unlikely five numbers (5,) make what was experienced: the mean of -log p, of which new animals have a share.

    With it goes a mild pull towards scores that say little.
    """
    scores, findable, truth = experience.scores.astype(np.float64), experience.findable, experience.truth
    rows = np.arange(len(scores))
    seen = findable & (truth >= 0)
    features = _features(scores, usual)
    features_without = _features(experience.strangers, usual)
    known_weight = (1 - share_new) / max(1, int(findable.sum()))
    new_weight = share_new / len(scores)

    def loss(numbers: Doubles) -> float:
        chances, rest, _ = _chances(numbers, *features, experience.individuals, share_new)
        found = np.log(chances[rows, np.maximum(truth, 0)])[seen].sum() + np.log(rest)[findable & ~seen].sum()
        new = np.log(_chances(numbers, *features_without, experience.individuals, share_new)[2]).sum()
        mild = 1e-3 * (numbers[1] - numbers[2]) ** 2 + 1e-4 * numbers[1] ** 2
        return float(mild - known_weight * found - new_weight * new)

    return loss


def adapted(calibration: Calibration, queries: Sequence[Floats], trust: int = 20) -> Calibration:
    """The calibration for a batch of queries that may hold more new animals than the catalogue led to expect.

    `queries` are the scores of each query's possible individuals, best first. The share of new animals is made
    to agree with the chances it leads to, by expectation maximisation (Saerens, Latinne and Decaestecker 2002);
    the share expected before counts as `trust` queries, so that a handful of photos changes little.
    """
    p_new = np.array([calibration.probabilities(scores)[1] for scores in queries if len(scores)])
    before = share = calibration.share_new
    for _ in range(100):
        as_new, as_known = p_new * share / before, (1 - p_new) * (1 - share) / (1 - before)
        expected = (as_new / (as_new + as_known)).sum()
        share = float(np.clip((expected + trust * before) / (len(p_new) + trust), 0.01, 0.99))
    return replace(calibration, share_new=share)


def basis(calibration: Calibration | None) -> Basis:
    """What the probabilities of this calibration rest on."""
    if calibration is None:
        return Basis.NONE
    return Basis.OWN if calibration.own else Basis.USUAL


def share_of_new(encounters_of_each: Ints) -> float:
    """The chance that the next animal met is a new one: Good and Turing's estimate (Good 1953).

    That is the share of encounters whose individual was met but once. Catalogues are often tidied to animals that
    were met twice, which hides the share: so it is at least 0.2, and at most 0.9.

    >>> share_of_new(np.array([1, 1, 1, 3]))
    0.5
    """
    met = int(encounters_of_each.sum())
    return float(np.clip((encounters_of_each == 1).sum() / max(1, met), 0.2, 0.9))


def usual_background(scores: Floats) -> float:
    """The geometric mean of the queries' backgrounds; scores (q, n) best first, NaN where there is no candidate."""
    others = scores[:, 1:].astype(np.float64)
    backgrounds = np.nanmean(others[~np.isnan(others).all(axis=1)], axis=1)
    return float(np.exp(np.log(backgrounds + TINY).mean())) if len(backgrounds) else 0.0


def _features(scores: Floats | Doubles, usual: float) -> tuple[Doubles, Doubles]:
    """Log of score and background together (q, n), -inf where there is no candidate; log of the background (q, 1)."""
    values = np.asarray(scores, np.float64)
    others = values[:, 1:]
    background = (np.nansum(others, axis=1) + usual) / ((~np.isnan(others)).sum(axis=1) + 1) + TINY
    logs = np.where(np.isnan(values), -np.inf, np.log(np.nan_to_num(values) + background[:, None]))
    return logs, np.log(background)[:, None]


def _chances(
    numbers: Doubles, logs: Doubles, ground: Doubles, individuals: int, share_new: float
) -> tuple[Doubles, Doubles, Doubles]:
    """P of each of the best candidates (q, n), of each other individual (q,), and of a new animal (q,)."""
    bias, slope, weight, hidden, lapse = numbers
    utility = bias + slope * logs - weight * ground
    total = logsumexp(np.column_stack([utility, np.zeros(len(utility))]), axis=1)
    outside = np.exp(-total)
    new = (1 - lapse) * outside * (1 - hidden) + lapse * share_new
    rest = ((1 - lapse) * outside * hidden + lapse * (1 - share_new)) / individuals
    return (1 - lapse) * np.exp(utility - total[:, None]) + rest[:, None], rest, new
