"""Keypoints of two photos that show one spot, where the place on the skin is known for every pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from resight.types import Bools, Doubles, Floats, Ints

NEAR, ALIKE, TURNED = 0.6, 1.6, 35.0  # in diameters, as a ratio of diameters, in degrees: at most, to be one spot
WAY = 8.0  # pixels; so far from a keypoint its direction is looked up in the other photo
APART = 1.0  # diameters between two spots of one pair of photos, or else one is twice as large


@dataclass(frozen=True, slots=True)
class SeenSpots:
    """Keypoints of a photo: `places` (n, 6) as `RootSift.places`, `histograms` (n, windows, 128), and `skin` (h, w, 2).

    `places` are in pixels of the photo; `skin` is the place on the animal that each pixel shows, NaN where none.
    """

    places: Doubles
    histograms: npt.NDArray[np.uint8]
    skin: Floats


def spot_pairs(first: SeenSpots, second: SeenSpots, rng: np.random.Generator, most: int) -> Ints:
    """Rows (m, 2) of both that show one spot at one size and in one direction; at most so many, none near another."""
    rows, columns = np.nonzero(~np.isnan(second.skin[..., 0]))
    if not len(first.places) or not len(second.places) or len(rows) < len(first.places):
        return np.zeros((0, 2), np.int64)
    tree = cKDTree(second.skin[rows, columns])
    step = float(np.median(np.asarray(tree.query(second.skin[rows, columns], k=2)[0])[:, 1]))
    shown = np.column_stack([columns, rows]).astype(np.float64)

    def carried(points: Doubles) -> tuple[Doubles, Bools]:
        """Where points (n, 2) of the first photo lie in the second, and whether they are to be seen there."""
        x, y = np.asarray(points, np.float32).T
        skin = cv2.remap(first.skin, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(np.nan,) * 2)
        skin = np.asarray(skin).reshape(-1, 2)
        known = np.asarray(np.isfinite(skin).all(axis=1))
        far, nearest = map(np.asarray, tree.query(np.where(known[:, None], skin, 0.0)))
        return shown[nearest], np.asarray(known & (far < 2 * step))

    at, diameter, angle = first.places[:, :2], first.places[:, 2], np.radians(first.places[:, 3])
    ahead = WAY * np.column_stack([np.cos(angle), np.sin(angle)])
    there, seen = carried(at)
    (before, seen_before), (behind, seen_behind) = carried(at + ahead), carried(at - ahead)
    way = (before - behind) / (2 * WAY)
    scale = np.hypot(*way.T)
    turn = np.degrees(np.arctan2(way[:, 1], way[:, 0]))
    known = np.flatnonzero(seen & seen_before & seen_behind & (scale > 1 / WAY))
    others = cKDTree(second.places[:, :2])
    found: list[tuple[int, int]] = []
    for row in rng.permutation(known).tolist():
        expected = diameter[row] * scale[row]
        near = np.array(others.query_ball_point(there[row], NEAR * expected), np.int64)
        off = _difference(second.places[near], there[row], float(expected), float(turn[row]))
        if len(near) and off.min() < np.inf and _apart(row, [one for one, _ in found], first.places):
            found.append((row, int(near[off.argmin()])))
            if len(found) == most:
                break
    return np.array(found, np.int64).reshape(-1, 2)


def _difference(places: Doubles, there: Doubles, diameter: float, turn: float) -> Doubles:
    """How far keypoints (n, 6) are from one expected there, at that size and in that direction; infinite: too far."""
    far = np.hypot(*(places[:, :2] - there).T) / diameter
    larger = np.abs(np.log2(places[:, 2] / diameter))
    turned = np.abs((places[:, 3] - turn + 180) % 360 - 180)
    return np.where((larger < np.log2(ALIKE)) & (turned < TURNED), far + larger + turned / TURNED, np.inf)


def _apart(row: int, others: list[int], places: Doubles) -> bool:
    """Whether a keypoint shows another piece of skin than these do, or the same one at another size."""
    far = np.hypot(*(places[others, :2] - places[row, :2]).T)
    larger = np.maximum(places[others, 2], places[row, 2])
    ratio = np.abs(np.log2(places[others, 2] / places[row, 2]))
    return bool(((far > APART * larger) | (ratio > 1)).all())
