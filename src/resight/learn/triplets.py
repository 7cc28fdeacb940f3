"""The thesis' triplets: for each anchor and positive one negative that is not yet far enough."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from resight.types import Doubles, Floats, Ints


def select_triplets(vectors: Floats, flanks: Ints, margin: float, rng: np.random.Generator) -> Ints:
    """Rows of anchor, positive and negative (t, 3) out of a pool of vectors (n, d).

    For every ordered pair of one fish, one negative is drawn from those with d(a, n) - d(a, p) < margin, where d is the
    Euclidean distance; negatives nearer than the positive are among them. A pair without such a negative gives none.
    """
    distances: Doubles = cdist(vectors, vectors)
    order = np.argsort(distances, axis=1)
    triplets = []
    for anchor in range(len(vectors)):
        others = order[anchor][flanks[order[anchor]] != flanks[anchor]]
        away = distances[anchor, others]
        positives = np.flatnonzero((flanks == flanks[anchor]) & (np.arange(len(flanks)) != anchor))
        usable = np.searchsorted(away, distances[anchor, positives] + margin, side="left")
        kept = usable > 0
        drawn = others[rng.integers(0, usable[kept])] if kept.any() else np.zeros(0, np.int64)
        triplets.append(np.stack([np.full(int(kept.sum()), anchor), positives[kept], drawn], axis=1))
    return np.concatenate(triplets).astype(np.int64)


def pool(flanks: Ints, photos: int, rng: np.random.Generator) -> Ints:
    """At most so many pictures of every flank, drawn at random; rows."""
    chosen = [
        rng.permutation(np.flatnonzero(flanks == flank))[:photos] for flank in range(int(flanks.max(initial=-1)) + 1)
    ]
    return np.concatenate(chosen).astype(np.int64)
