"""Masks for the screen: what of a picture the program looked at, made once in each size and kept by the pictures."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from resight.catalogue.lookup import Catalogued
from resight.chip.cut import tighten
from resight.chip.mask import OnnxForeground, shipped, u2netp
from resight.chip.prepare import MaskKind
from resight.errors import PhotoError
from resight.media.mask import read_mask
from resight.media.photo import read_photo
from resight.types import Mask
from resight.web.pictures import Pictures, screen_jpeg, shown_box, within

QUALITY = 95
NETWORKS = (MaskKind.FOREGROUND, MaskKind.U2NETP)


def has_mask(annotation: Catalogued) -> bool:
    """Whether the annotation was described with a mask: one that shows next to nothing had been left aside."""
    if annotation.mask_kind is None:
        return annotation.mask_path is not None
    return annotation.mask_kind != MaskKind.NONE


def mask(pictures: Pictures, annotation: Catalogued, size: int) -> Path:
    """A JPEG, as large as the picture: white on what was described, black on the rest.

    Raises PhotoError where there is no mask, or where it cannot be read or made any more.
    """
    if not has_mask(annotation):
        raise PhotoError(f"annotation {annotation.id} has no mask")

    def make(size: int) -> bytes:
        shown = _seen(annotation)[within(shown_box(annotation))]
        return screen_jpeg(np.repeat(shown[..., None], 3, axis=2), size, QUALITY)

    return pictures.kept(annotation, f"mask-{_known_by(annotation)}", size, make)


def _known_by(annotation: Catalogued) -> str:
    """What tells this mask from others of the photo: its box, and where it is a file, that file as it is now."""
    said = [str(annotation.box)]
    if annotation.mask_path is not None:
        try:
            file = annotation.mask_path.stat()
        # A name that cannot be one raises ValueError.
        except (OSError, ValueError) as error:
            raise PhotoError(f"{annotation.mask_path.name}: the mask is not where it was") from error
        said += [str(annotation.mask_path), str(file.st_mtime_ns), str(file.st_size)]
    return hashlib.sha256("\0".join(said).encode(errors="surrogateescape")).hexdigest()[:16]


def _seen(annotation: Catalogued) -> Mask:
    """What was described, in the whole photo: the mask, as far as the box drawn in to the animal reaches."""
    found = _found(annotation)
    box = tighten(annotation.box, found)
    if box is None:
        return found
    x0, y0 = int(box.x), int(box.y)
    x1, y1 = max(x0 + 1, round(box.x + box.w)), max(y0 + 1, round(box.y + box.h))
    seen = np.zeros_like(found)
    seen[y0:y1, x0:x1] = found[y0:y1, x0:x1]
    return seen


def _found(annotation: Catalogued) -> Mask:
    """The mask of the whole photo, from where it came from when the photo was described."""
    if annotation.mask_path is not None:
        return read_mask(annotation.mask_path, annotation.width, annotation.height)
    photo = read_photo(annotation.path)
    if annotation.mask_kind in NETWORKS:
        return _network(MaskKind(annotation.mask_kind))(photo.pixels)
    if photo.alpha is None:
        raise PhotoError(f"{annotation.path.name}: nothing in the photo is transparent any more")
    return photo.alpha


@cache
def _network(kind: MaskKind) -> OnnxForeground:
    # Whoever only looks does not make the server fetch anything.
    return u2netp(offline=True) if kind is MaskKind.U2NETP else shipped()
