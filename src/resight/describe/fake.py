"""The fake describer for tests: what a thumbnail shows, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from resight.types import Chip, Embeddings


@dataclass(frozen=True)
class ThumbnailDescriber:
    """A chip shrunk to a few pixels, as a unit-length embedding: quick, and plainly not to be trusted."""

    size: int = 32
    side: int = 8
    name: str = "thumbnail"

    @property
    def fingerprint(self) -> str:
        """The size of the thumbnail."""
        return f"thumbnail-{self.size}-{self.side}"

    def describe(self, chips: Sequence[Chip]) -> Embeddings:
        """One vector of side x side x 3 numbers for each chip."""
        small = np.zeros((len(chips), self.side, self.side, 3), np.float32)
        for row, chip in enumerate(chips):
            small[row] = cv2.resize(chip.pixels, (self.side, self.side), interpolation=cv2.INTER_AREA)
        vectors = small.reshape(len(chips), self.side**2 * 3) - np.float32(127.5)
        return Embeddings(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
