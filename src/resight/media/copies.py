"""Near-copies: the same picture saved again, smaller or stronger compressed, and so with another sha256.

In two steps: hashes that lie near each other are found quickly among all photos, and `same_picture` looks at
the two pictures themselves. Hashes alone are not enough: flukes cut out tightly all have one outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import faiss
import numpy as np

from resight.types import Floats, Pixels

NEAR = 6
ALIKE = 0.9

_BITS = 64
_SIZE = 32
_LOWEST = 8
_Key = TypeVar("_Key")


def perceptual_hash(pixels: Pixels) -> int:
    """63 bits that hardly change when a photo is resized or compressed: which low frequencies are strong.

    The grey photo at 32 x 32 pixels, its cosine transform, of that the 8 x 8 lowest frequencies, each against
    their median (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010). The mean,
    which comes first, takes no part: its bit is 0, so that the hash fits a database's signed 64 bit.
    """
    low = cv2.dct(_small_grey(pixels))[:_LOWEST, :_LOWEST].ravel()
    bits = low > np.median(low[1:])
    bits[0] = False
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def same_picture(first: Pixels, second: Pixels) -> bool:
    """Whether two photos are one picture in two sizes or qualities, and not two pictures of one composition.

    Compares the fine detail left at 32 x 32 pixels by its correlation. Pictures without any detail are alike.
    """
    a, b = _detail(first), _detail(second)
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    return norms == 0 or float((a * b).sum()) >= ALIKE * norms


@dataclass(frozen=True, slots=True)
class Near(Generic[_Key]):
    """A hash found near the one asked about, by its key, and in how many bits they differ."""

    key: _Key
    distance: int


class NearCopies(Generic[_Key]):
    """Hashes of many photos, to which more can be added at any time; each is known by a key of any kind.

    Every hash is compared, by machine instructions for 64 bits at once: exact, and with 100,000 of them a
    search takes a tenth of a millisecond. 8 bytes a hash, besides its key.

    >>> known = NearCopies[str]()
    >>> known.add(0b1111, "one.jpg")
    >>> known.find(0b1101)
    [Near(key='one.jpg', distance=1)]
    """

    def __init__(self) -> None:
        self._index = faiss.IndexBinaryFlat(_BITS)
        self._keys: list[_Key] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, value: int, key: _Key) -> None:
        """Remember a hash; hashes and keys need not be unique."""
        self._index.add(_row(value))
        self._keys.append(key)

    def find(self, value: int, within: int = NEAR) -> list[Near[_Key]]:
        """The hashes that differ in at most `within` bits, the nearest first, and then the earliest."""
        # faiss finds what is nearer than the radius, not what lies on it.
        _, distances, rows = self._index.range_search(_row(value), within + 1)
        found = sorted(zip(distances.astype(int).tolist(), rows.tolist(), strict=True))
        return [Near(self._keys[row], distance) for distance, row in found]


def _row(value: int) -> Pixels:
    return np.frombuffer(value.to_bytes(_BITS // 8, "big"), np.uint8)[None, :]


def _small_grey(pixels: Pixels) -> Floats:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _detail(pixels: Pixels) -> Floats:
    grey = _small_grey(pixels)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), sigmaX=2)
    return np.asarray(detail - detail.mean(), dtype=np.float32)
