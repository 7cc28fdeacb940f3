"""Smooth random fields: the raw stuff of skin, water and light."""

from __future__ import annotations

import cv2
import numpy as np

from resight.types import Floats


def smooth_noise(
    rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 1, stretch: float = 1.0
) -> Floats:
    """Value noise: random numbers on a grid, joined by cubic curves; (height, width), unit variance.

    `cell` is the grid's spacing in pixels, divided by two in every further octave, which also has half the
    strength. `stretch` makes the cells that many times wider than high.

    >>> smooth_noise(np.random.default_rng(1), 40, 60, cell=10).shape
    (40, 60)
    """
    field = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        rows = max(2, round(height / cell * 2**octave) + 1)
        columns = max(2, round(width / (cell * stretch) * 2**octave) + 1)
        grid = rng.standard_normal((rows, columns), dtype=np.float32)
        grown = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        cv2.scaleAdd(grown, 0.5**octave, field, field)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)
