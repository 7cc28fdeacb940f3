"""Which spot of the query is which spot of each shortlisted photo, for the whole shortlist at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Floats, Ints

UNIT_SQUARED = np.float32(510.0**2)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The keypoints of the whole gallery that are nearest to each of a query's n keypoints.

    Squared `distances` (n, k) rise along each row; `keypoints` (n, k) are numbered through the gallery, -1 where
    there are fewer; `photos` (n, k) are the gallery rows they belong to, -1 for none.
    """

    distances: Floats
    keypoints: Ints
    photos: Ints

    @property
    def background(self) -> Floats:
        """The distance at which a likeness says nothing any more, (n,): of the last neighbour that was found."""
        last = np.maximum((self.keypoints >= 0).sum(axis=1) - 1, 0)
        farthest = self.distances[np.arange(len(last)), last]
        return np.where(np.isfinite(farthest), farthest, 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Correspondences:
    """The pairs of spots between one query and s photos, at most m each, strongest first.

    `query` (s, m) are keypoints of the query, `gallery` (s, m) keypoints of the gallery, numbered through it;
    `weights` (s, m) are 0 where a photo has fewer pairs, and both keypoints are then 0 too.
    """

    query: Ints
    gallery: Ints
    weights: Floats

    def take(self, photos: Ints) -> Correspondences:
        """Those of these photos, in this order."""
        return Correspondences(self.query[photos], self.gallery[photos], self.weights[photos])


def correspond(found: Neighbours, shortlist: Ints, most: int) -> Correspondences:
    """The pairs of a query with every shortlisted photo, from the search that has been made already.

    A pair weighs what it is nearer than the query keypoint's background, so a keypoint that is not among the
    neighbours would weigh nothing: no distance needs to be computed again. In each photo a query keypoint goes with
    the nearest keypoint, and a photo's keypoint with the nearest one of the query.
    """
    n, k = found.distances.shape
    place = np.full(max(int(found.photos.max(initial=-1)), int(shortlist.max(initial=-1))) + 2, -1)
    place[shortlist] = np.arange(len(shortlist))
    slots = place[found.photos].ravel()  # -1 for no photo is the last place, which no photo has
    weights = (np.maximum(found.background[:, None] - found.distances, 0) / UNIT_SQUARED).ravel()
    rows = np.flatnonzero((slots >= 0) & (weights > 0))
    ours, theirs = np.repeat(np.arange(n), k)[rows], found.keypoints.ravel()[rows]
    slots, weights, distances = slots[rows], weights[rows], found.distances.ravel()[rows]

    # Rows rise with the distance of a query keypoint, so the first of a photo is the nearest in it.
    nearest = np.unique(ours * len(shortlist) + slots, return_index=True)[1]
    order = np.lexsort((ours, distances))
    nearest_of_theirs = order[np.unique(theirs[order], return_index=True)[1]]
    kept = np.intersect1d(nearest, nearest_of_theirs, assume_unique=True)

    kept = kept[np.lexsort((ours[kept], -weights[kept], slots[kept]))]
    rank = np.arange(len(kept)) - np.searchsorted(slots[kept], slots[kept])
    kept, rank = kept[rank < most], rank[rank < most]
    shape = len(shortlist), int(rank.max(initial=-1)) + 1
    pairs = Correspondences(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.float32))
    where = slots[kept], rank
    pairs.query[where], pairs.gallery[where], pairs.weights[where] = ours[kept], theirs[kept], weights[kept]
    return pairs
