"""The shortlist: local naive Bayes nearest neighbour votes (McCann and Lowe 2012; HotSpotter, Crall et al. 2013)."""

from __future__ import annotations

import numpy as np

from resight.match.correspondence import UNIT_SQUARED, Neighbours
from resight.types import Floats


def votes(found: Neighbours, gallery: int, k: int) -> Floats:
    """What every one of so many gallery photos gets from the keypoints of one query: (gallery,).

    Each keypoint's k nearest vote for their photos with the distance to the k+1st minus their own: a spot that many
    animals share counts for next to nothing.

    >>> nearest = Neighbours(UNIT_SQUARED * np.float32([[1, 4, 9]]), np.array([[7, 5, 6]]), np.array([[2, 0, 1]]))
    >>> votes(nearest, 3, 1)
    array([0., 0., 3.], dtype=float32)
    """
    distances, photos = found.distances / UNIT_SQUARED, found.photos[:, :k]
    background = np.broadcast_to(distances[:, k : k + 1], distances[:, :k].shape)
    votes = (photos >= 0) & np.isfinite(background)
    weights = background[votes] - distances[:, :k][votes]
    return np.bincount(photos[votes], weights=weights, minlength=gallery).astype(np.float32)
