"""The shortlist: local naive Bayes nearest neighbour votes (McCann and Lowe 2012; HotSpotter, Crall et al. 2013)."""

from __future__ import annotations

import numpy as np

from resight.types import Floats, Ints


def votes(distances: Floats, owners: Ints, gallery: int, k: int) -> Floats:
    """What every gallery photo gets from the keypoints of one query: (gallery,).

    `distances` (m, k + 1 or more) rise along each row and `owners` are the photos they belong to (-1: none). Each
    keypoint's k nearest vote for their photos with the distance to the k+1st minus their own: a spot that many
    animals share counts for next to nothing.

    >>> votes(np.float32([[1, 4, 9]]), np.array([[2, 0, 1]]), 3, 1)
    array([0., 0., 3.], dtype=float32)
    """
    background = np.broadcast_to(distances[:, k : k + 1], distances[:, :k].shape)
    found = (owners[:, :k] >= 0) & np.isfinite(background)
    weights = background[found] - distances[:, :k][found]
    return np.bincount(owners[:, :k][found], weights=weights, minlength=gallery).astype(np.float32)
