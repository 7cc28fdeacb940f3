"""Tracks as clusters of boxes in space and time, by DBSCAN (Ester et al. 1996), as the thesis *FishNet* (2019) has it.

The distance of two boxes is infinite in one frame, and otherwise 1 - IoU + 0.5 * |difference of the frames|. Taken raw,
a box reaches few frames far. The thesis scales the columns frame, x, y, w and h to the range from 0 to 1 first: a whole
clip is then 0.5 long, and boxes are neighbours for what they overlap, however many frames apart. Here x and w share a
scale, and so do y and h: scaled each by itself, the narrowest box would have no width. What two boxes overlap is then
the same as before, so only the frames need to be scaled. The thesis gives neither eps nor the fewest points; the values
here are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from sklearn.cluster import DBSCAN

from resight.track.overlap import overlap
from resight.types import Detections, Doubles, Ints

NOISE = -1
PAIRS = 2_000_000  # looked at in one go


@dataclass(frozen=True, slots=True)
class Clustering:
    """How boxes are clustered: the farthest neighbour, and how many a box needs, itself included, to be a core.

    At eps 1.4 a box reaches the next frame if it overlaps its box there by 0.1, and the one after if by 0.6.
    """

    eps: float = 1.4
    fewest: int = 3
    scaled: bool = False


def dbscan_tracks(detections: Detections, clustering: Clustering | None = None) -> Ints:
    """The track of each box (n,), numbered in the order in which they begin; -1 for a box that belongs to none.

    Boxes of one frame can be chained into one cluster, over boxes of other frames; such clusters are split, so that a
    track has at most one box in a frame, and pieces of fewer boxes than a core needs are none. Time grows with the
    boxes times those within reach: raw, the boxes of a few frames; scaled, those of the whole clip, so that clips
    should be short.
    """
    chosen = clustering or Clustering()
    if not len(detections):
        return np.zeros(0, np.int64)
    near = neighbours(detections, chosen)
    labels = DBSCAN(eps=chosen.eps, min_samples=chosen.fewest, metric="precomputed").fit_predict(near)
    tracks = labels.astype(np.int64)
    for cluster in chained(detections, tracks):
        rows = np.flatnonzero(tracks == cluster)
        own = _split(detections.take(rows), chosen)
        tracks[rows] = np.where(own == NOISE, NOISE, tracks.max() + 1 + own)
    return in_order(tracks)


def chained(detections: Detections, tracks: Ints) -> Ints:
    """The tracks that have several boxes in one frame."""
    held = tracks != NOISE
    pairs, counts = np.unique(np.stack([tracks[held], detections.frames[held]]), axis=1, return_counts=True)
    return np.unique(pairs[0, counts > 1])


def neighbours(detections: Detections, clustering: Clustering) -> csr_matrix:
    """The distances (n, n) of the boxes that are no farther than eps, a sparse symmetric matrix."""
    n, eps = len(detections), clustering.eps
    frames, boxes = _moments(detections, clustering.scaled), detections.boxes
    # Beyond this difference of the frames even boxes that cover each other are too far.
    ends = np.searchsorted(frames, frames + 2 * eps, side="right")
    starts = np.searchsorted(frames, frames, side="right")
    counts = ends - starts
    rows, columns, distances = [], [], []
    row = 0
    while row < n:
        # Whole rows, as many as hold the pairs of one go, and at least one.
        upto = max(row + 1, int(np.searchsorted(np.cumsum(counts[row:]), PAIRS, side="right")) + row)
        of = counts[row:upto]
        one = np.repeat(np.arange(row, upto), of)
        other = np.arange(of.sum()) - np.repeat(np.cumsum(of) - of, of) + np.repeat(starts[row:upto], of)
        distance = 1 - overlap(boxes[one], boxes[other]) + 0.5 * (frames[other] - frames[one])
        kept = distance <= eps
        rows.append(one[kept])
        columns.append(other[kept])
        # A sparse matrix would lose a distance of 0.
        distances.append(np.maximum(distance[kept], 1e-12))
        row = upto
    i, j, d = np.concatenate(rows), np.concatenate(columns), np.concatenate(distances)
    return csr_matrix((np.concatenate([d, d]), (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))


def in_order(tracks: Ints) -> Ints:
    """The tracks numbered anew, from 0, in the order of their first boxes.

    >>> in_order(np.array([7, -1, 2, 7, 2]))
    array([ 0, -1,  1,  0,  1])
    """
    numbers, first, where = np.unique(tracks, return_index=True, return_inverse=True)
    order = np.argsort(np.where(numbers == NOISE, -1, first), kind="stable")
    rank = np.empty(len(numbers), np.int64)
    rank[order] = np.arange(len(numbers)) - int(NOISE in numbers)
    return rank[where]


def _moments(detections: Detections, scaled: bool) -> Doubles:
    frames = detections.frames.astype(np.float64)
    if not scaled:
        return frames
    scaled_frames: Doubles = (frames - frames[0]) / max(float(frames[-1] - frames[0]), 1.0)
    return scaled_frames


def _split(detections: Detections, clustering: Clustering) -> Ints:
    """Numbers from 0 up, no two alike in one frame: each frame's boxes go on with the nearest ones before, within eps.

    -1 for the boxes of a piece that is too small.
    """
    frames, boxes = _moments(detections, clustering.scaled), detections.boxes
    tracks = np.zeros(len(frames), np.int64)
    last: list[int] = []  # the last box of each track
    for frame in np.unique(frames):
        here = np.flatnonzero(frames == frame)
        ends = np.array(last, dtype=np.int64)
        away = 1 - overlap(boxes[here][:, None], boxes[ends][None]) + 0.5 * (frame - frames[ends])
        # What is too far costs more than all that is near.
        near = away <= clustering.eps
        ours, theirs = linear_sum_assignment(np.where(near, away, (clustering.eps + 1) * len(here)))
        kept = near[ours, theirs]
        goes_on = dict(zip(ours[kept].tolist(), theirs[kept].tolist(), strict=True))
        for place, row in enumerate(here.tolist()):
            if place in goes_on:
                tracks[row] = goes_on[place]
                last[goes_on[place]] = row
            else:
                tracks[row] = len(last)
                last.append(row)
    return np.where(np.bincount(tracks)[tracks] < clustering.fewest, NOISE, tracks)
