"""Two sets of spots laid over each other: which spot is which, how well the rest then fits, and what chance would do.

Places are (x, y) of patterns padded to one length, so that one query is laid over many patterns at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Bools, Floats, Ints, LocalFeatures

BATCH = 1_500_000  # pairs of spots looked at at once: a few arrays of six megabytes
ALIKE = 0.35  # of the logarithm of a spot's radius: how far two measurements of one spot are apart
GATE = 3.0  # deviations: farther apart, two spots are not one


@dataclass(frozen=True, slots=True)
class Patterns:
    """The spots of g animals, a row each, padded to s spots.

    `places` (g, s, 2) are in a unit of each animal's own, `radii` (g, s) logarithms in that unit; `rows` (g, s) number
    the keypoints; `there` (g, s) is False for padding.
    """

    places: Floats
    radii: Floats
    rows: Ints
    there: Bools

    def __len__(self) -> int:
        return len(self.there)

    @property
    def counts(self) -> Ints:
        """How many spots each animal has, (g,)."""
        return np.asarray(self.there.sum(axis=1), np.int64)

    def take(self, rows: Ints) -> Patterns:
        """These animals, without padding that none of them needs."""
        widest = int(self.counts[rows].max(initial=1))
        return Patterns(
            self.places[rows, :widest], self.radii[rows, :widest], self.rows[rows, :widest], self.there[rows, :widest]
        )


@dataclass(frozen=True, slots=True)
class Pairs:
    """For each of c patterns and each of a query's n spots, its partner (c, n), and how well they fit, 0 to 1, (c, n).

    A weight of 0: no partner; the number of the partner then means nothing.
    """

    partners: Ints
    weights: Floats


def patterns(features: LocalFeatures, most: int, first: int = 0) -> Patterns:
    """The first so many keypoints of each annotation but for the `first` few, places and radii by its own size.

    The unit is the side of a square as large as the annotation's box.
    """
    counts = np.clip(features.counts - first, 0, most)
    widest = int(counts.max(initial=1))
    there = np.arange(max(1, widest)) < counts[:, None]
    rows = np.where(there, features.offsets[:-1, None] + first + np.arange(max(1, widest)), 0)
    unit = np.sqrt(features.sizes.prod(axis=1))[:, None]
    if not len(features.positions):
        nothing = np.zeros((*there.shape, 2), np.float32)
        return Patterns(nothing, nothing[..., 0], rows, there)
    places = np.where(there[..., None], features.positions[rows] / unit[..., None], 0)
    radii = np.where(there, np.log(np.maximum(features.scales[rows], 1e-6) / unit), 0)
    return Patterns(places.astype(np.float32), radii.astype(np.float32), rows, there)


def paired(moved: Floats, larger: Floats, there: Bools, theirs: Patterns, slack: Floats) -> Pairs:
    """Spots one to one: each the other's nearest, where both are within the gate.

    `moved` (c, n, 2) are the query's places laid over each pattern, `larger` (c, n) its logarithmic radii there,
    `there` (n,) its spots, `slack` (c, s) the deviation of each of their places.
    """
    apart = ((moved[:, :, None] - theirs.places[:, None]) ** 2).sum(axis=-1) / slack[:, None] ** 2
    apart += ((larger[:, :, None] - theirs.radii[:, None]) / ALIKE) ** 2
    apart = np.where(there[None, :, None] & theirs.there[:, None] & (apart < GATE**2), apart, np.inf)
    partners, back = apart.argmin(axis=2), apart.argmin(axis=1)
    nearest = np.take_along_axis(apart, partners[..., None], axis=2)[..., 0]
    mutual = np.take_along_axis(back, partners, axis=1) == np.arange(apart.shape[1])
    weights = np.where(mutual & np.isfinite(nearest), np.exp(-0.5 * nearest), 0)
    return Pairs(partners, weights.astype(np.float32))


def fitted(ours: Floats, theirs: Floats, weights: Floats, before: Floats, stiff: float) -> Floats:
    """The linear maps (c, 2, k) that lay ours (n, k) best over theirs (c, n, 2), by weighted least squares.

    `before` (c, 2, k) counts as `stiff` pairs a unit away: few pairs change it little.
    """
    normal = np.einsum("cn,nk,nl->ckl", weights, ours, ours) + stiff * np.eye(ours.shape[1], dtype=np.float32)
    right = np.einsum("cn,cnx,nk->cxk", weights, theirs, ours) + stiff * before
    return np.linalg.solve(normal.transpose(0, 2, 1), right.transpose(0, 2, 1)).transpose(0, 2, 1).astype(np.float32)


def partners_of(pairs: Pairs, theirs: Patterns) -> Floats:
    """The places (c, n, 2) of the partners."""
    return np.asarray(np.take_along_axis(theirs.places, pairs.partners[..., None], axis=1), np.float32)


def beyond_chance(fits: Floats, asked: int, chance: Floats) -> Floats:
    """How unlikely it is that so many of the query's spots fit, in powers of e; 0 where chance does as well, (c,).

    Chernoff's bound on the tail of a binomial: n KL(k / n, p), where `fits` (c,) is k, `asked` n, and `chance` (c,) p.

    >>> beyond_chance(np.array([1.0, 5.0, 10.0]), 10, np.array([0.1, 0.1, 0.1])).round(1)
    array([ 0. ,  5.1, 23. ])
    """
    p = np.clip(np.asarray(chance, np.float64), 1e-4, 0.999)
    k = np.clip(np.asarray(fits, np.float64) / asked, 1e-9, 1 - 1e-9)
    bound = asked * (k * np.log(k / p) + (1 - k) * np.log((1 - k) / (1 - p)))
    return np.asarray(np.where(k > p, bound, 0))
