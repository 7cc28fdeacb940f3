"""Black bars round a film's picture: what letterboxing adds, and what no animal is looked for in."""

from __future__ import annotations

import numpy as np

from resight.types import Pixels

BLACK = 16  # at most this light, compression included


def without_bars(picture: Pixels) -> tuple[slice, slice]:
    """The rows and columns of a picture (h, w, 3) between its black bars; all of them where it is black throughout.

    >>> framed = np.pad(np.full((20, 40, 3), 90, np.uint8), ((10, 10), (0, 0), (0, 0)))
    >>> framed[without_bars(framed)].shape
    (20, 40, 3)
    """
    edges = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    if all(edge.max() > BLACK for edge in edges):
        return slice(0, picture.shape[0]), slice(0, picture.shape[1])
    lit = picture.max(axis=2) > BLACK
    return _between(lit.any(axis=1)), _between(lit.any(axis=0))


def _between(lit: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> slice:
    places = np.flatnonzero(lit)
    return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, len(lit))
