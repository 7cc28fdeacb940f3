"""Local features against a gallery of them: votes for a shortlist, geometry on it, a second look at the likest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from resight.index.faiss_index import FaissIndex, inverted
from resight.match.again import Found, look_again
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
    more; `shortlist`: photos looked at in detail; `pairs`: spots compared in each; `again`: the likest photos, at which
    a second look is taken.
    """

    votes: int = 3
    background: int = 10
    shortlist: int = 150
    pairs: int = 64
    again: int = 40
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


@dataclass(frozen=True, slots=True)
class _Look:
    """A query beside its shortlist (s,): how much agrees on each photo, (s,), and the spots that do.

    `pairs` and their `shares` (s, m) are those of the search, `found` what the second look added.
    """

    shortlist: Ints
    pairs: Correspondences
    shares: Floats
    found: Found

    @property
    def scores(self) -> Floats:
        """What agrees on each photo of the shortlist, (s,)."""
        more = np.bincount(self.found.photo, self.found.weights, len(self.shortlist))
        return np.asarray(self.shares.sum(axis=1) + more, np.float32)


class LocalGallery:
    """Gallery of local features; rows are its annotations, and `individuals` (n,) whose they are, '' for nobody's.

    The index holds every keypoint of the features under its number, counted through; `feature_index` makes one.
    Without `search` it is searched as is right for so many photos of each individual.
    """

    def __init__(
        self, features: LocalFeatures, index: FaissIndex, individuals: Strings, search: LocalSearch | None = None
    ) -> None:
        self._features, self._index, self._search = features, index, search or search_among(individuals)
        self._owners = features.owners.astype(np.int32)
        self._whose = _whose(individuals)

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
            look = self._look(query, neighbours, counted)
            found[row, look.shortlist] += look.scores
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The spots that agree, weighed by what they add to the score."""
        features = _local(query)
        neighbours = self._neighbours(features, allowed)
        look = self._look(features, neighbours, votes(neighbours, len(self), self._search.votes))
        at = np.flatnonzero(look.shortlist == row)
        agreed = look.shares[at] > 0
        more = np.isin(look.found.photo, at)
        ours = np.concatenate([look.pairs.query[at][agreed], look.found.query[more]])
        theirs = np.concatenate([look.pairs.gallery[at][agreed], look.found.gallery[more]])
        weights = np.concatenate([look.shares[at][agreed], look.found.weights[more]])
        # A pair that was found both times counts twice, and is one pair.
        spots, which = np.unique(np.column_stack([ours, theirs]), axis=0, return_inverse=True)
        return Evidence(
            query=features.positions[spots[:, 0]],
            gallery=self._features.positions[spots[:, 1]],
            weights=np.bincount(which.ravel(), weights, len(spots)).astype(np.float32),
        )

    def _neighbours(self, query: LocalFeatures, allowed: Bools) -> Neighbours:
        wanted = max(self._search.background, self._search.votes + 1)
        distances, keypoints = self._index.search(query.vectors.astype(np.float32), wanted, allowed[self._owners])
        photos = np.full(keypoints.shape, -1, np.int64)
        photos[keypoints >= 0] = self._owners[keypoints[keypoints >= 0]]
        return Neighbours(distances, keypoints, photos)

    def _look(self, query: LocalFeatures, neighbours: Neighbours, counted: Floats) -> _Look:
        """The shortlist by votes, what agrees on it, and what a second look at the likest of it finds."""
        best = np.argsort(-counted, kind="stable")[: self._search.shortlist]
        shortlist = best[counted[best] > 0]
        pairs = correspond(neighbours, shortlist, self._search.pairs)
        agreed, shares = agreement(query, self._features, shortlist, pairs)
        order = np.argsort(-agreed, kind="stable")
        shortlist, pairs, shares = shortlist[order], pairs.take(order), shares[order]
        likest = np.arange(min(len(shortlist), self._search.again))
        found = look_again(
            query, self._features, shortlist[likest], pairs.take(likest), shares[likest], neighbours.background,
            self._whose[shortlist[likest]],
        )  # fmt: skip
        return _Look(shortlist, pairs, shares, found)


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


def local_gallery(features: LocalFeatures, individuals: Strings, search: LocalSearch | None = None) -> LocalGallery:
    """A gallery of features held in memory, of these individuals (n,), '' for nobody's."""
    index = feature_index(iter([features]), features, len(features.vectors))
    return LocalGallery(features, index, individuals, search)


def _whose(individuals: Strings) -> Ints:
    """A number for each individual; a photo of nobody has one of its own, as it may be anybody's."""
    names, whose = np.unique(individuals, return_inverse=True)
    return np.where(individuals == "", len(names) + np.arange(len(individuals)), whose)


def _local(queries: Descriptors) -> LocalFeatures:
    if not isinstance(queries, LocalFeatures):
        raise TypeError("a gallery of local features is asked with local features, not with embeddings")
    return queries
