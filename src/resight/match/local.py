"""Local features against a gallery of them: votes for a shortlist, then geometry on the shortlist alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from resight.index.faiss_index import FaissIndex, inverted
from resight.match.correspondence import Correspondences, Neighbours, correspond
from resight.match.geometry import agreement
from resight.match.votes import votes
from resight.types import Bools, Descriptors, Evidence, Floats, Ints, LocalFeatures, Strings

DEEPEST = 150  # neighbours of a keypoint at most
PER_VOTE = 15  # neighbours looked at for each one that votes, at least


@dataclass(frozen=True, slots=True)
class LocalSearch:
    """How a query is searched.

    `votes`: how many neighbours of a keypoint vote; `background`: the neighbour whose distance says nothing any
    more; `shortlist`: photos looked at in detail; `pairs`: spots compared in each.
    """

    votes: int = 3
    background: int = 10
    shortlist: int = 150
    pairs: int = 64
    unverified: float = 1e-3


def search_among(individuals: Strings) -> LocalSearch:
    """The search for a gallery whose rows show these individuals, '' for nobody's.

    What a likeness is worth shows in how alike the other animals are: the background must lie beyond the individual's
    own photos, or a spot that its hundred photos show would be taken for one that all animals have.
    """
    named = individuals[individuals != ""]
    each = round(len(named) / len(np.unique(named))) if len(named) else 0
    usual = LocalSearch()
    background = min(max(usual.background, each), DEEPEST)
    return LocalSearch(votes=max(usual.votes, background // PER_VOTE), background=background)


class LocalGallery:
    """Gallery of local features; rows are its annotations.

    The index holds every keypoint of the features under its number, counted through; `feature_index` makes one.
    """

    def __init__(self, features: LocalFeatures, index: FaissIndex, search: LocalSearch | None = None) -> None:
        self._features, self._index, self._search = features, index, search or LocalSearch()
        self._owners = features.owners.astype(np.int32)

    def __len__(self) -> int:
        return len(self._features)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """Agreement of the shortlist; below it, far smaller, the bare votes, so that every photo has a place."""
        features = _local(queries)
        found = np.zeros((len(features), len(self)), np.float32)
        for row in range(len(features)):
            query = features.take([row])
            neighbours = self._neighbours(query, allowed[row])
            counted = votes(neighbours, len(self), self._search.votes)
            found[row] = self._search.unverified * counted
            best = np.argsort(-counted, kind="stable")[: self._search.shortlist]
            shortlist = best[counted[best] > 0]
            found[row, shortlist] += self._agreement(query, neighbours, shortlist)[0]
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The spots that agree, weighed by what they add to the score."""
        features = _local(query)
        _, shares, pairs = self._agreement(features, self._neighbours(features, allowed), np.array([row]))
        kept = shares[0] > 0
        return Evidence(
            query=features.positions[pairs.query[0][kept]],
            gallery=self._features.positions[pairs.gallery[0][kept]],
            weights=shares[0][kept].astype(np.float32),
        )

    def _neighbours(self, query: LocalFeatures, allowed: Bools) -> Neighbours:
        wanted = max(self._search.background, self._search.votes + 1)
        distances, keypoints = self._index.search(query.vectors.astype(np.float32), wanted, allowed[self._owners])
        photos = np.full(keypoints.shape, -1, np.int64)
        photos[keypoints >= 0] = self._owners[keypoints[keypoints >= 0]]
        return Neighbours(distances, keypoints, photos)

    def _agreement(
        self, query: LocalFeatures, neighbours: Neighbours, shortlist: Ints
    ) -> tuple[Floats, Floats, Correspondences]:
        pairs = correspond(neighbours, shortlist, self._search.pairs)
        return *agreement(query, self._features, shortlist, pairs), pairs


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
