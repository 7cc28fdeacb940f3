"""Verification over pairs: a matrix of scores, query x gallery, or every pair of embeddings once.

A name of '' is not known. A query without a name is new by contract: it makes different pairs with every
named gallery photo. A gallery photo without a name may be anybody: it takes part in no pair. Among
embeddings of one table a photo without a name may be anybody's too, and takes part in no pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.spatial.distance import pdist

from resight.evaluate.counting import roc_curve
from resight.evaluate.distances import left_factor, minus_squared_distances, right_factor
from resight.evaluate.roc import RocCurve
from resight.types import Bools, Doubles, Floats, Ints, Strings

ROWS, COLUMNS = 256, 4096


def matrix_pairs(
    scores: Doubles | Floats,
    query: Strings,
    gallery: Strings,
    allowed: Bools | None = None,
    at: Doubles | None = None,
) -> RocCurve:
    """The ROC over pairs query x gallery, exact at every threshold.

    `scores` (q, g) are high where alike, `query` (q,) and `gallery` (g,) name the individuals, `allowed`
    (q, g) is false where two photos must not be compared (another side, the same encounter). Where both
    tables are the same, allow `np.triu(..., k=1)` alone: every unordered pair once. `at` are further
    thresholds to count at. ValueError where an allowed score is not a finite number.
    """
    same_scores, n_different = [np.empty(0)], 0
    for rows in _row_blocks(len(scores)):
        same, different = pair_kinds(query[rows], gallery, None if allowed is None else allowed[rows])
        _check_finite(scores[rows], same | different, rows.start)
        same_scores.append(scores[rows][same].astype(np.float64))
        n_different += int(different.sum())

    def blocks() -> Iterator[Doubles]:
        for rows in _row_blocks(len(scores)):
            _, different = pair_kinds(query[rows], gallery, None if allowed is None else allowed[rows])
            yield np.where(different, scores[rows].astype(np.float64), -np.inf)

    return roc_curve(np.concatenate(same_scores), [blocks()], n_different, at)


def pair_kinds(query: Strings, gallery: Strings, allowed: Bools | None) -> tuple[Bools, Bools]:
    """Which of the pairs (q, g) are of one individual, and which of different ones."""
    counted = np.broadcast_to(gallery != "", (len(query), len(gallery)))
    counted = counted if allowed is None else counted & allowed
    equal = query[:, None] == gallery
    return np.asarray(counted & equal), np.asarray(counted & ~equal)


def embedding_pairs(
    vectors: Doubles | Floats, individuals: Strings, at: Doubles | None = None, threads: int = 1
) -> RocCurve:
    """The ROC over every unordered pair of distinct rows once; the score is minus the Euclidean distance.

    `vectors` (n, d) of any length, `individuals` (n,). Exact at every threshold, in float64, as if all
    distances were computed one by one and sorted. Memory: two tiles of ROWS x COLUMNS for each thread, and
    what `roc_curve` needs for the same pairs; the different pairs are never held. Distances that tie but
    for rounding may be parted by it, which moves the AUC by about 1 / n_different; those of whole numbers
    are exact. ValueError where a vector is not finite.
    """
    rows, ends = by_individual(individuals)
    check_vectors(vectors, individuals)
    starts = np.unique(np.append(0, ends))
    same = [
        pdist(vectors[rows[start:end]].astype(np.float64), "sqeuclidean")
        for start, end in pairwise(starts)
        if end - start > 1
    ]
    squared = None if at is None else at * np.abs(at)
    n = len(rows)
    n_different = int((n - ends).sum())
    different = [_different(vectors, rows, ends, slice(thread, None, threads)) for thread in range(threads)]
    curve = roc_curve(-np.concatenate([np.empty(0), *same]), different, n_different, squared)
    distances = np.sqrt(np.abs(curve.thresholds))
    return RocCurve(
        thresholds=np.where(curve.thresholds > 0, distances, -distances),
        same_at=curve.same_at,
        different_at=curve.different_at,
        different_above=curve.different_above,
        n_same=curve.n_same,
        n_different=curve.n_different,
    )


def by_individual(individuals: Strings) -> tuple[Ints, Ints]:
    """The rows that have a name, sorted by it, and where the individual of each ends; (n,) each."""
    rows = np.argsort(individuals, kind="stable")
    rows = rows[individuals[rows] != ""]
    _, counts = np.unique(individuals[rows], return_counts=True)
    return rows.astype(np.int64), np.repeat(np.cumsum(counts), counts).astype(np.int64)


def check_vectors(vectors: Doubles | Floats, individuals: Strings) -> None:
    """ValueError unless there is one finite vector for each name."""
    if vectors.ndim != 2 or individuals.shape != (len(vectors),):
        raise ValueError("vectors (n, d) need one individual for each row")
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise ValueError(f"the vector of row {broken[0]} is not made of finite numbers, nor are {len(broken) - 1} more")


def _different(vectors: Doubles | Floats, rows: Ints, ends: Ints, share: slice) -> Iterator[Doubles]:
    """Scores of all pairs of different individuals, in tiles; -inf for what is none, or was met before.

    `share` picks blocks of rows. Each tile is written over the one before it.
    """
    n = len(rows)
    memory = np.empty(ROWS * COLUMNS)
    for start in range(0, n, COLUMNS):
        stop = min(start + COLUMNS, n)
        right = right_factor(vectors[rows[start:stop]])
        for block in list(_row_blocks(n))[share]:
            first = max(start, int(ends[block][0]))
            if first >= stop:
                break
            shape = (len(rows[block]), stop - first)
            out = memory[: shape[0] * shape[1]].reshape(shape)
            tile = minus_squared_distances(left_factor(vectors[rows[block]]), right[first - start :], out)
            overlap = max(0, min(int(ends[block][-1]), stop) - first)
            tile[:, :overlap][np.arange(first, first + overlap) < ends[block][:, None]] = -np.inf
            yield tile


def _row_blocks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + ROWS, n)) for start in range(0, n, ROWS))


def _check_finite(scores: Doubles | Floats, counted: Bools, first_row: int) -> None:
    broken = np.argwhere(counted & ~np.isfinite(scores))
    if len(broken):
        row, column = broken[0]
        raise ValueError(f"the score of query {first_row + row} and gallery photo {column} is not a finite number")
