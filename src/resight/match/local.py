"""Local features against a gallery of them: votes for a shortlist, then geometry on the shortlist alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from resight.index.faiss_index import FaissIndex, inverted
from resight.match.correspondence import UNIT_SQUARED, Correspondences, correspond
from resight.match.geometry import agreement
from resight.match.votes import votes
from resight.types import Bools, Descriptors, Evidence, Floats, Ints, LocalFeatures

TRAINING_KEYPOINTS = 200_000


class FeatureSource(Protocol):
    """Where a gallery's keypoints lie: in memory (LocalFeatures itself), or in the catalogue's shards."""

    @property
    def counts(self) -> Ints:
        """How many keypoints each annotation has, (n,)."""
        ...

    def take(self, rows: Ints) -> LocalFeatures:
        """The keypoints of these annotations."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSearch:
    """How a query is searched.

    `votes`: how many neighbours of a keypoint vote; `background`: the neighbour whose distance says nothing any
    more; `shortlist`: photos looked at in detail; `pairs`: spots compared in each.
    """

    votes: int = 3
    background: int = 20
    shortlist: int = 60
    pairs: int = 64
    unverified: float = 1e-3


class LocalGallery:
    """Gallery of local features; rows are annotations in the order of the source.

    The index holds every keypoint of the source under its number, counted through; `feature_index` makes one.
    """

    def __init__(self, source: FeatureSource, index: FaissIndex, search: LocalSearch | None = None) -> None:
        self._source, self._index, self._search = source, index, search or LocalSearch()
        self._counts = source.counts
        self._owners = np.repeat(np.arange(len(self._counts), dtype=np.int32), self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """Agreement of the shortlist; below it, far smaller, the bare votes, so that every photo has a place."""
        features = _local(queries)
        found = np.zeros((len(features), len(self)), np.float32)
        for row in range(len(features)):
            query = features.take([row])
            counted, shortlist, pairs = self._compare(query, allowed[row])
            found[row] = self._search.unverified * counted
            if len(shortlist):
                found[row, shortlist] += agreement(query, self._source.take(shortlist), pairs)[0]
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The spots that agree, weighed by what they add to the score."""
        features = _local(query)
        photo = self._source.take(np.array([row]))
        if not len(features.vectors) or not len(photo.vectors):
            nothing = np.zeros((0, 2), np.float32)
            return Evidence(nothing, nothing, np.zeros(0, np.float32))
        background = self._background(features, allowed)[1]
        pairs = correspond(features, photo, background, self._search.pairs)
        shares = agreement(features, photo, pairs)[1][0]
        kept = shares > 0
        return Evidence(
            query=features.positions[pairs.query[0][kept]],
            gallery=photo.positions[pairs.gallery[0][kept]],
            weights=shares[kept].astype(np.float32),
        )

    def _compare(self, query: LocalFeatures, allowed: Bools) -> tuple[Floats, Ints, Correspondences]:
        counted, background = self._background(query, allowed)
        best = np.argsort(-counted, kind="stable")[: self._search.shortlist]
        shortlist = best[counted[best] > 0]
        if not len(shortlist):
            none = np.zeros((0, 0))
            return (
                counted,
                shortlist,
                Correspondences(none.astype(np.int64), none.astype(np.int64), none.astype(np.float32)),
            )
        pairs = correspond(query, self._source.take(shortlist), background, self._search.pairs)
        return counted, shortlist, pairs

    def _background(self, query: LocalFeatures, allowed: Bools) -> tuple[Floats, Floats]:
        """The votes for every photo, and each keypoint's background distance (squared)."""
        wanted = max(self._search.background, self._search.votes + 1)
        distances, ids = self._index.search(query.vectors.astype(np.float32), wanted, allowed[self._owners])
        owners = np.full(ids.shape, -1, np.int64)
        owners[ids >= 0] = self._owners[ids[ids >= 0]]
        counted = votes(distances / UNIT_SQUARED, owners, len(self), self._search.votes)
        # Where fewer neighbours were found, the farthest of them is the background.
        last = np.maximum((ids[:, : self._search.background] >= 0).sum(axis=1) - 1, 0)
        background = distances[np.arange(len(distances)), last]
        return counted, np.where(np.isfinite(background), background, 0).astype(np.float32)


def feature_index(parts: Iterator[LocalFeatures], sample: LocalFeatures, expected: int) -> FaissIndex:
    """An index of every keypoint of `parts`, one part after another, taught by a sample of them.

    `expected` is how many keypoints there will be in all.
    """
    index = inverted(sample.vectors.astype(np.float32), expected)
    extend(index, parts)
    return index


def extend(index: FaissIndex, parts: Iterator[LocalFeatures]) -> None:
    """Add the keypoints of further annotations, numbered on from those the index holds."""
    for part in parts:
        first = len(index)
        index.add(np.arange(first, first + len(part.vectors)), part.vectors.astype(np.float32))


def local_gallery(features: LocalFeatures, search: LocalSearch | None = None) -> LocalGallery:
    """A gallery of features held in memory."""
    return LocalGallery(features, feature_index(iter([features]), features, len(features.vectors)), search)


def _local(queries: Descriptors) -> LocalFeatures:
    if not isinstance(queries, LocalFeatures):
        raise TypeError("a gallery of local features is asked with local features, not with embeddings")
    return queries
