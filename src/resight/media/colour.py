"""Any kind of decoded picture -> 8 bit RGB, and what its transparency hides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION, TiffImageFile

from resight.types import Mask, Pixels

NEUTRAL = (128, 128, 128)
_WHITE_IS_ZERO = 0


def rgb_and_alpha(image: Image.Image) -> tuple[Pixels, Mask | None]:
    """Pixels (H, W, 3), and alpha (H, W) where it hides something; ValueError where there are none.

    What lies under transparent pixels is arbitrary (a program's leftovers, often the whole background), so
    the picture is laid on neutral grey by its alpha. The arrays are read-only.
    """
    if image.mode == "F":
        raise ValueError("it holds floating-point numbers, whose black and white are not known")
    if image.mode == "I" or image.mode.startswith("I;16"):
        image = _eight_bit(image)
    if not image.has_transparency_data:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB")), None
    rgba = image.convert("RGBA")
    alpha = rgba.getchannel("A")
    shown = np.asarray(alpha)
    rgb = rgba.convert("RGB")
    if shown.min() == 255:
        return np.asarray(rgb), None
    if shown.max() == 0:
        raise ValueError("every pixel is transparent")
    canvas = Image.new("RGB", image.size, NEUTRAL)
    canvas.paste(rgb, mask=alpha)
    return np.asarray(canvas), shown


def _eight_bit(image: Image.Image) -> Image.Image:
    """A grey picture of 12 or 16 bit as 8 bit, scaled from its full range; Pillow alone would clip it."""
    values = np.asarray(image)
    full = 65535
    if isinstance(image, TiffImageFile) and max(image.tag_v2.get(BITSPERSAMPLE, (16,))) == 12:
        full = 4095
    if values.min() < 0 or values.max() > full:
        raise ValueError(f"grey values from {values.min()} to {values.max()} do not fit into 16 bits")
    grey = _scaled(values, full)
    if isinstance(image, TiffImageFile) and image.tag_v2.get(PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:
        grey = 255 - grey
    picture = Image.fromarray(grey)
    hidden = image.info.get("transparency")
    if isinstance(hidden, int):
        picture.putalpha(Image.fromarray(np.where(values == hidden, 0, 255).astype(np.uint8)))
    return picture


def _scaled(values: npt.NDArray[np.integer], full: int) -> npt.NDArray[np.uint8]:
    return ((values.astype(np.uint32) * 255 + full // 2) // full).astype(np.uint8)
