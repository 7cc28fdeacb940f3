"""Embeddings against a gallery of them, whole vectors exactly: by their angle, or by their distance."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from resight.types import Bools, Descriptors, Embeddings, Evidence, Floats


class CosineGallery:
    """Gallery of unit-length embeddings; a score is the cosine moved to 0..1, so that 0.5 means unrelated."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._vectors = _unit(embeddings.vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """(1 + cosine) / 2 for every pair, 0 where not allowed."""
        alike = (1 + _unit(vectors_of(queries)) @ self._vectors.T) / 2
        return np.where(allowed, np.clip(alike, 0, 1), 0).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """None: a whole vector cannot say which spots it means."""
        del query, row, allowed
        return no_evidence()


class EuclideanGallery:
    """Gallery of embeddings as they are; a score is 1 / (1 + distance), so that equal vectors score 1."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._vectors = embeddings.vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """1 / (1 + distance) for every pair, 0 where not allowed."""
        distances = cdist(vectors_of(queries), self._vectors)
        return np.where(allowed, 1 / (1 + distances), 0).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """None: a whole vector cannot say which spots it means."""
        del query, row, allowed
        return no_evidence()


def vectors_of(queries: Descriptors) -> Floats:
    """The vectors of what a gallery of embeddings is asked with; TypeError for anything else."""
    if not isinstance(queries, Embeddings):
        raise TypeError("a gallery of embeddings is asked with embeddings, not with local features")
    return queries.vectors


def no_evidence() -> Evidence:
    """The evidence of matchers that compare whole vectors: none."""
    nothing = np.zeros((0, 2), np.float32)
    return Evidence(nothing, nothing, np.zeros(0, np.float32))


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return unit
