"""Which spot of the query is which spot of each shortlisted photo, for the whole shortlist at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Floats, Ints, LocalFeatures

UNIT_SQUARED = np.float32(510.0**2)


@dataclass(frozen=True, slots=True)
class Correspondences:
    """The pairs of spots between one query and s photos, at most m each, strongest first.

    `query` and `gallery` (s, m) are keypoint rows of the query and of the joined shortlist; `weights` (s, m) are 0
    where a photo has fewer pairs.
    """

    query: Ints
    gallery: Ints
    weights: Floats


def correspond(query: LocalFeatures, shortlist: LocalFeatures, background: Floats, most: int) -> Correspondences:
    """Mutual nearest neighbours between a query (one annotation) and every shortlisted photo.

    `background` (n,) is, for each keypoint of the query, the squared distance beyond which a likeness says
    nothing, from the whole gallery. A pair weighs what it is nearer than that.
    """
    n, photos = len(query.vectors), len(shortlist)
    width = max(1, int(shortlist.counts.max(initial=1)))
    padded = np.zeros((photos, width, query.vectors.shape[1]), np.float32)
    slot = np.arange(len(shortlist.vectors)) - np.repeat(shortlist.offsets[:-1], shortlist.counts)
    padded[shortlist.owners, slot] = shortlist.vectors
    ours = query.vectors.astype(np.float32)
    # One product for the whole shortlist: (photos, n, width) of inner products, at most 510 squared each.
    alike = np.matmul(ours[None], padded.transpose(0, 2, 1))
    nearest = alike.argmax(axis=2)
    back = alike.argmax(axis=1)
    mutual = np.take_along_axis(back, nearest, axis=1) == np.arange(n)
    best = np.take_along_axis(alike, nearest[..., None], axis=2)[..., 0]
    lengths = (ours**2).sum(axis=1), (padded**2).sum(axis=2)
    distance = lengths[0] + np.take_along_axis(lengths[1], nearest, axis=1) - 2 * best
    weights = np.where(mutual & (best > 0), np.maximum(background - distance, 0), 0) / UNIT_SQUARED
    kept = np.argsort(-weights, axis=1, kind="stable")[:, :most]
    return Correspondences(
        query=kept.astype(np.int64),
        gallery=shortlist.offsets[:-1, None] + np.take_along_axis(nearest, kept, axis=1),
        weights=np.take_along_axis(weights, kept, axis=1).astype(np.float32),
    )
