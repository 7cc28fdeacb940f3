"""The colour of each spot and of what lies round it: SIFT sees only in grey, and a koi's pattern is its colours.

Means of the two colour axes of CIELAB over squares round the keypoint; lightness is left out, for it is the sun's. The
numbers are appended to a keypoint's vector, so that the one search weighs shape and colour together.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from resight.types import Doubles, Pixels

NEUTRAL = 128
SQUARES = (1.0, 3.0)  # their width, in diameters of the keypoint
WEIGHT = 2.0
REPEATS = 4  # each number so many times: finer steps than a fourfold number clipped to a byte would have
COLOURS = 2 * len(SQUARES) * REPEATS


def spot_colours(pixels: Pixels, places: Doubles, diameters: Doubles) -> npt.NDArray[np.uint8]:
    """The colours (n, COLOURS) round keypoints at `places` (n, 2), both in pixels of the chip; 128 is grey.

    >>> grey = np.full((20, 20, 3), 90, np.uint8)
    >>> set(spot_colours(grey, np.array([[9.0, 9.0]]), np.array([4.0])).ravel().tolist())
    {128}
    """
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[..., 1:]
    total = cv2.integral(np.ascontiguousarray(lab))
    limits = np.array([pixels.shape[1], pixels.shape[0]])
    means = []
    for width in SQUARES:
        half = np.maximum(1, diameters * width / 2)[:, None]
        low = np.clip(np.rint(places - half).astype(int), 0, limits - 1)
        high = np.clip(np.rint(places + half).astype(int) + 1, low + 1, limits)
        (left, top), (right, bottom) = low.T, high.T
        within = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
        means.append(within / (high - low).prod(axis=1)[:, None] - NEUTRAL)
    numbers = np.repeat(np.concatenate(means, axis=1), REPEATS, axis=1)
    return np.clip(np.rint(NEUTRAL + WEIGHT * numbers), 0, 255).astype(np.uint8)
