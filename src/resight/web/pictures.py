"""Pictures for the screen: a photo, or the animal cut out of it, made once in each size and kept on disk."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from resight.catalogue.lookup import Catalogued
from resight.media.photo import read_smaller
from resight.types import Box, Pixels

SIZES = (240, 720, 1600, 3200)  # the longer side, pixels
MARGIN = 0.06  # of the box, shown round the animal
QUALITY = 85
AT_ONCE = 2  # photos decoded at the same time: each may take hundreds of megabytes
FOLDER = "pictures"
MOST_KEPT = 10 << 30  # bytes of pictures: some 100,000 of the size of a screen


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a catalogue, in a folder of it; deleting that loses nothing."""

    folder: Path
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def animal(self, annotation: Catalogued, size: int) -> Path:
        """A JPEG of what `shown_box` holds; PhotoError where the photo cannot be read."""
        return self._cut(annotation, shown_box(annotation), size)

    def photo(self, annotation: Catalogued, size: int) -> Path:
        """A JPEG of the whole photo of an annotation; PhotoError where it cannot be read."""
        return self._cut(annotation, None, size)

    def kept(self, annotation: Catalogued, name: str, size: int, make: Callable[[int], bytes]) -> Path:
        """The JPEG of this name in the next larger of the sizes; `make` is asked for it once."""
        size = next((step for step in SIZES if step >= size), SIZES[-1])
        path = self.folder / annotation.sha256[:2] / f"{annotation.sha256}-{annotation.frame}-{name}-{size}.jpg"
        if path.exists():
            return path
        with self.turn:
            if path.exists():
                return path
            file = make(size)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{threading.get_ident()}")
        unfinished.write_bytes(file)
        unfinished.replace(path)
        return path

    def _cut(self, annotation: Catalogued, box: Box | None, size: int) -> Path:
        def make(size: int) -> bytes:
            cut = box or Box(0, 0, annotation.width, annotation.height)
            pixels = read_smaller(annotation.path, max(1.0, max(cut.w, cut.h) / size))
            share = pixels.shape[1] / annotation.width
            shown = Box(cut.x * share, cut.y * share, cut.w * share, cut.h * share)
            return screen_jpeg(pixels[within(shown)], size, QUALITY)

        name = "whole" if box is None else f"{box.x:.0f}-{box.y:.0f}-{box.w:.0f}-{box.h:.0f}"
        return self.kept(annotation, name, size, make)


def screen_jpeg(pixels: Pixels, size: int, quality: int) -> bytes:
    """A JPEG, its longer side at most `size` pixels, made in a tenth of the time of one that is as small as can be."""
    height, width = pixels.shape[:2]
    share = min(1.0, size / max(height, width))
    if share < 1:
        # Between a half and the whole nothing is passed over, and the mean over areas takes ten times as long.
        how = cv2.INTER_AREA if share <= 0.5 else cv2.INTER_LINEAR
        small = cv2.resize(pixels, (max(1, round(width * share)), max(1, round(height * share))), interpolation=how)
        pixels = np.asarray(small, np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=quality)
    return file.getvalue()


def trim(folder: Path, most: int = MOST_KEPT) -> None:
    """Delete the pictures that nobody has looked at for longest, until those that are left take `most` bytes at most.

    They are made again when they are wanted.
    """
    seen: list[tuple[float, int, Path]] = []
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):
            about = path.stat()
            seen.append((max(about.st_atime, about.st_mtime), about.st_size, path))
    left = sum(size for _, size, _ in seen)
    for _, size, path in sorted(seen):
        if left <= most:
            return
        path.unlink(missing_ok=True)
        left -= size


def within(box: Box) -> tuple[slice, slice]:
    """The rows and columns of a box in whole pixels, one of each at least."""
    x, y = int(box.x), int(box.y)
    return slice(y, y + max(1, round(box.h))), slice(x, x + max(1, round(box.w)))


def shown_box(annotation: Catalogued) -> Box:
    """The annotation's box with a margin, in whole pixels of the upright photo and inside it."""
    width, height = annotation.width, annotation.height
    box = annotation.box
    if box is None:
        return Box(0, 0, width, height)
    side = MARGIN * max(box.w, box.h)
    x, y = max(0, int(box.x - side)), max(0, int(box.y - side))
    right, bottom = min(width, int(np.ceil(box.x + box.w + side))), min(height, int(np.ceil(box.y + box.h + side)))
    return Box(min(x, width - 1), min(y, height - 1), max(1, right - x), max(1, bottom - y))
