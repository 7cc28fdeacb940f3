"""Pairs counted by individual and by bins of score: what the bootstrap over individuals draws from.

A second walk over the pairs, once the exact ROC is known. Individuals are put at random into at most 128
pools, so that memory is bounded (about 35 MB) whatever their number; pools are then what is drawn. Fewer
individuals are not pooled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from resight.evaluate.distances import left_factor, minus_squared_distances, right_factor
from resight.evaluate.pairs import COLUMNS, ROWS, check_vectors, pair_kinds
from resight.evaluate.roc import RocCurve
from resight.types import Bools, Doubles, Floats, Ints, Strings

POOLS = 128
_EDGES = 129
_STEPS = 1 << 16


@dataclass(frozen=True, slots=True)
class PairBins:
    """Counts of pairs by pool, g pools and b bins of rising score.

    `same` (g, b); `different` (g, g, b) by the pools of the two individuals, in no particular order of the
    two.
    """

    same: Ints
    different: Ints


@dataclass(frozen=True, slots=True)
class _Tile:
    """Scores (r, c) of rows in one pool, which pairs count, and the pools of the columns (c,)."""

    pool: int
    scores: Doubles
    same: Bools
    different: Bools
    pools: Ints


def bin_matrix_pairs(
    scores: Doubles | Floats,
    query: Strings,
    gallery: Strings,
    allowed: Bools | None,
    roc: RocCurve,
    seed: int,
) -> PairBins:
    """The pairs that `matrix_pairs` counts, by pool and bin; a nameless query is on its own."""
    names = np.unique(np.concatenate([query[query != ""], gallery[gallery != ""]]))
    nameless = np.flatnonzero(query == "")
    pools = _pools(len(names) + len(nameless), seed)
    query_individual = np.searchsorted(names, query)
    query_individual[nameless] = len(names) + np.arange(len(nameless))
    query_pools = pools[query_individual]
    # A nameless gallery photo is in no pair, so that any pool does for it.
    gallery_pools = np.append(pools, 0)[np.where(gallery == "", len(pools), np.searchsorted(names, gallery))]

    def tiles() -> Iterator[_Tile]:
        for pool in np.unique(query_pools):
            for rows in _blocks(np.flatnonzero(query_pools == pool), ROWS):
                same, different = pair_kinds(query[rows], gallery, None if allowed is None else allowed[rows])
                values = np.where(same | different, scores[rows].astype(np.float64), 0.0)
                yield _Tile(int(pool), values, same, different, gallery_pools)

    return _count(tiles(), _edges(roc), pools)


def bin_embedding_pairs(vectors: Doubles | Floats, individuals: Strings, roc: RocCurve, seed: int) -> PairBins:
    """The pairs that `embedding_pairs` counts, by pool and bin."""
    check_vectors(vectors, individuals)
    named = np.flatnonzero(individuals != "")
    names, codes = np.unique(individuals[named], return_inverse=True)
    pools = _pools(len(names), seed)
    order = np.lexsort([codes, pools[codes]])
    rows, codes = named[order], codes[order]
    row_pools = pools[codes]

    def tiles() -> Iterator[_Tile]:
        for columns in _blocks(np.arange(len(rows)), COLUMNS):
            right = right_factor(vectors[rows[columns]])
            for pool in np.unique(row_pools[: columns[-1] + 1]):
                for block in _blocks(np.flatnonzero(row_pools == pool), ROWS):
                    skipped = max(0, int(block[0] - columns[0]))
                    met = columns[skipped:]
                    later = block[:, None] < met
                    equal = codes[block][:, None] == codes[met]
                    scores = minus_squared_distances(left_factor(vectors[rows[block]]), right[skipped:])
                    yield _Tile(int(pool), scores, later & equal, later & ~equal, row_pools[met])

    edges = _edges(roc)
    return _count(tiles(), edges * np.abs(edges), pools)


def _edges(roc: RocCurve) -> Doubles:
    """Some 250 thresholds, rising: close together where few pairs of either kind are let in."""
    if not len(roc.thresholds):
        return np.zeros(1)
    same_steps = np.linspace(0, roc.n_same, _EDGES)
    different_steps = np.geomspace(1e-5, 1, _EDGES) * roc.n_different
    places = np.concatenate(
        [np.searchsorted(roc.same_at, same_steps), np.searchsorted(roc.different_at, different_steps)]
    )
    falling: Doubles = roc.thresholds[np.unique(np.minimum(places, len(roc.thresholds) - 1))]
    return falling[::-1]


def _pools(n_individuals: int, seed: int) -> Ints:
    """The pool of each individual, pools of equal size."""
    return (np.random.default_rng(seed).permutation(n_individuals) % POOLS).astype(np.int64)


def _count(tiles: Iterator[_Tile], edges: Doubles, pools: Ints) -> PairBins:
    n_pools, n_bins = int(pools.max(initial=0)) + 1, len(edges) + 1
    span = float(edges[-1] - edges[0])
    scale = _STEPS / span if span > 0 and np.isfinite(_STEPS / span) else 0.0
    # Step s + 1 begins at edges[0] + s / scale; step 0 is below all. Edges move by one step at most.
    begins = np.ceil((edges - edges[0]) * scale)
    bin_of_step = np.append(0, np.searchsorted(begins, np.arange(_STEPS + 1), side="right"))
    same = np.zeros((n_pools, n_bins), np.int64)
    different = np.zeros((n_pools, n_pools * n_bins), np.int64)
    for tile in tiles:
        bins = np.empty(tile.scores.shape, np.int32)
        for row, scores in enumerate(tile.scores):
            steps = np.clip((scores - edges[0]) * scale, -1, _STEPS) + 1
            bins[row] = bin_of_step.take(steps.astype(np.int32))
        same[tile.pool] += np.bincount(bins[tile.same], minlength=n_bins)
        bins += (tile.pools * n_bins).astype(np.int32)
        bins[~tile.different] = n_pools * n_bins
        different[tile.pool] += np.bincount(bins.reshape(-1), minlength=n_pools * n_bins + 1)[:-1]
    return PairBins(same, different.reshape(n_pools, n_pools, n_bins))


def _blocks(rows: Ints, size: int) -> Iterator[Ints]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
