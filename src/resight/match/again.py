"""A second look at the likest photos: every spot looked for where those that agree say it must be.

The search takes a spot for one of a photo only where it is among the nearest of the whole gallery. Once some pairs
agree on how one animal lies over the other, every other spot of the query has a place on the photo, foretold by the
pairs round it (moving least squares with similarities: Schaefer, McPhail and Warren 2006), and a likeness there needs
less proof. It is worth how much nearer it is than what other individuals show in that place, for all faces have an eye
there. The pairs that foretell are looked for as well, and count once more where they hold.
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


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the keypoints (n,) of chips lie: places as complex numbers, sizes in octaves, turns in radians.

    All in longer sides of their chip. One multiplication of a complex number turns and resizes.
    """

    places: Complex
    sizes: Floats
    turns: Floats


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
    seen = gallery.take(shortlist)
    here, there, distances = _layout(query), _layout(seen), _distances(query, seen)
    far = LENIENT * background
    moved = gallery.offsets[shortlist] - seen.offsets[:-1]  # from numbers through `seen` to those through the gallery
    found = [
        _on(slice(*seen.offsets[at : at + 2]), here, there, distances, far,
            pairs.query[at][kept], pairs.gallery[at][kept] - moved[at], shares[at][kept])
        for at, kept in enumerate(shares > AGREED)
    ]  # fmt: skip
    photo = np.repeat(np.arange(len(found)), np.array([len(ours) for ours, _ in found], np.int64))
    ours, theirs = (np.concatenate([np.zeros(0, np.int64), *(one[part] for one in found)]) for part in (0, 1))
    near = distances[theirs, ours]

    individuals, codes = np.unique(whose, return_inverse=True)
    nearest = np.full((len(far), max(len(individuals), OTHERS + 1)), np.inf, np.float32)
    np.minimum.at(nearest, (ours, codes[photo]), near)
    usual = np.minimum(np.partition(nearest, OTHERS, axis=1)[:, OTHERS], far)
    weights = ((usual[ours] - near) / UNIT_SQUARED).astype(np.float32)
    kept = weights > 0
    return Found(photo[kept], ours[kept], (theirs + moved[photo])[kept], weights[kept])


def _on(
    photo: slice,
    here: _Layout,
    there: _Layout,
    distances: Floats,
    far: Floats,
    ours: Ints,
    theirs: Ints,
    shares: Floats,
) -> tuple[Ints, Ints]:
    """The spots (p,) of the query and of one photo, each once, that lie where its pairs (m,) foretell it."""
    if len(ours) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    apart = np.abs(here.places[:, None] - here.places[ours][None])
    reach = apart.min(axis=1)
    # One flat search takes a third of the time of one by rows and columns.
    other, mine = np.divmod(np.flatnonzero((distances[photo] < far) & (reach < REACH)), len(far))
    other += photo.start
    place, change = _foretold(here.places[mine], apart[mine], here.places[ours], there.places[theirs], shares)

    kept = np.abs(there.places[other] - place) < OFF * (1 + reach[mine] / ROUND)
    kept &= np.abs(there.sizes[other] - here.sizes[mine] - np.log2(np.abs(change) + 1e-9)) < ZOOM
    turned = there.turns[other] - here.turns[mine] - np.angle(change)
    kept &= np.abs((turned + np.pi) % (2 * np.pi) - np.pi) < TURN
    mine, other = mine[kept], other[kept]

    order = np.argsort(distances[other, mine], kind="stable")
    each = order[_first(mine[order]) & _first(other[order])]
    return mine[each], other[each]


def _foretold(
    asked: Complex, apart: Doubles, ours: Complex, theirs: Complex, weights: Floats
) -> tuple[Complex, Complex]:
    """Where places (n,) of the query must be, and the change of scale and turn there; `apart` (n, m) from the pairs."""
    share = weights * (np.exp(-0.5 * (apart / ROUND) ** 2) + ALL)
    share /= share.sum(axis=1, keepdims=True)
    middle, goal = (share * ours).sum(axis=1), (share * theirs).sum(axis=1)
    ours, theirs = ours - middle[:, None], theirs - goal[:, None]
    change = (share * ours.conj() * theirs).sum(axis=1) / ((share * np.abs(ours) ** 2).sum(axis=1) + 1e-9)
    return goal + change * (asked - middle), change


def _distances(query: LocalFeatures, seen: LocalFeatures) -> Floats:
    """The squared distances of the vectors of the photos from those of the query, (k, n)."""
    # One product for all photos: many small ones, on several threads, wait for each other where the machine is busy.
    ours, theirs = query.vectors.astype(np.float32), seen.vectors.astype(np.float32)
    distances: Floats = theirs @ (-2 * ours.T)
    distances += np.einsum("kd,kd->k", theirs, theirs)[:, None]
    distances += np.einsum("nd,nd->n", ours, ours)
    return distances


def _layout(features: LocalFeatures) -> _Layout:
    size = features.sizes.max(axis=1)[features.owners]
    x, y = features.positions.T.astype(np.float64) / size
    return _Layout(x + 1j * y, np.log2(features.scales / size), np.deg2rad(features.angles))


def _first(values: Ints) -> Bools:
    """Whether each value is the first of its kind."""
    seen = np.zeros(len(values), np.bool_)
    seen[np.unique(values, return_index=True)[1]] = True
    return seen
