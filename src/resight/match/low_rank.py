"""A shared map's answers to all pairs by matrix products alone.

The map of DeepWhale's comparator is a symmetric function g(x, y) of two numbers. On a grid it is a matrix, and its
largest eigenvalues make sums of products, g(x, y) ~ sum_r l_r u_r(x) u_r(y); then the answer to a pair of vectors,
sum_k w_k g(a_k, b_k), is the inner product of two longer vectors. The grid's points are numbers as they occur in real
vectors, each as often as another, so that the error is least where there is most to compare (the best approximation
of that rank in the mean over the data: Eckart and Young 1936).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from resight.match.comparison import SharedHead
from resight.types import Floats, Ints

RANK = 12
ROWS = 512  # vectors that are made longer at a time


@dataclass(frozen=True)
class LowRank:
    """A shared head whose map is replaced by one of low rank.

    `grid` (s,) rises; `values` (s, r) are the r functions u on it, `signs` (r,) their l brought to 1 or -1: the sizes
    are in the values. Between points of the grid values are interpolated; beyond its ends they stay.
    """

    head: SharedHead
    grid: Floats
    values: Floats
    signs: Floats

    def longer(self, vectors: Floats) -> Floats:
        """Vectors (n, d) as (n, d * r): r numbers in place of each; the gallery's side of the inner product."""
        long = np.empty((len(vectors), vectors.shape[1] * len(self.signs)), np.float32)
        for start in range(0, len(vectors), ROWS):
            rows = self.head.even(vectors[start : start + ROWS])
            below, share = self._places(rows)
            found = self.values[below]
            found += share[:, :, None] * self._steps[below]
            long[start : start + ROWS] = found.reshape(len(rows), -1)
        return long

    def logits(self, queries: Floats, longer: Floats) -> Floats:
        """Queries (q, d) with a gallery that has been made longer (g, d * r): (q, g)."""
        weights = (self.head.weights[:, None] * self.signs).ravel()
        answers = (self.longer(queries) * weights) @ longer.T
        answers += np.float32(self.head.offset)
        return np.asarray(answers, np.float32)

    @cached_property
    def _steps(self) -> Floats:
        return np.diff(self.values, axis=0, append=self.values[-1:])

    def _places(self, rows: Floats) -> tuple[Ints, Floats]:
        """The point of the grid at or below each number, and how far on the way to the next one it is."""
        below = np.clip(np.searchsorted(self.grid, rows, side="right") - 1, 0, len(self.grid) - 2)
        share = (rows - self.grid[below]) / (self.grid[below + 1] - self.grid[below])
        return below, np.clip(share, 0, 1).astype(np.float32)


def low_rank(head: SharedHead, rank: int = RANK) -> LowRank:
    """The head with its map brought to this rank, or to the number of its grid's points if that is less."""
    grid, counts = np.unique(head.spread, return_counts=True)
    if len(grid) < 2:
        grid, counts = np.array([grid[0], grid[0] + 1], np.float32), np.ones(2, np.int64)
    density = np.sqrt(counts / counts.sum())
    weighted = head.shared(grid, grid).astype(np.float64) * density[:, None] * density
    sizes, directions = np.linalg.eigh((weighted + weighted.T) / 2)
    best = np.argsort(-np.abs(sizes), kind="stable")[:rank]
    values = directions[:, best] * np.sqrt(np.abs(sizes[best])) / density[:, None]
    return LowRank(head, grid, values.astype(np.float32), np.sign(sizes[best]).astype(np.float32))
