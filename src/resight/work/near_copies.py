"""Near-copies: which photos look like another one saved again, smaller or stronger compressed.

Hashes find a few candidates among all photos; only these are read, and looked at twice. `same_picture` tells other
pictures of one composition apart. What it cannot tell apart are frames of a camera that stands still: between
these, something has moved somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import select

from resight.catalogue.chunks import chunks
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Photo
from resight.errors import PhotoError
from resight.media.copies import NearCopies, same_picture
from resight.media.photo import read_photo
from resight.types import Floats, Pixels

# Of the nearest hashes, so many are looked at: from a camera that stands still, thousands may be near.
CLOSEST = 3
# From this difference on, as a part of the detail there, something has moved.
MOVED = 0.5

_LONGEST = 512
_WINDOWS = 16
_NOISE = 6.0


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A photo that looks like another one saved again, and that other, which the catalogue had before it."""

    path: Path
    of: Path


@dataclass(frozen=True, slots=True)
class Look:
    """What a photo looks like, small, and when it was taken, where the file itself says so."""

    pixels: Pixels
    taken_at: datetime | None


class NearCopySearch:
    """The hashes of a catalogue's photos, read once; those of each shard are added as it is asked about.

    Some 50 bytes a photo: an id and a hash, no paths and no pixels.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._hashes = NearCopies[int]()
        self._newest = 0
        self._asked: set[int] = set()
        # Frames of a camera that stands still are all compared with the same few earlier ones.
        self._look = lru_cache(maxsize=64)(look)
        with catalogue.reading() as session:
            for photo, value in session.execute(select(Photo.id, Photo.perceptual_hash).order_by(Photo.id)):
                if value is not None:
                    self._hashes.add(value, photo)
                    self._newest = photo

    def among(self, annotations: Iterable[int]) -> list[NearCopy]:
        """The near-copies among the photos of these annotations, each with the earlier photo that it copies.

        A photo is asked about once, however many annotations it has. A file that can no longer be read is no
        candidate: what cannot be looked at is not called a copy.
        """
        asked = self._not_asked_yet(annotations)
        earlier = {photo: self._nearest_before(photo, value) for photo, (_, value) in asked.items()}
        paths = self._paths(other for found in earlier.values() for other in found)
        copies: list[NearCopy] = []
        for photo, (path, _) in asked.items():
            of = next((paths[other] for other in earlier[photo] if self._is_copy(path, paths[other])), None)
            if of is not None:
                copies.append(NearCopy(path, of))
        return copies

    def _not_asked_yet(self, annotations: Iterable[int]) -> dict[int, tuple[Path, int]]:
        """Path and hash of the photos, by id, in the order in which they were added."""
        query = select(Photo.id, Photo.path, Photo.perceptual_hash).join(Annotation, Annotation.photo_id == Photo.id)
        with self._catalogue.reading() as session:
            found = {
                photo: (self._catalogue.folder / path, value)
                for some in chunks(annotations)
                for photo, path, value in session.execute(query.where(Annotation.id.in_(some)))
                if value is not None and photo not in self._asked
            }
        self._asked |= found.keys()
        return dict(sorted(found.items()))

    def _nearest_before(self, photo: int, value: int) -> list[int]:
        """The photos added before this one whose hashes are nearest to its own; it is remembered for those after."""
        found = [near.key for near in self._hashes.find(value) if near.key < photo][:CLOSEST]
        if photo > self._newest:
            self._hashes.add(value, photo)
            self._newest = photo
        return found

    def _paths(self, photos: Iterable[int]) -> dict[int, Path]:
        query = select(Photo.id, Photo.path)
        with self._catalogue.reading() as session:
            return {
                photo: self._catalogue.folder / path
                for some in chunks(set(photos))
                for photo, path in session.execute(query.where(Photo.id.in_(some)))
            }

    def _is_copy(self, first: Path, second: Path) -> bool:
        try:
            return saved_again(self._look(first), self._look(second))
        except PhotoError:
            return False


def look(path: Path) -> Look:
    """Read a photo and make it small; PhotoError where it cannot be read."""
    photo = read_photo(path)
    by = min(_LONGEST / max(photo.width, photo.height), 1)
    size = max(round(photo.width * by), 1), max(round(photo.height * by), 1)
    small = np.asarray(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    # A program that saves a photo again may leave out the zone or the fraction of the second.
    return Look(small, None if photo.taken_at is None else photo.taken_at.replace(microsecond=0, tzinfo=None))


def saved_again(first: Look, second: Look) -> bool:
    """Whether two photos are one shot: the same picture, in which nothing has moved, and not of two moments."""
    if first.taken_at is not None and second.taken_at is not None and first.taken_at != second.taken_at:
        return False
    return same_picture(first.pixels, second.pixels) and not moved(first.pixels, second.pixels)


def moved(first: Pixels, second: Pixels) -> bool:
    """Whether something has moved between two frames of one view, or there is too little detail to tell.

    In every window, a sixteenth of the picture wide, the root mean square of the difference is divided by the
    detail of both and the noise of compression. Copies differ by less than half of that in every window.
    """
    a, b = _greys(first, second)
    spread = float(b.std())
    if spread == 0 or a.std() == 0:
        return True
    # A copy may be a little brighter, or have more contrast.
    b = (b - b.mean()) * (float(a.std()) / spread) + a.mean()
    window = max(3, round(max(a.shape) / _WINDOWS) | 1)
    detail = _variance(a, window) + _variance(b, window) + 2 * _NOISE**2
    return bool((_mean((a - b) ** 2, window) > MOVED**2 * detail).any())


def _greys(first: Pixels, second: Pixels) -> tuple[Floats, Floats]:
    """Both in grey at half the size of the smaller, where the traces of scaling and compressing have averaged out."""
    height, width = np.minimum(first.shape[:2], second.shape[:2])
    size = max(int(width) // 2, 8), max(int(height) // 2, 8)
    grey = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (first, second)]
    a, b = (cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.float32) for one in grey)
    return a, b


def _mean(values: Floats, window: int) -> Floats:
    return np.asarray(cv2.blur(values, (window, window)), dtype=np.float32)


def _variance(values: Floats, window: int) -> Floats:
    mean = _mean(values, window)
    return np.maximum(_mean(values * values, window) - mean * mean, 0)
