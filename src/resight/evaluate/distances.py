"""Squared Euclidean distances of many pairs by one matrix product, in float64.

-|a - b|^2 = 2 a.b - |a|^2 - |b|^2 is the product of a left factor, rows (2a, |a|^2, 1), and a right factor,
rows (b, -1, -|b|^2). Factors are made once for each block of vectors, and used for many tiles.
"""

from __future__ import annotations

import numpy as np

from resight.types import Doubles, Floats

_NEAR = 1e-6


def left_factor(vectors: Doubles | Floats) -> Doubles:
    """The left factor (n, d + 2) of vectors (n, d)."""
    exact = vectors.astype(np.float64)
    return np.hstack([2 * exact, _squared_norms(exact), np.ones((len(exact), 1))])


def right_factor(vectors: Doubles | Floats) -> Doubles:
    """The right factor (n, d + 2) of vectors (n, d)."""
    exact = vectors.astype(np.float64)
    return np.hstack([exact, -np.ones((len(exact), 1)), -_squared_norms(exact)])


def minus_squared_distances(left: Doubles, right: Doubles, out: Doubles | None = None) -> Doubles:
    """Minus the squared distance of each row of one factor (n, d + 2) to each of the other (m, d + 2), (n, m).

    The product loses digits where two vectors are nearly equal: those pairs are computed again by
    subtraction, so that equal vectors are at distance zero. The result lies in `out` (n, m) where that is
    given.
    """
    result: Doubles = np.matmul(left, right.T, out=out)
    reach = -_NEAR * (left[:, -2].max(initial=0.0) - right[:, -1].min(initial=0.0))
    for row in np.flatnonzero(result.max(axis=1, initial=-np.inf) >= reach):
        near = np.flatnonzero(result[row] >= reach)
        result[row, near] = -((left[row, :-2] / 2 - right[near, :-2]) ** 2).sum(axis=1)
    return result


def _squared_norms(vectors: Doubles) -> Doubles:
    norms: Doubles = np.einsum("ij,ij->i", vectors, vectors)
    return norms[:, None]
