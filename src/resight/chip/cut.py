"""Cut one animal out of its photo, at the working size."""

from __future__ import annotations

import cv2
import numpy as np

from resight.errors import PhotoError
from resight.types import Box, Chip, Doubles, Mask, Photo, Side

ENLARGED = 2.0  # at most: what is added beyond is no detail, and its blobs crowd out the keypoints of the animal


def cut(photo: Photo, box: Box | None, size: int, mask: Mask | None = None, side: Side = Side.UNKNOWN) -> Chip:
    """The chip of a box (None: the whole photo), its longer side `size` pixels, or twice as many as the box has.

    `mask` (H, W) is of the whole photo. Raises PhotoError where the box lies outside the photo.
    """
    whole = Box(0, 0, photo.width, photo.height)
    try:
        inside = box.clipped(photo.width, photo.height) if box else whole
    except ValueError as error:
        raise PhotoError(
            f"{photo.path}: the box {box} lies outside the photo, which is {photo.width} x {photo.height} pixels"
        ) from error
    x0, y0 = int(inside.x), int(inside.y)
    x1 = max(x0 + 1, min(photo.width, round(inside.x + inside.w)))
    y1 = max(y0 + 1, min(photo.height, round(inside.y + inside.h)))
    pixels = photo.pixels[y0:y1, x0:x1]
    factor = min(size / max(x1 - x0, y1 - y0), ENLARGED)
    width, height = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    # Area averaging when shrinking keeps fine stripes from turning into false ones.
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    small = cv2.resize(pixels, (width, height), interpolation=interpolation)
    small_mask: Mask | None = None
    if mask is not None:
        soft = cv2.resize(mask[y0:y1, x0:x1], (width, height), interpolation=cv2.INTER_AREA)
        small_mask = np.where(soft > 127, 255, 0).astype(np.uint8)
    return Chip(
        pixels=np.asarray(small, dtype=np.uint8),
        to_photo=_to_photo(x0, y0, (x1 - x0) / width, (y1 - y0) / height),
        mask=small_mask,
        side=side,
    )


def tighten(box: Box | None, mask: Mask, margin: float = 0.04, least: float = 0.02) -> Box | None:
    """The box drawn in to the animal that the mask shows, with a margin; unchanged where the mask is empty.

    Positions on the chip then mean places on the animal, whatever the photographer framed. `least` is the share
    of the box that the animal must fill for its mask to be believed.
    """
    height, width = mask.shape
    inside = (box or Box(0, 0, width, height)).clipped(width, height)
    x0, y0 = int(inside.x), int(inside.y)
    part = mask[y0 : max(y0 + 1, int(inside.y + inside.h)), x0 : max(x0 + 1, int(inside.x + inside.w))] > 127
    if part.mean() < least:
        return box
    xs, ys = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    w, h = float(xs[-1] - xs[0] + 1), float(ys[-1] - ys[0] + 1)
    grown = Box(
        x0 + float(xs[0]) - margin * w,
        y0 + float(ys[0]) - margin * h,
        w * (1 + 2 * margin),
        h * (1 + 2 * margin),
    )
    return grown.clipped(width, height)


def _to_photo(x: int, y: int, across: float, down: float) -> Doubles:
    return np.array([[across, 0.0, x], [0.0, down, y]])
