"""Tracks by motion: each animal is expected where its speed takes it, and found again behind another.

Every track foretells its next box with a Kalman filter of constant velocity, as SORT does (Bewley et al. 2016). Sure
boxes are given to the tracks first, and the unsure ones to the tracks that are left: an animal that is half hidden is
found with little confidence (ByteTrack, Zhang et al. 2022). Boxes are enlarged before they are compared, so that small
and fast animals overlap what was foretold of them (Yang et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from resight.track.dbscan import NOISE, in_order
from resight.track.overlap import overlap
from resight.types import Bools, Detections, Doubles, Floats, Ints

# Standard deviations, in parts of the box's size: of where a detector puts it, and of how its speed changes in a frame.
PLACE, CHANGE = 0.05, 0.02
UNKNOWN_SPEED = 0.3
BORDER = 0.1  # a box so near to the border, in parts of its size, touches it
FAST = 1.0  # as `margin`, for one who has just come


@dataclass(frozen=True, slots=True)
class Motion:
    """How boxes are followed.

    `strong`: from which score a box is sure, and may begin a track; `weak`: below which it is ignored. `margin`: by
    which part of its size a box is enlarged on every side before it is compared; `sure_overlap` and `unsure_overlap`:
    what the enlarged ones must share at least. `patience`: for how many frames an animal may be out of sight.
    `fewest`: with fewer boxes it is no track.
    """

    strong: float = 0.5
    weak: float = 0.1
    margin: float = 0.5
    sure_overlap: float = 0.05
    unsure_overlap: float = 0.4
    patience: int = 30
    fewest: int = 3


@dataclass(slots=True)
class _Followed:
    """Tracks that are followed: number, frame of the last box, and state; rows are tracks.

    `means` (t, 8) are the centre, the size, and their speeds a frame; `spreads` (t, 8, 8) their covariances; `seen`
    (t, 4) are the last boxes, `counts` how many there were.
    """

    numbers: Ints
    last: Ints
    means: Doubles
    spreads: Doubles
    seen: Doubles
    counts: Ints


class Follower:
    """Follows animals frame by frame, as a film plays."""

    def __init__(self, motion: Motion | None = None, size: tuple[float, float] | None = None, stride: int = 1) -> None:
        """`size` is the picture's width and height; with it, who has left the picture is not waited for.

        `stride` tells that every so manieth frame is looked at.
        """
        self._how, self._size, self._stride = motion or Motion(), size, stride
        self._followed = _begun(np.zeros(0, np.int64), np.zeros((0, 4)), 0)
        self._begun, self._before = 0, 0

    @property
    def followed(self) -> Ints:
        """The tracks that may still go on."""
        return self._followed.numbers

    def see(self, frame: int, boxes: Doubles, scores: Floats) -> Ints:
        """The tracks (k,) of what was found in a frame, -1 for a box of none; frames rise, and some may be left out.

        A frame in which nothing was found is seen too: only so it is known that who was there is out of sight. Tracks
        are numbered as they begin. One that has ended is not followed any more.
        """
        how, followed = self._how, self._followed
        tracks = np.full(len(boxes), NOISE, np.int64)
        if not len(boxes) and not len(followed.numbers):
            self._before = frame
            return tracks
        brief = _leaving(followed, self._size) | (followed.counts < how.fewest)
        patience = np.where(brief, 0, how.patience)
        # Nobody is gone because frames were passed over.
        followed = _kept(followed, frame - followed.last <= patience + max(self._stride, frame - self._before))
        for _ in range(frame - self._before if len(followed.numbers) else 0):
            _foretell(followed)
        followed = _kept(followed, _expected_inside(followed, self._size))
        sure, unsure = (np.flatnonzero(rows) for rows in (scores >= how.strong, _between(scores, how)))
        free = np.arange(len(followed.numbers))
        expected = _expected(followed.means)
        found, rows = _assigned(boxes[sure], expected, free, how.margin, how.sure_overlap)
        _see(followed, rows, boxes[sure[found]], frame)
        tracks[sure[found]] = followed.numbers[rows]
        # An animal that turned is where it was rather than where it was going.
        left, free = np.delete(sure, found), np.setdiff1d(free, rows)
        turned, rows = _assigned(boxes[left], followed.seen, free, how.margin, how.sure_overlap)
        _see(followed, rows, boxes[left[turned]], frame)
        tracks[left[turned]] = followed.numbers[rows]
        # Of one that has just come nobody knows yet how fast it is.
        left, free = np.delete(left, turned), np.setdiff1d(free, rows)
        free = free[followed.counts[free] == 1]
        fast, rows = _assigned(boxes[left], followed.seen, free, FAST, 0.0)
        _see(followed, rows, boxes[left[fast]], frame)
        tracks[left[fast]] = followed.numbers[rows]
        new = np.delete(left, fast)
        # Only who was in sight a moment ago, in the last frame that was looked at, may be half hidden now.
        free = np.flatnonzero(followed.last == self._before)
        half, rows = _assigned(boxes[unsure], expected, free, how.margin, how.unsure_overlap)
        _see(followed, rows, boxes[unsure[half]], frame)
        tracks[unsure[half]] = followed.numbers[rows]
        tracks[new] = self._begun + np.arange(len(new))
        self._followed = _joined(followed, _begun(tracks[new], boxes[new], frame))
        self._begun += len(new)
        self._before = frame
        return tracks


def motion_tracks(
    detections: Detections,
    motion: Motion | None = None,
    size: tuple[float, float] | None = None,
    every: int | None = None,
) -> Ints:
    """The track of each box (n,), numbered in the order in which they begin; -1 for a box that belongs to none.

    `size` is the picture's width and height; with it, who has left the picture is not waited for. `every` tells that
    every so manieth frame was looked at; None guesses it from the frames that have boxes.
    """
    chosen = motion or Motion()
    seen = np.unique(detections.frames)
    stride = every or (int(np.gcd.reduce(np.diff(seen))) if len(seen) > 1 else 1)
    follower = Follower(chosen, size, stride)
    tracks = np.full(len(detections), NOISE, np.int64)
    looked_at = np.union1d(seen, np.arange(seen[0], seen[-1], stride)) if len(seen) else seen
    bounds = np.searchsorted(detections.frames, np.append(looked_at, np.iinfo(np.int64).max))
    for frame, start, stop in zip(looked_at.tolist(), bounds, bounds[1:], strict=False):
        tracks[start:stop] = follower.see(frame, detections.boxes[start:stop], detections.scores[start:stop])
    numbers, counts = np.unique(tracks, return_counts=True)
    tracks[np.isin(tracks, numbers[counts < chosen.fewest])] = NOISE
    return in_order(tracks)


def _expected_inside(followed: _Followed, size: tuple[float, float] | None) -> Bools:
    """Whose middle should now be in the picture."""
    if size is None:
        return np.ones(len(followed.numbers), np.bool_)
    middles = followed.means[:, :2]
    return np.asarray(((middles > 0) & (middles < size)).all(axis=1), np.bool_)


def _leaving(followed: _Followed, size: tuple[float, float] | None) -> Bools:
    """Whose last box touches the picture's border, and who swims towards it."""
    if size is None:
        return np.zeros(len(followed.numbers), np.bool_)
    low, high = followed.seen[:, :2], followed.seen[:, :2] + followed.seen[:, 2:]
    near = BORDER * (followed.seen[:, 2:] + np.array(size) / 8)
    speed = followed.means[:, 4:6]
    out = ((low <= near) & (speed < 0)) | ((high >= np.array(size) - near) & (speed > 0))
    return np.asarray(out.any(axis=1), np.bool_)


def _between(scores: Floats, how: Motion) -> Bools:
    return np.asarray((scores < how.strong) & (scores >= how.weak), np.bool_)


def _assigned(boxes: Doubles, tracks: Doubles, free: Ints, margin: float, least: float) -> tuple[Ints, Ints]:
    """Which box goes to which free one of the tracks (t, 4): rows of both, so that together they share the most."""
    shared = overlap(_enlarged(boxes, margin)[:, None], _enlarged(tracks[free], margin)[None])
    ours, theirs = linear_sum_assignment(-shared)
    kept = (shared[ours, theirs] >= least) & (shared[ours, theirs] > 0)
    return ours[kept].astype(np.int64), free[theirs[kept]]


def _foretell(followed: _Followed) -> None:
    """One frame on: the centre and the size go on as fast as they did, and are a little less certain."""
    step = np.eye(8)
    step[:4, 4:] = np.eye(4)
    followed.means = followed.means @ step.T
    size = np.tile(np.maximum(followed.means[:, 2:4], 1), (1, 2))
    noise = np.concatenate([np.zeros_like(size), (CHANGE * size) ** 2], axis=1)
    followed.spreads = step @ followed.spreads @ step.T + noise[:, :, None] * np.eye(8)


def _see(followed: _Followed, rows: Ints, boxes: Doubles, frame: int) -> None:
    """Correct what was foretold of these tracks by the boxes that were found."""
    if not len(rows):
        return
    measured, mean, spread = _centred(boxes), followed.means[rows], followed.spreads[rows]
    noise = (PLACE * np.tile(measured[:, 2:], (1, 2))) ** 2
    total = spread[:, :4, :4] + noise[:, :, None] * np.eye(4)
    gain = np.linalg.solve(total, spread[:, :4, :]).transpose(0, 2, 1)
    followed.means[rows] = mean + (gain @ (measured - mean[:, :4])[..., None])[..., 0]
    followed.spreads[rows] = spread - gain @ spread[:, :4, :]
    followed.last[rows] = frame
    followed.seen[rows] = boxes
    followed.counts[rows] += 1


def _begun(numbers: Ints, boxes: Doubles, frame: int) -> _Followed:
    centred = _centred(boxes)
    size = np.tile(centred[:, 2:], (1, 2))
    spread = np.concatenate([(PLACE * size) ** 2, (UNKNOWN_SPEED * size) ** 2], axis=1)
    means = np.concatenate([centred, np.zeros_like(centred)], axis=1)
    return _Followed(
        numbers,
        np.full(len(numbers), frame),
        means,
        spread[:, :, None] * np.eye(8),
        boxes,
        np.ones(len(numbers), np.int64),
    )


def _kept(followed: _Followed, kept: Bools) -> _Followed:
    return _Followed(
        followed.numbers[kept],
        followed.last[kept],
        followed.means[kept],
        followed.spreads[kept],
        followed.seen[kept],
        followed.counts[kept],
    )


def _joined(one: _Followed, other: _Followed) -> _Followed:
    return _Followed(
        np.concatenate([one.numbers, other.numbers]),
        np.concatenate([one.last, other.last]),
        np.concatenate([one.means, other.means]),
        np.concatenate([one.spreads, other.spreads]),
        np.concatenate([one.seen, other.seen]),
        np.concatenate([one.counts, other.counts]),
    )


def _centred(boxes: Doubles) -> Doubles:
    return np.concatenate([boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:]], axis=1)


def _expected(means: Doubles) -> Doubles:
    size = np.maximum(means[:, 2:4], 1)
    return np.concatenate([means[:, :2] - size / 2, size], axis=1)


def _enlarged(boxes: Doubles, margin: float) -> Doubles:
    size = boxes[:, 2:]
    return np.concatenate([boxes[:, :2] - margin * size, (1 + 2 * margin) * size], axis=1)
