"""A chip on a canvas of fixed size, as networks take it: padded, never squeezed."""

from __future__ import annotations

import cv2
import numpy as np

from resight.types import Chip, Floats, Pixels

# ImageNet's mean and standard deviation, in shares of white, and its mean as a grey level.
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)
GREY = 124


def padded(chip: Chip, height: int, width: int) -> Pixels:
    """The chip in the middle of a canvas (height, width, 3), as large as fits; what is not the animal is grey."""
    pixels = chip.pixels
    if chip.mask is not None:
        pixels = np.where(chip.mask[..., None] > 127, pixels, GREY).astype(np.uint8)
    factor = min(width / pixels.shape[1], height / pixels.shape[0])
    w, h = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    canvas = np.full((height, width, 3), GREY, np.uint8)
    top, left = (height - h) // 2, (width - w) // 2
    canvas[top : top + h, left : left + w] = cv2.resize(
        pixels, (w, h), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    )
    return canvas


def normalised(pictures: Pixels) -> Floats:
    """Pictures (n, h, w, 3) as networks trained on ImageNet expect them: (n, 3, h, w)."""
    # Bytes are put into another order four times as fast as what they become.
    planes = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    return np.asarray(planes * (1 / (255 * DEVIATION))[:, None, None] - (MEAN / DEVIATION)[:, None, None], np.float32)
