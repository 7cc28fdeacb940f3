"""Where a film's picture is in its frames: between black bars, where it has some."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from resight.detect.bars import BLACK
from resight.media.video import Frame, frames
from resight.types import Bools, Box

SAMPLED, APART = 10, 10  # frames that are looked at, at most, and how far they are apart
STRAIGHT = 0.5  # of a line beside a bar is lit at some time; where dark water ends, or an animal, it is less
BLUR = 4  # lines over which compression smears a bar's edge


def picture_of(film: Path) -> Box:
    """The bounds of a film's picture, pixels of its upright frames.

    Dark water is no bar: a bar ends in a straight line. VideoError where the file is no film.
    """
    lit = np.zeros((0, 0), np.bool_)
    for one in islice((one for one in frames(film, every=APART) if isinstance(one, Frame)), SAMPLED):
        here = one.pixels.max(axis=2) > BLACK
        lit = lit | here if lit.shape == here.shape else here
        if all(edge.any() for edge in (lit[0], lit[-1], lit[:, 0], lit[:, -1])):
            break
    top, bottom = _between(lit)
    left, right = _between(lit.T)
    return Box(left, top, right - left, bottom - top)


def _between(lit: Bools) -> tuple[int, int]:
    """The first row of the picture, and the one after its last."""
    rows, straight = np.flatnonzero(lit.any(axis=1)), lit.mean(axis=1) >= STRAIGHT
    if not len(rows):
        return 0, len(lit)
    first, last = int(rows[0]), int(rows[-1]) + 1
    return (
        first if straight[first : first + BLUR].any() else 0,
        last if straight[max(0, last - BLUR) : last].any() else len(lit),
    )
