"""The seam of detectors: pictures in, boxes with scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from resight.track.overlap import overlap
from resight.types import Bools, Doubles, Floats, Ints, Pixels


@dataclass(frozen=True, slots=True)
class Found:
    """The animals found in one picture: boxes (k, 4), x, y, w, h in its pixels, and scores (k,), best first."""

    boxes: Doubles
    scores: Floats

    def __len__(self) -> int:
        return len(self.boxes)

    def take(self, rows: Ints | Bools) -> Found:
        """These boxes."""
        return Found(self.boxes[rows], self.scores[rows])


class Detector(Protocol):
    """What finds animals."""

    @property
    def fingerprint(self) -> str:
        """How boxes are made, in one line."""
        ...

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        """One answer for each picture (h, w, 3), RGB, of any size."""
        ...


def best_of_overlapping(found: Found, most: float = 0.5) -> Found:
    """Non-maximum suppression: of boxes that overlap by more than this, only the best, best first."""
    order = np.argsort(-found.scores, kind="stable")
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        order = rest[overlap(found.boxes[best], found.boxes[rest]) <= most]
    return found.take(np.array(kept, np.int64))


class WholePhoto:
    """The detector for photos that show one animal and little else: the whole picture is the box."""

    fingerprint = "whole-photo"

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        """One box for each picture."""
        return [
            Found(np.array([[0.0, 0.0, picture.shape[1], picture.shape[0]]]), np.ones(1, np.float32))
            for picture in pictures
        ]
