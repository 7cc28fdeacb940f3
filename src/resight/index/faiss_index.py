"""The two indexes that stand on faiss: exact, and inverted lists for millions of local features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from resight.types import Bools, Floats, Ints

NOTHING = np.float32(np.inf)
PROBES = 32


class FaissIndex:
    """An Index held by faiss; made by `exact` or `inverted`, or opened from a file."""

    def __init__(self, held: Any, probes: int = 0) -> None:
        self._held, self._probes = held, probes

    def __len__(self) -> int:
        return int(self._held.ntotal)

    def add(self, ids: Ints, vectors: Floats) -> None:
        """Take in vectors (n, d) under ids (n,)."""
        self._held.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))

    def remove(self, ids: Ints) -> None:
        """Forget these ids."""
        self._held.remove_ids(np.ascontiguousarray(ids, np.int64))

    def search(self, vectors: Floats, k: int, allowed: Bools | None = None) -> tuple[Floats, Ints]:
        """Squared distances and ids of the k nearest, as the seam says."""
        if not len(vectors) or not len(self):
            return np.full((len(vectors), k), NOTHING), np.full((len(vectors), k), -1, np.int64)
        selector = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
        if self._probes:
            parameters = faiss.SearchParametersIVF(nprobe=self._probes, sel=selector)
        else:
            parameters = faiss.SearchParameters(sel=selector)
        queries = np.ascontiguousarray(vectors, np.float32)
        distances, ids = self._held.search(queries, k, params=parameters)
        distances[ids < 0] = NOTHING
        return distances, ids

    def save(self, path: Path) -> None:
        """Write to a temporary name beside it, then rename."""
        partial = path.with_name(f"{path.name}.partial")
        faiss.write_index(self._held, str(partial))
        partial.replace(path)

    @staticmethod
    def open(path: Path, probes: int = 0) -> FaissIndex:
        """An index written by `save`."""
        return FaissIndex(faiss.read_index(str(path)), probes)


def exact(dimensions: int) -> FaissIndex:
    """Every vector compared; right up to about a million embeddings."""
    return FaissIndex(faiss.IndexIDMap2(faiss.IndexFlatL2(dimensions)))


def inverted(sample: Floats, expected: int, probes: int = PROBES, seed: int = 0) -> FaissIndex:
    """Inverted lists over bytes: of `expected` vectors only those in the `probes` nearest cells are compared.

    `sample` (n, d), numbers from 0 to 255, teaches the cells, 4 times the square root of `expected` of them where
    the sample is large enough. Vectors are kept as one byte a number (Jégou et al. 2011, without their codes).
    """
    dimensions = sample.shape[1]
    if not len(sample):
        sample = np.zeros((1, dimensions), np.float32)
    cells = int(max(1, min(4 * np.sqrt(expected), len(sample) / 10)))
    cells_index = faiss.IndexFlatL2(dimensions)
    held = faiss.IndexIVFScalarQuantizer(
        cells_index, dimensions, cells, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_L2, False
    )
    held.cp.niter, held.cp.seed, held.cp.min_points_per_centroid = 6, seed, 1
    chosen = np.random.default_rng(seed).permutation(len(sample))[: 40 * cells]
    held.train(np.ascontiguousarray(sample[chosen], np.float32))
    return FaissIndex(held, probes)
