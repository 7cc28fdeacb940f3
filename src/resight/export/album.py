"""Chips in a page: each is written once, as a JPEG inside the page, and shown again by reference."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from resight.export.pictures import data_uri, jpeg
from resight.types import Pixels


@dataclass(frozen=True, slots=True)
class Grade:
    """How finely a chip is kept: its longer side in pixels at most, and the JPEG quality."""

    longest: int
    quality: int


# Chosen so that a query with five candidates, on grass and bark which compress worst, stays under 150 kB.
QUERY = Grade(460, 70)
COMPARED = Grade(400, 64)
THUMBNAIL = Grade(180, 64)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chip in the page: the id of its image, and SVG that shows it in the coordinates of its own pixels."""

    id: str
    svg: str


class Album:
    """The chips written so far, by their content: catalogue photos come back for query after query.

    Only 16 bytes of each chip are remembered.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[bytes, Grade], str] = {}

    def show(self, chip: Pixels, grade: Grade) -> Shown:
        """The chip's image the first time, a reference to it after that."""
        height, width = chip.shape[:2]
        digest = hashlib.blake2b(chip.tobytes(), digest_size=16, key=f"{width}x{height}".encode()).digest()
        known = self._ids.get((digest, grade))
        if known is not None:
            return Shown(known, f'<use href="#{known}"/>')
        name = f"p{len(self._ids) + 1}"
        self._ids[digest, grade] = name
        address = data_uri(jpeg(chip, grade.longest, grade.quality))
        size = f'width="{width}" height="{height}" preserveAspectRatio="none" decoding="async"'
        return Shown(name, f'<image id="{name}" {size} href="{address}"/>')
