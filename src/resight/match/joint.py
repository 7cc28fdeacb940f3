"""Several descriptors of the same photos, whose scores are weighed as the catalogue's own names bear out.

What a photo's scores say together is their weighted sum, a conditional logit (McFadden 1974): of all photos that a
query may be compared with, one of its own animal is as probable as the exponential of that sum, over the sum of all of
theirs. What is the same for all candidates of a query, such as that it is blurred, falls out of it. The weights are the
most likely ones for photos that are named already, each asked with its own encounter left out; where too few can be
asked, usual ones are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from resight.errors import ResightError
from resight.match.comparable import comparable, elsewhere
from resight.match.fused import taught_by, together
from resight.match.open import matcher_for
from resight.match.seam import Gallery, Matcher
from resight.types import (
    Bools,
    Descriptors,
    Doubles,
    Evidence,
    Floats,
    Labels,
    LocalFeatures,
    Together,
)

JOINT = "joint"  # the matcher; of spots and one vector a catalogue keeps an index and the weights
ASKED = 120  # named photos that teach
FEWEST = 12  # of which an own photo can be found
USUAL_SPOTS, USUAL_VECTORS = 1.0, 8.0  # weights where nothing teaches
PULL = 0.02  # towards the usual weights, in parts of them
STEEPEST = 60.0
BATCH = 32


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of score counts, and for spots the score of a stranger, below which none says more.

    `taught` is how many photos they were learned from: 0 for the usual ones.
    """

    weights: Sequence[float]
    ground: Sequence[float]
    taught: int

    def __call__(self, scores: Sequence[Floats], spots: Sequence[bool]) -> Doubles:
        """The weighted sum of scores (q, g) of each kind."""
        return np.asarray(
            sum(
                weight * seen(one, ground, spot)
                for one, weight, ground, spot in zip(scores, self.weights, self.ground, spots, strict=True)
            )
        )


class JointGallery:
    """Galleries of the same rows, weighed; a score is the exponential of the sum, 1 for an average stranger.

    `spots` tells which of them compare local features.
    """

    def __init__(self, parts: Sequence[Gallery], spots: Sequence[bool], weights: Weights) -> None:
        self._parts, self._spots, self._weights = parts, spots, weights
        self._shown = self._spots.index(True) if True in self._spots else 0

    def __len__(self) -> int:
        return len(self._parts[0])

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """How much more probable each row is than a stranger is, 0 where it is not allowed."""
        total = self._weights(_raw(self._parts, together(queries), allowed), self._spots)
        usual = np.nanmedian(np.where(allowed, total, np.nan), axis=1, keepdims=True) if allowed.any() else 0.0
        odds = np.exp(np.clip(total - np.nan_to_num(usual), -STEEPEST, STEEPEST))
        return np.where(allowed, odds, 0).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The matched spots of the local features; none where all parts are whole vectors."""
        return self._parts[self._shown].evidence(together(query).parts[self._shown], row, allowed)


def joint(argument: str) -> Matcher:
    """Descriptors together, weighed by what the named photos teach."""
    if argument:
        raise ResightError(f"{JOINT} takes nothing after a colon, not {argument!r}")
    return Matcher(JOINT, True, lambda found, known: joint_gallery(together(found), known))


def joint_gallery(described: Together, known: Labels) -> JointGallery:
    """A gallery of descriptors held in memory, weighed by what its own names teach."""
    parts = [matcher_for(part).gallery(part, known) for part in described.parts]
    return JointGallery(parts, which_are_spots(described), taught(parts, described, known))


def which_are_spots(described: Together) -> list[bool]:
    """Which parts are local features."""
    return [isinstance(part, LocalFeatures) for part in described.parts]


def taught(
    parts: Sequence[Gallery], described: Together, known: Labels, progress: Callable[[int, int], None] | None = None
) -> Weights:
    """The weights that the named photos teach, asked in these galleries of theirs; the usual ones of too few."""
    spots = which_are_spots(described)
    usual = Weights([USUAL_SPOTS if spot else USUAL_VECTORS for spot in spots], [1e-3] * len(spots), 0)
    rows = taught_by(known.individual, ASKED)
    asked = known.take(rows)
    allowed = comparable(asked, known) & elsewhere(asked, known)
    same = (asked.individual[:, None] == known.individual[None]) & allowed
    teaches = np.flatnonzero(same.any(axis=1) & (allowed & ~same).any(axis=1))
    if len(teaches) < FEWEST:
        return usual
    found: list[list[Floats]] = []
    for start in range(0, len(teaches), BATCH):
        some = teaches[start : start + BATCH]
        found.append(_raw(parts, described.take(rows[some]), allowed[some]))
        if progress is not None:
            progress(start + len(some), len(teaches))
    raw = [np.concatenate(of_part) for of_part in zip(*found, strict=True)]
    return learned(raw, spots, allowed[teaches], same[teaches], usual)


def _raw(parts: Sequence[Gallery], queries: Together, allowed: Bools) -> list[Floats]:
    return [gallery.scores(asked, allowed) for gallery, asked in zip(parts, queries.parts, strict=True)]


def seen(scores: Floats, ground: float, spots: bool) -> Doubles:
    """What of a score is weighed: of matched spots the logarithm, of vectors the cosine itself."""
    return np.asarray(np.log(np.maximum(scores, 0) + ground) if spots else scores, np.float64)


def learned(raw: Sequence[Floats], spots: Sequence[bool], allowed: Bools, same: Bools, usual: Weights) -> Weights:
    """The most likely weights for queries, of whose `allowed` photos (q, g) those in `same` show the animal itself."""
    from scipy.optimize import minimize  # half a second, which only who learns shall wait

    ground = [ground_of(one, allowed & ~same) if spot else 0.0 for one, spot in zip(raw, spots, strict=True)]
    features = np.stack([seen(*each) for each in zip(raw, ground, spots, strict=True)])
    may, own = np.where(allowed, 0.0, -np.inf), np.where(same, 0.0, -np.inf)

    weights = np.array(usual.weights)

    def loss(share: Doubles) -> float:
        total = np.tensordot(share * weights, features, axes=1)
        likely = logsumexp(total + own, axis=1) - logsumexp(total + may, axis=1)
        return float(PULL * ((share - 1) ** 2).sum() - likely.mean())

    best = minimize(loss, np.ones(len(raw)), method="L-BFGS-B", bounds=[(0.0, 10.0)] * len(raw))
    return Weights((best.x * weights).tolist(), ground, len(allowed))


def ground_of(scores: Floats, strangers: Bools) -> float:
    """What is usual for two animals whose spots were compared at all."""
    compared = scores[strangers & (scores > 1e-3)]
    return max(float(np.median(compared)) if len(compared) else 0.0, 1e-3)
