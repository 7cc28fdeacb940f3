"""Pictures for the screen: a photo, or the animal cut out of it, made once in each size and kept on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from resight.catalogue.lookup import Catalogued
from resight.export.pictures import jpeg
from resight.media.photo import read_photo
from resight.types import Box

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
            pixels = read_photo(annotation.path).pixels
            return jpeg(np.ascontiguousarray(pixels if box is None else pixels[within(box)]), size, QUALITY)

        name = "whole" if box is None else f"{box.x:.0f}-{box.y:.0f}-{box.w:.0f}-{box.h:.0f}"
        return self.kept(annotation, name, size, make)


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
