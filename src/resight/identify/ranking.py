"""From likeness to photos to likeness to individuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Bools, Floats, Ints, Strings

CROWD = 0.25


@dataclass(frozen=True, slots=True)
class Ranking:
    """How alike each query is to each individual of the gallery.

    `individuals` (n,) are names; `scores` (q, n); `best` (q, n) the gallery row of the most similar photo;
    `possible` (q, n) whether the individual has any photo that may be compared with the query.
    """

    individuals: Strings
    scores: Floats
    best: Ints
    possible: Bools

    def order(self, query: int) -> Ints:
        """The possible individuals of one query, best first; ties by name, so that runs repeat."""
        rows = np.flatnonzero(self.possible[query])
        return rows[np.argsort(-self.scores[query, rows], kind="stable")]


def rank(scores: Floats, allowed: Bools, names: Strings, best_only: bool = False) -> Ranking:
    """Sum the scores (q, g) of each individual's n comparable photos, over n ** CROWD; `names` (g,), '' for no name.

    An individual with many photos that agree a little can beat one with a single photo that agrees more: flanks
    bend, and no photo shows all spots. But agreement by chance adds up as well, the more photos there are.
    `best_only` takes the best photo alone: right for embeddings, where unrelated photos do not score 0.
    """
    if not len(names):
        nothing = np.zeros((len(scores), 0))
        return Ranking(names, nothing.astype(np.float32), nothing.astype(np.int64), nothing.astype(np.bool_))
    individuals, codes = np.unique(names, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(individuals)))
    counted = np.where(allowed, scores, 0)[:, order]
    possible = np.logical_or.reduceat(allowed[:, order], starts, axis=1)
    if best_only:
        totals = np.maximum.reduceat(counted, starts, axis=1)
    else:
        photos = np.add.reduceat(allowed[:, order], starts, axis=1, dtype=np.int64)
        totals = np.add.reduceat(counted, starts, axis=1) / np.maximum(photos, 1) ** CROWD
    # A photo that may not be compared never stands for its individual, even where all others score 0.
    likest = np.where(allowed, scores, -1)[:, order]
    best = np.empty(totals.shape, np.int64)
    ends = np.append(starts[1:], len(order))
    for individual, (start, end) in enumerate(zip(starts, ends, strict=True)):
        best[:, individual] = order[start + likest[:, start:end].argmax(axis=1)]
    named = individuals != ""
    return Ranking(individuals[named], totals[:, named].astype(np.float32), best[:, named], possible[:, named])
