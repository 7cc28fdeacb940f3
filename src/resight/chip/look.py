"""How a chip looks to a network: in colour, in grey, or in black and white as the whale networks were shown flukes."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import cv2
import numpy as np

from resight.types import Chip


class Look(StrEnum):
    """What is left of the colours. Names from a recipe, and from a model's metadata."""

    COLOUR = "colour"
    GREY = "grey"
    BINARISED = "binarised"


def seen(chip: Chip, look: Look) -> Chip:
    """The chip as it looks; its pixels keep three channels.

    Binarised, it is white where it is lighter than the threshold that parts the grey levels of the animal best (Otsu
    1979): light or wet, a fluke's pattern is then the same, and what is neither black nor white is lost.

    >>> chip = Chip(np.array([[[10, 10, 10], [30, 30, 30], [200, 200, 200]]], np.uint8), np.eye(2, 3))
    >>> seen(chip, Look.BINARISED).pixels[0, :, 0].tolist()
    [0, 0, 255]
    """
    if look is Look.COLOUR:
        return chip
    grey = cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY)
    if look is Look.BINARISED:
        inside = grey if chip.mask is None or not (chip.mask > 127).any() else grey[chip.mask > 127]
        threshold, _ = cv2.threshold(inside.reshape(1, -1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        grey = np.where(grey > threshold, 255, 0).astype(np.uint8)
    return replace(chip, pixels=np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2))
