"""Embeddings against a gallery of them: the angle between whole vectors, exactly."""

from __future__ import annotations

import numpy as np

from resight.types import Bools, Descriptors, Embeddings, Evidence, Floats


class CosineGallery:
    """Gallery of unit-length embeddings; a score is the cosine moved to 0..1, so that 0.5 means unrelated."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._vectors = _unit(embeddings.vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """(1 + cosine) / 2 for every pair, 0 where not allowed."""
        if not isinstance(queries, Embeddings):
            raise TypeError("a gallery of embeddings is asked with embeddings, not with local features")
        alike = (1 + _unit(queries.vectors) @ self._vectors.T) / 2
        return np.where(allowed, np.clip(alike, 0, 1), 0).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """None: a whole vector cannot say which spots it means."""
        del query, row, allowed
        nothing = np.zeros((0, 2), np.float32)
        return Evidence(nothing, nothing, np.zeros(0, np.float32))


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return unit
