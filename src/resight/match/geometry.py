"""Do the matched spots lie the same way round? For a flank that bends, and the whole shortlist at once.

Each pair of spots, with its change of scale, foretells where every other spot of the query should be found in the
photo; the error allowed grows with the distance from it, so that near spots must agree closely and far ones may
drift as the body bends. The pairs that agree with one another the most are the leading eigenvector of that
agreement (Leordeanu and Hebert 2005), found by power iteration. One rigid RANSAC fits a stiff plate; animals bend.
"""

from __future__ import annotations

import numpy as np

from resight.match.correspondence import Correspondences
from resight.types import Floats, Ints, LocalFeatures

SLACK = 0.03  # of the chip's longer side: what two spots' places are uncertain by
BEND = 0.25  # of the distance between two spots: what bending and perspective may move the second
APART = 0.015  # of the longer side: nearer spots are the same spot, and no proof of each other
SCALE_RATIO = 2.0  # two pairs must agree on the change of scale to within this
TURN = np.deg2rad(35)  # and on the turn, where keypoints have an angle
ITERATIONS = 8


def agreement(
    query: LocalFeatures, gallery: LocalFeatures, shortlist: Ints, pairs: Correspondences
) -> tuple[Floats, Floats]:
    """How well each photo's pairs agree, (s,), and each pair's share of that, (s, m); 0 where nothing agrees.

    `shortlist` (s,) are rows of the gallery, one for each row of `pairs`. Turning, resizing or shifting either chip
    as a whole changes nothing.
    """
    size = query.sizes.max(axis=1)
    ours = query.positions[pairs.query] / size[:, None, None]
    sizes = gallery.sizes[shortlist].max(axis=1)
    theirs = gallery.positions[pairs.gallery] / sizes[:, None, None]
    zoom = np.log2(gallery.scales[pairs.gallery] / sizes[:, None]) - np.log2(query.scales[pairs.query] / size)
    turn = np.deg2rad(gallery.angles[pairs.gallery] - query.angles[pairs.query])

    consistent = _consistent(ours, theirs, zoom, turn)
    strength = np.sqrt(pairs.weights)
    affinity = consistent * strength[:, :, None] * strength[:, None, :]
    vector = np.ones((*pairs.weights.shape, 1), np.float32)
    for _ in range(ITERATIONS):
        vector = affinity @ vector
        vector /= np.maximum(np.linalg.norm(vector, axis=1, keepdims=True), 1e-12)
    shares = vector[..., 0] * (affinity @ vector)[..., 0]
    return shares.sum(axis=1), shares


def _consistent(ours: Floats, theirs: Floats, zoom: Floats, turn: Floats) -> Floats:
    """Agreement of every two pairs of one photo, (s, m, m), from 0 to 1, symmetric."""
    between = ours[:, None, :, :] - ours[:, :, None, :]
    found = theirs[:, None, :, :] - theirs[:, :, None, :]
    cosine, sine = np.cos(turn)[:, :, None], np.sin(turn)[:, :, None]
    factor = np.exp2(zoom)[:, :, None]
    x = factor * (cosine * between[..., 0] - sine * between[..., 1])
    y = factor * (sine * between[..., 0] + cosine * between[..., 1])
    reach = np.hypot(found[..., 0], found[..., 1])
    error = np.hypot(x - found[..., 0], y - found[..., 1]) / (SLACK + BEND * reach)
    agree = np.exp(-0.5 * error * error)
    turned = np.abs((turn[:, None, :] - turn[:, :, None] + np.pi) % (2 * np.pi) - np.pi)
    possible = (np.abs(zoom[:, None, :] - zoom[:, :, None]) < np.log2(SCALE_RATIO)) & (turned < TURN)
    possible &= (np.hypot(between[..., 0], between[..., 1]) > APART) & (reach > APART)
    agree = np.where(possible, agree, 0).astype(np.float32)
    # Both pairs must foretell each other.
    both: Floats = np.minimum(agree, agree.transpose(0, 2, 1))
    return both
