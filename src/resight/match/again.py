"""A second look at the likest photos: spots that the search missed, found where those that agree say they must be.

The search takes a spot for one of a photo only where it is among the nearest of the whole gallery. Once some pairs
agree on how one animal lies over the other, every other spot of the query has a place on the photo, foretold by the
pairs round it (moving least squares with similarities: Schaefer, McPhail and Warren 2006), and a likeness there needs
less proof. It is worth how much nearer it is than what other individuals show in that place, for all faces have an eye
there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from resight.match.correspondence import UNIT_SQUARED, Correspondences
from resight.types import Bools, Doubles, Floats, Ints, LocalFeatures

ROUND = 0.1  # of the chip's longer side: pairs about so near foretell where a spot must be
REACH = 0.25  # farther from all pairs than this, nothing is foretold
OFF = 0.02  # what a foretold place is uncertain by beside a pair, and as much again for each ROUND away from it
ALL = 0.02  # what every pair has a say in, however far away: a lone one would leave the turn open
ZOOM, TURN = 0.6, np.deg2rad(30)  # what a spot's own scale, in octaves, and angle may differ by from those foretold
LENIENT = 1.1  # how many times as far as the background a likeness may be, in its place
OTHERS = 2  # so many individuals may show as good a spot in the place: the animal itself, and once more by another name
AGREED = 1e-4  # what a pair must add to the score to foretell anything

Complex = npt.NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Found:
    """Spots found in their places, p in all: in which `photo` (p,) of the shortlist, and of what weight (p,).

    `query` (p,) are keypoints of the query, `gallery` (p,) of the gallery, numbered through it.
    """

    photo: Ints
    query: Ints
    gallery: Ints
    weights: Floats


def look_again(
    query: LocalFeatures,
    gallery: LocalFeatures,
    shortlist: Ints,
    pairs: Correspondences,
    shares: Floats,
    background: Floats,
    whose: Ints,
) -> Found:
    """What is found on the photos of the shortlist (s,) where their `pairs` and `shares` (s, m) foretell it.

    `background` (n,) is the distance at which a likeness to a query keypoint says nothing any more; `whose` (s,) are
    the individuals of the photos.
    """
    far = LENIENT * background
    asked = query.vectors.astype(np.float32)
    found = [
        _on(query, asked, gallery, int(row), pairs.query[at][kept], pairs.gallery[at][kept], shares[at][kept], far)
        for at, (row, kept) in enumerate(zip(shortlist, shares > AGREED, strict=True))
    ]
    photo = np.repeat(np.arange(len(found)), np.array([len(ours) for ours, _, _ in found], np.int64))
    ours, theirs = (np.concatenate([np.zeros(0, np.int64), *(one[part] for one in found)]) for part in (0, 1))
    distances = np.concatenate([np.zeros(0, np.float32), *(one[2] for one in found)])

    individuals, codes = np.unique(whose, return_inverse=True)
    nearest = np.full((len(far), max(len(individuals), OTHERS + 1)), np.inf, np.float32)
    np.minimum.at(nearest, (ours, codes[photo]), distances)
    usual = np.minimum(np.partition(nearest, OTHERS, axis=1)[:, OTHERS], far)
    weights = ((usual[ours] - distances) / UNIT_SQUARED).astype(np.float32)
    kept = weights > 0
    return Found(photo[kept], ours[kept], theirs[kept], weights[kept])


def _on(
    query: LocalFeatures,
    asked: Floats,
    gallery: LocalFeatures,
    row: int,
    ours: Ints,
    theirs: Ints,
    shares: Floats,
    far: Floats,
) -> tuple[Ints, Ints, Floats]:
    """The pairs of spots (p,), each spot once, and their distances, on one photo whose pairs (m,) agree.

    `asked` (n, d) are the query's vectors, `far` (n,) how far one in its place may be.
    """
    if len(ours) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    first, last = gallery.offsets[row], gallery.offsets[row + 1]
    here, there = _places(query, query.sizes[0]), _places(gallery, gallery.sizes[row], slice(first, last))
    apart = np.abs(here[:, None] - here[ours][None])
    close = np.flatnonzero(apart.min(axis=1) < REACH)
    mine, other, near = _alike(asked[close], gallery.vectors[first:last], far[close])
    mine = close[mine]
    place, change = _foretold(here[mine], apart[mine], here[ours], there[theirs - first], shares)

    size_here, size_there = query.sizes[0].max(), gallery.sizes[row].max()
    zoom = np.log2(gallery.scales[first + other] / size_there) - np.log2(query.scales[mine] / size_here)
    turn = np.deg2rad(gallery.angles[first + other] - query.angles[mine])
    kept = np.abs(there[other] - place) < OFF * (1 + apart[mine].min(axis=1) / ROUND)
    kept &= np.abs(zoom - np.log2(np.abs(change) + 1e-9)) < ZOOM
    kept &= np.abs((turn - np.angle(change) + np.pi) % (2 * np.pi) - np.pi) < TURN
    mine, other, near = mine[kept], other[kept], near[kept]

    order = np.argsort(near, kind="stable")
    each = order[_first(mine[order]) & _first(other[order])]
    return mine[each], first + other[each], near[each]


def _foretold(
    asked: Complex, apart: Doubles, ours: Complex, theirs: Complex, weights: Floats
) -> tuple[Complex, Complex]:
    """Where places (n,) of the query must be, and the change of scale and turn there; `apart` (n, m) from the pairs.

    Places are complex numbers, so that one multiplication turns and resizes.
    """
    share = weights * (np.exp(-0.5 * (apart / ROUND) ** 2) + ALL)
    share /= share.sum(axis=1, keepdims=True)
    middle, goal = share @ ours, share @ theirs
    ours, theirs = ours - middle[:, None], theirs - goal[:, None]
    change = (share * ours.conj() * theirs).sum(axis=1) / ((share * np.abs(ours) ** 2).sum(axis=1) + 1e-9)
    return goal + change * (asked - middle), change


def _alike(ours: Floats, theirs: npt.NDArray[np.uint8], far: Floats) -> tuple[Ints, Ints, Floats]:
    """The rows (p,) of vectors (n, d) and (k, d) that are nearer than the first's `far` (n,), and how near: squared."""
    others = theirs.astype(np.float32)
    mine, other = np.einsum("nd,nd->n", ours, ours), np.einsum("kd,kd->k", others, others)
    likeness = ours @ others.T
    likeness -= other / 2
    # One flat search takes a third of the time of one by rows and columns.
    places = np.flatnonzero(likeness > ((mine - far) / 2)[:, None])
    rows, columns = np.divmod(places, max(1, len(others)))
    return rows, columns, mine[rows] - 2 * likeness.ravel()[places]


def _places(features: LocalFeatures, size: Floats, rows: slice = slice(None)) -> Complex:
    """The places of keypoints as complex numbers, in longer sides of the chip."""
    x, y = features.positions[rows].T.astype(np.float64) / size.max()
    places: Complex = x + 1j * y
    return places


def _first(values: Ints) -> Bools:
    """Whether each value is the first of its kind."""
    seen = np.zeros(len(values), np.bool_)
    seen[np.unique(values, return_index=True)[1]] = True
    return seen
