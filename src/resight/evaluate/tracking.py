"""How well tracks keep animals apart: IDF1 (Ristani et al. 2016) and HOTA (Luiten et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from resight.track.overlap import overlap
from resight.types import Bools, Detections, Doubles, Ints

ALPHAS = np.arange(1, 20) / 20
SAME = 0.5


@dataclass(frozen=True, slots=True)
class TrackingFigures:
    """`idf1`, and `hota` with its two halves: how well animals are found, and how well they are kept apart."""

    idf1: float
    hota: float
    detection: float
    association: float


def tracking_figures(truth: Detections, identities: Ints, found: Detections, tracks: Ints) -> TrackingFigures:
    """Compare tracks with the truth; `identities` (n,) and `tracks` (m,) name each box's animal, -1 for none.

    No animal and no track may have two boxes in one frame.

    Boxes without a track do not count as found. Figures are 0 where nothing is found, and 1 where there is nothing to
    find and nothing was found.
    """
    truth, identities = truth.take(identities >= 0), identities[identities >= 0]
    found, tracks = found.take(tracks >= 0), tracks[tracks >= 0]
    if not len(truth) or not len(found):
        nothing = float(len(truth) == len(found))
        return TrackingFigures(nothing, nothing, nothing, nothing)
    _, ours, of_each = np.unique(identities, return_inverse=True, return_counts=True)
    _, theirs, of_track = np.unique(tracks, return_inverse=True, return_counts=True)
    both = np.intersect1d(truth.frames, found.frames)
    frames = list(zip(_rows(truth, both), _rows(found, both), strict=True))
    shared = [overlap(truth.boxes[one][:, None], found.boxes[other][None]) for one, other in frames]
    detection, association = _hota(frames, shared, ours, theirs, of_each, of_track)
    return TrackingFigures(
        idf1=_idf1(frames, shared, ours, theirs, of_each, of_track),
        hota=float(np.sqrt(detection * association).mean()),
        detection=float(detection.mean()),
        association=float(association.mean()),
    )


Frames = list[tuple[Ints, Ints]]


def _rows(detections: Detections, frames: Ints) -> list[Ints]:
    """The rows of the boxes in each of these frames."""
    starts = np.searchsorted(detections.frames, frames)
    ends = np.searchsorted(detections.frames, frames, side="right")
    return [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]


def _idf1(frames: Frames, shared: list[Doubles], ours: Ints, theirs: Ints, of_each: Ints, of_track: Ints) -> float:
    """Each animal is given at most one track, so that the most boxes agree."""
    together = np.zeros((len(of_each), len(of_track)))
    for (one, other), overlaps in zip(frames, shared, strict=True):
        rows, columns = np.nonzero(overlaps >= SAME)
        np.add.at(together, (ours[one[rows]], theirs[other[columns]]), 1)
    best = linear_sum_assignment(-together)
    return float(2 * together[best].sum() / (of_each.sum() + of_track.sum()))


def _hota(
    frames: Frames, shared: list[Doubles], ours: Ints, theirs: Ints, of_each: Ints, of_track: Ints
) -> tuple[Doubles, Doubles]:
    """Accuracy of detection and of association, at every alpha (19,)."""
    # Boxes are matched so that animals keep the track that goes with them in the whole film.
    likely = np.zeros((len(of_each), len(of_track)))
    for (one, other), overlaps in zip(frames, shared, strict=True):
        either = overlaps.sum(axis=0)[None] + overlaps.sum(axis=1)[:, None] - overlaps
        share = np.divide(overlaps, either, out=np.zeros_like(overlaps), where=either > 0)
        np.add.at(likely, (ours[one][:, None], theirs[other][None]), share)
    aligned = likely / (of_each[:, None] + of_track[None] - likely)
    matches = np.zeros((len(ALPHAS), *likely.shape))
    for (one, other), overlaps in zip(frames, shared, strict=True):
        rows, columns = linear_sum_assignment(-aligned[ours[one][:, None], theirs[other][None]] * overlaps)
        good: Bools = overlaps[rows, columns][None] >= ALPHAS[:, None] - 1e-9
        # An animal has one box in a frame, and so has a track.
        matches[:, ours[one[rows]], theirs[other[columns]]] += good
    right = matches.sum(axis=(1, 2))
    detection = right / (of_each.sum() + of_track.sum() - right)
    each = matches / (of_each[None, :, None] + of_track[None, None] - matches)
    association = (matches * each).sum(axis=(1, 2)) / np.maximum(right, 1)
    return detection, association
