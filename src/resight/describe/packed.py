"""Unit vectors in one byte a number, as the vectors of keypoints are kept and searched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from resight.types import Floats

UNIT = 320.0  # the numbers of a unit vector hardly ever leave -0.4..0.4, which so fills the byte
MIDDLE = 128  # the byte of 0


def packed(vectors: Floats) -> npt.NDArray[np.uint8]:
    """Vectors of length 1 in one byte a number; distances keep their order to within a hundredth.

    >>> packed(np.float32([[0, -0.1, 0.1]])).tolist()
    [[128, 96, 160]]
    """
    return np.asarray(np.clip(np.rint(vectors * UNIT) + MIDDLE, 0, 255), np.uint8)


def unpacked(vectors: npt.NDArray[np.uint8]) -> Floats:
    """The vectors that were packed, of length 1 again."""
    found = (vectors.astype(np.float32) - MIDDLE) / np.float32(UNIT)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9)), np.float32)
