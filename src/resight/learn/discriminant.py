"""The linear map after which two views of one thing lie near each other, and other things far from both.

Fisher's discriminant (1936) for pairs: what differs within a pair is noise; the map makes that noise the same in all
directions, and keeps those in which things differ most beside it.
"""

from __future__ import annotations

import numpy as np

from resight.types import Doubles, Floats

EVEN = 0.5  # of the mean noise, added to that of each direction: what is rarely seen is not trusted


def discriminant(first: Floats, second: Floats, numbers: int, even: float = EVEN) -> tuple[Doubles, Doubles]:
    """The mean (d,) of all vectors and the map (d, numbers), from pairs: rows (n, d) of `first` and `second`.

    >>> rng = np.random.default_rng(0)
    >>> things = rng.normal(size=(200, 1)) * [1.0, 0.0]
    >>> first, second = (things + rng.normal(size=(200, 2)) * [0.1, 1.0] for _ in range(2))
    >>> mean, projection = discriminant(first, second, 1, even=0.0)
    >>> bool(abs(projection[0, 0]) > 5 * abs(projection[1, 0]))
    True
    """
    mean = (first.mean(axis=0, dtype=np.float64) + second.mean(axis=0, dtype=np.float64)) / 2
    noise = _spread(first - second) / 2
    noise += even * np.trace(noise) / len(noise) * np.eye(len(noise))
    size, way = np.linalg.eigh(noise)
    whitening = (way / np.sqrt(size)) @ way.T
    spread = (_spread(first - mean) + _spread(second - mean)) / 2
    _, axes = np.linalg.eigh(whitening @ spread @ whitening)
    return mean, whitening @ axes[:, ::-1][:, :numbers]


def found_again(first: Floats, second: Floats) -> float:
    """The share of vectors (n, d) whose nearest by angle, among those of the other photo, is their own."""
    return float(((first @ second.T).argmax(axis=1) == np.arange(len(first))).mean())


def _spread(rows: Doubles | Floats) -> Doubles:
    """The second moments (d, d), summed in parts so that no large copy in double precision is made."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), 8192):
        part = rows[start : start + 8192].astype(np.float64)
        total += part.T @ part
    return total / len(rows)
