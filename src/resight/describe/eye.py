"""The eye of a head seen from the side: a round dark pupil, a brighter ring about it, and a darker rim about that.

The eye is where polar coordinates of spots have their origin. Of a salmon's head nothing else is as round, as constant
and as easy to find; a spot of the skin may be as dark and as round, but has no ring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from resight.describe.outline import Outlines, size_of
from resight.detect.seam import Detector
from resight.types import Chip, Doubles, Floats, Mask

SMALLEST, LARGEST = 0.018, 0.09  # of the animal's size: the radius of a pupil
ROUND, LONG = 1.4, 1.8  # at most: Heywood circularity, and length over width where the head is turned away
RING, RIM = (1.15, 1.9), (1.75, 2.7)  # in radii of the pupil, where the iris and the edge of the socket are looked for
BALL = 2.1  # the eye's radius in radii of its pupil
SPOKES = 32
LEAST = 0.016  # of `ringed`; spots of the skin hardly ever reach it


@dataclass(frozen=True, slots=True)
class Eye:
    """An eye in pixels of its chip: the middle (2,), the radius, and the head line.

    `angle` is the direction in degrees from the snout to the back of the head, along the longer axis of the mask: 0
    points right, 90 down.
    """

    place: Doubles
    radius: float
    angle: float


EyeFinder = Callable[[Chip, Outlines], Eye | None]


def ringed_eye(chip: Chip, dark: Outlines) -> Eye | None:
    """The dark round place of a chip that has the clearest ring; None where none has one.

    `dark` are the dark places of the chip, pixels.
    """
    mask = whole(chip)
    radii = dark.radii / size_of(mask)
    possible = (radii > SMALLEST) & (radii < LARGEST) & (dark.circularities < ROUND) & (dark.elongations < LONG)
    pupils = dark.take(possible)
    if not len(pupils):
        return None
    grey = cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rings = np.array([ringed(grey, place, radius) for place, radius in zip(pupils.places, pupils.radii, strict=True)])
    best = int(rings.argmax())
    if rings[best] < LEAST:
        return None
    place = pupils.places[best]
    return Eye(place, BALL * float(pupils.radii[best]), head_line(mask, place))


def boxed_eye(detector: Detector) -> EyeFinder:
    """Eyes by a detector that puts boxes round them in a picture of a head; its surest box counts."""

    def find(chip: Chip, dark: Outlines) -> Eye | None:
        del dark
        found = detector.detect([chip.pixels])[0]
        if not len(found):
            return None
        x, y, w, h = (float(number) for number in found.boxes[0])
        place = np.array([x + w / 2 - 0.5, y + h / 2 - 0.5])
        return Eye(place, (w + h) / 4, head_line(whole(chip), place))

    return find


def ringed(grey: Floats, place: Doubles, radius: float) -> float:
    """How clear the ring and its rim are, 0 or less for none; they must go three quarters of the way round."""
    reach = RIM[1] * radius
    steps = 40
    spokes = cv2.warpPolar(grey, (steps, SPOKES), (float(place[0]), float(place[1])), reach, cv2.INTER_LINEAR)
    at = (np.arange(steps) + 0.5) / steps * RIM[1]
    pupil = float(spokes[:, at < 0.8].mean())
    ring = spokes[:, (at > RING[0]) & (at < RING[1])].max(axis=1)
    rim = spokes[:, (at > RIM[0]) & (at < RIM[1])].min(axis=1)
    bright = np.percentile((ring - pupil) / (ring + pupil + 1), 25)
    edged = np.percentile((ring - rim) / (ring + rim + 1), 25)
    return float(bright * edged)


def head_line(mask: Mask, eye: Doubles) -> float:
    """The direction from the snout backwards, in degrees: the mask's longer axis, most of which lies past the eye."""
    moments = cv2.moments(np.where(mask > 127, 255, 0).astype(np.uint8), binaryImage=True)
    area = moments["m00"]
    middle = np.array([moments["m10"], moments["m01"]]) / area
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / area
    axis = np.linalg.eigh(spread)[1][:, 1]
    axis = axis if axis @ (middle - eye) >= 0 else -axis
    return float(np.rad2deg(np.arctan2(axis[1], axis[0])))


def whole(chip: Chip) -> Mask:
    """The mask of a chip, or all of it where nothing is known."""
    return np.full(chip.pixels.shape[:2], 255, np.uint8) if chip.mask is None else chip.mask
