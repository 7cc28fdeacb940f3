"""Places described annotations on a plane, near those that they are like, and finds clusters of these points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.cluster import HDBSCAN, MiniBatchKMeans
from sklearn.decomposition import PCA

from resight.errors import ResightError
from resight.identify.library import Library
from resight.identify.plane import Plane
from resight.identify.ways import Way, laid_out
from resight.types import Descriptors, Embeddings, Floats, LocalFeatures, Together

WORDS = 32  # kinds of spots that local features are counted by
LEARNED_FROM = 40_000  # keypoints from which the kinds are learned
DIMENSIONS = 50  # that are laid out
SMALLEST = 3  # annotations of a cluster
FEWEST = 10  # annotations that a plane is made of
BLOCK = 256  # annotations at a time


def make_plane(
    library: Library,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    way: Way = Way.TSNE,
) -> Plane:
    """Place all that the library holds; clusters of the points by HDBSCAN (Campello et al. 2013).

    ResightError for fewer than ten annotations, or where the way cannot be gone.
    """
    n = len(library.annotations)
    if n < FEWEST:
        raise ResightError(f"{n} described annotations are too few for a plane: it takes {FEWEST}")
    tell = progress or (lambda *_: None)
    vectors = pooled(library.descriptors, seed, lambda done: tell("Summing up spots", done, n))
    tell("Placing them on a plane", 0, 0)
    fewer = PCA(min(DIMENSIONS, n - 1, vectors.shape[1]), random_state=seed).fit_transform(vectors)
    points = laid_out(fewer, way, library.labels.individual, seed)
    tell("Looking for clusters", 0, 0)
    found = HDBSCAN(min_cluster_size=SMALLEST, copy=True).fit(points)
    return Plane(
        library.annotations.copy(),
        points[:, 0],
        points[:, 1],
        found.labels_.astype(np.int64),
        np.round(found.probabilities_, 4),
    )


def pooled(descriptors: Descriptors, seed: int, progress: Callable[[int], None] | None = None) -> Floats:
    """One vector of length 1 for each annotation: an embedding as it is, local features summed up (n, WORDS * d).

    For each kind of spot, how its spots differ from the mean of the kind (VLAD, Jegou 2010, with the signed square root
    and each kind at length 1, Arandjelovic and Zisserman 2013). Descriptors together stand side by side.
    """
    if isinstance(descriptors, Together):
        parts = [pooled(part, seed, progress) for part in descriptors.parts]
        return np.hstack(parts) / np.float32(np.sqrt(len(parts)))
    if isinstance(descriptors, Embeddings):
        vectors = descriptors.vectors
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
    return _summed(descriptors, seed, progress)


def _summed(features: LocalFeatures, seed: int, progress: Callable[[int], None] | None) -> Floats:
    rng = np.random.default_rng(seed)
    some = np.sort(rng.permutation(len(features.vectors))[:LEARNED_FROM])
    words = min(WORDS, len(some))
    kinds = MiniBatchKMeans(words, random_state=seed, n_init=1).fit(features.vectors[some].astype(np.float32))
    centres = kinds.cluster_centers_.astype(np.float32)
    size = features.vectors.shape[1]
    sums = np.zeros((len(features), words, size), np.float32)
    for start in range(0, len(features), BLOCK):
        stop = min(start + BLOCK, len(features))
        first, last = int(features.offsets[start]), int(features.offsets[stop])
        spots = features.vectors[first:last].astype(np.float32)
        if len(spots):
            kind = kinds.predict(spots)
            owner = np.repeat(np.arange(start, stop), np.diff(features.offsets[start : stop + 1]))
            np.add.at(sums, (owner, kind), spots - centres[kind])
        if progress is not None:
            progress(stop)
    sums = np.sign(sums) * np.sqrt(np.abs(sums))
    sums /= np.maximum(np.linalg.norm(sums, axis=2, keepdims=True), 1e-12)
    flat = sums.reshape(len(features), -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12), np.float32)
