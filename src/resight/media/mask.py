"""A mask's file -> where the animal is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from resight.errors import PhotoError
from resight.media.file_names import shown
from resight.media.photo import MAX_PIXELS, read_photo
from resight.types import Mask


def read_mask(path: Path, width: int, height: int, max_pixels: int = MAX_PIXELS) -> Mask:
    """Decode the mask of a photo of this size when upright: (height, width), 255 on the animal, else 0.

    Any kind of image will do. What is at least half as bright as its brightest pixel is the animal, so that
    masks of 0 and 1 are read as well as those of 0 and 255.

    Raises:
        PhotoError: where it cannot be read, has another size than the photo, or shows nothing.
    """
    brightness = read_photo(path, max_pixels).pixels.max(axis=2)
    if brightness.shape != (height, width):
        found = f"{brightness.shape[1]} x {brightness.shape[0]}"
        raise PhotoError(
            f"{shown(path)}: the mask is {found} pixels, but its photo is {width} x {height}: "
            "draw it on the whole photo, as it is seen upright"
        )
    brightest = int(brightness.max())
    if brightest == 0:
        raise PhotoError(f"{shown(path)}: the mask is black all over: paint the animal white")
    return np.where(brightness.astype(np.uint16) * 2 >= brightest, 255, 0).astype(np.uint8)
