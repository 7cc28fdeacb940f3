"""The fins that stand out from a fish: flat, in the plane of its back, dark and a little transparent."""

from __future__ import annotations

import cv2
import numpy as np

from resight.simulate.shape import Solid
from resight.simulate.view import Pose
from resight.simulate.water import Water, clearness
from resight.types import Doubles, Floats

# Outlines in head lengths on the mean fish: x, y.
_FINS = (
    np.array([(1.95, -0.43), (2.10, -0.80), (2.20, -0.83), (2.40, -0.70), (2.62, -0.54), (2.60, -0.44)]),  # back
    np.array([(3.42, -0.28), (3.56, -0.42), (3.66, -0.40), (3.62, -0.25)]),  # fat fin
    np.array([(2.45, 0.41), (2.62, 0.62), (2.80, 0.60), (2.74, 0.40)]),  # belly
    np.array([(3.10, 0.35), (3.28, 0.58), (3.46, 0.54), (3.52, 0.25)]),  # behind the vent
    np.array([(4.25, -0.16), (4.55, -0.30), (4.92, -0.56), (4.80, -0.02), (4.92, 0.54), (4.55, 0.28), (4.25, 0.15)]),
)
_TINT = np.array([0.045, 0.065, 0.06], np.float32)[:, None, None]
_OPAQUE = 0.85


def add_fins(picture: Floats, veil: Floats, pose: Pose, solid: Solid, water: Water, metres: float) -> Floats:
    """Draw them into a picture (3, height, width); gives how much of each pixel they cover (height, width)."""
    height, width = picture.shape[1:]
    cover = np.zeros((height, width), np.uint8)
    outlines = [_seen(fin, pose, solid) for fin in _FINS]
    framed = [fin for fin in outlines if (fin.max(axis=0) > 0).all() and (fin.min(axis=0) < (width, height)).all()]
    for fin in framed:
        cv2.fillPoly(cover, [np.round(fin * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    left, top, across, down = cv2.boundingRect(cover)
    share = cover.astype(np.float32) * (_OPAQUE / 255)
    if across:
        window = np.s_[top : top + down, left : left + across]
        clear = clearness(water, metres)
        light = _TINT * (water.skylight + 0.3 * water.sunlight) * clear + veil[:, *window] * (1 - clear)
        picture[:, *window] += share[window] * (light - picture[:, *window])
    return share


def _seen(outline: Doubles, pose: Pose, solid: Solid) -> Doubles:
    """The outline's pixels, without its corners."""
    points = outline
    for _ in range(2):
        ahead = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * ahead, 0.25 * points + 0.75 * ahead], 1).reshape(-1, 2)
    x, y = points.T
    return pose.project(np.stack([x, y, solid.sideways(x)], axis=1))
