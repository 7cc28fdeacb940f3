"""Patterns of spots without an anchor: whatever the turn, the scale and the place in the photo, but never mirrored.

Quads of spots that look alike vote for animals (Groth 1986 with triangles; Lang et al. 2010 with quads). The animals
with the most votes that agree on one turn and one scale are looked at in detail: their votes propose similarities,
the best of which is refined to an affine map, and the score is how far beyond chance the spots then fit.
"""

from __future__ import annotations

import numpy as np

from resight.errors import ResightError
from resight.index.constellations import ConstellationIndex, Likeness, Quads, quads, votes
from resight.match.open import features
from resight.match.pairing import Pairs, Patterns, beyond_chance, fitted, paired, partners_of, patterns
from resight.match.seam import Matcher
from resight.types import Bools, Descriptors, Evidence, Floats, Ints, Labels, LocalFeatures

MOST = 60  # spots of an animal, the first ones: describers give the best first
FEWEST = 5  # spots that a pattern needs, and pairs that an answer rests on
LOOKED = 1000  # spots of a query by animals looked at in detail: the fewer the spots, the longer the shortlist
PROPOSALS = 4  # similarities tried for each
SLACK = 0.035  # of the size of a pattern: what a spot's place is uncertain by before the map is refined
TIGHT = 0.02  # and after
STIFF = 1.0


class ConstellationGallery:
    """Gallery of patterns of spots; a score is how far beyond chance the spots of two patterns fit."""

    def __init__(self, spots: LocalFeatures) -> None:
        self._spots = spots
        self._patterns = centred(patterns(spots, MOST))
        counts = self._patterns.counts
        self._index = ConstellationIndex(
            [
                (self._patterns.places[row, : counts[row]], self._patterns.radii[row, : counts[row]])
                for row in range(len(spots))
            ]
        )

    def __len__(self) -> int:
        return len(self._spots)

    @property
    def index(self) -> ConstellationIndex:
        """The quads of the gallery."""
        return self._index

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """How far beyond chance the spots fit; 0 for what is not on the shortlist, or has fewer than five spots."""
        asked = features(queries, "constellations")
        found = np.zeros((len(asked), len(self)), np.float32)
        for row in range(len(asked)):
            query = centred(patterns(asked.take([row]), MOST))
            if query.counts[0] >= FEWEST:
                shortlist, pairs = self._looked(query, allowed[row])
                if len(shortlist):
                    found[row, shortlist] = _score(pairs, query, self._patterns.take(shortlist))
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The spots that lie over each other."""
        asked = features(query, "constellations")
        ours = centred(patterns(asked, MOST))
        shortlist, pairs = self._looked(ours, allowed & (np.arange(len(self)) == row))
        if not len(shortlist):
            nothing = np.zeros((0, 2), np.float32)
            return Evidence(nothing, nothing, np.zeros(0, np.float32))
        kept = pairs.weights[0] > 0
        theirs = self._patterns.rows[row][pairs.partners[0][kept]]
        return Evidence(asked.positions[ours.rows[0][kept]], self._spots.positions[theirs], pairs.weights[0][kept])

    def _looked(self, query: Patterns, allowed: Bools) -> tuple[Ints, Pairs]:
        """The rows with the most votes, and the spots of each that lie over the query's."""
        asked = quads(query.places[0, query.there[0]], query.radii[0, query.there[0]], ties=True)
        found = self._index.alike(asked, allowed)
        counted, agree = votes(found, len(self))
        best = np.argsort(-counted, kind="stable")[: max(1, LOOKED // int(query.counts[0]))]
        shortlist = np.sort(best[counted[best] > 0])
        if not len(shortlist):
            return shortlist, Pairs(np.zeros((0, 1), np.int64), np.zeros((0, 1), np.float32))
        proposed = self._proposed(asked, found.take(np.flatnonzero(agree)), shortlist, query)
        return shortlist, _laid_best(proposed, query, self._patterns.take(shortlist))

    def _proposed(self, asked: Quads, found: Likeness, shortlist: Ints, query: Patterns) -> Floats:
        """For each of s patterns the similarities (s, p, 2, 3) of its p quads that are most like the query's."""
        place = np.full(len(self), -1)
        place[shortlist] = np.arange(len(shortlist))
        rows = np.flatnonzero(place[found.owners] >= 0)
        slots = place[found.owners[rows]]
        order = np.lexsort((-found.weights[rows], slots))
        rows, slots = rows[order], slots[order]
        rank = np.arange(len(rows)) - np.searchsorted(slots, slots)
        rows, slots, rank = rows[rank < PROPOSALS], slots[rank < PROPOSALS], rank[rank < PROPOSALS]
        mine = query.places[0][asked.spots[found.ours[rows]]]
        other = self._patterns.places[shortlist[slots][:, None], self._index.spots(found.theirs[rows])]
        maps = np.zeros((len(shortlist), PROPOSALS, 2, 3), np.float32)
        maps[slots, rank] = _similarities(mine, other)
        return maps


def constellations(argument: str) -> Matcher:
    """Patterns of spots, or of any keypoints, by their quads."""
    if argument:
        raise ResightError(f"constellations takes nothing after a colon, not {argument!r}")

    def gallery(found: Descriptors, known: Labels) -> ConstellationGallery:
        del known
        return ConstellationGallery(features(found, "constellations"))

    return Matcher("constellations", True, gallery)


def centred(some: Patterns) -> Patterns:
    """Patterns about their own middles, in units of their own spread, so that no map needs to carry a place far."""
    n = np.maximum(some.counts, 1)[:, None]
    middle = some.places.sum(axis=1) / n
    apart = np.where(some.there[..., None], some.places - middle[:, None], 0)
    spread = np.sqrt((apart**2).sum(axis=(1, 2)) / n[:, 0])
    unit = np.where(spread > 0, 2 * spread, 1)
    radii = np.where(some.there, some.radii - np.log(unit)[:, None], 0)
    return Patterns((apart / unit[:, None, None]).astype(np.float32), radii.astype(np.float32), some.rows, some.there)


def _similarities(ours: Floats, theirs: Floats) -> Floats:
    """The turns, scales and shifts (k, 2, 3) that lay points (k, m, 2) best over others, by least squares."""
    a, b = ours[..., 0] + 1j * ours[..., 1], theirs[..., 0] + 1j * theirs[..., 1]
    a0, b0 = a.mean(axis=1, keepdims=True), b.mean(axis=1, keepdims=True)
    power = np.maximum((np.abs(a - a0) ** 2).sum(axis=1), 1e-12)
    factor = (np.conj(a - a0) * (b - b0)).sum(axis=1) / power
    shift = b0[:, 0] - factor * a0[:, 0]
    rows = (
        np.stack([factor.real, -factor.imag, shift.real], axis=1),
        np.stack([factor.imag, factor.real, shift.imag], axis=1),
    )
    return np.stack(rows, axis=1).astype(np.float32)


def _laid_best(proposed: Floats, query: Patterns, theirs: Patterns) -> Pairs:
    """The query laid over each pattern by its best proposal, which the spots that then fit refine to an affine map."""
    maps = before = _best(proposed, query, theirs)
    ours = _homogeneous(query.places[0]) * query.there[0][:, None]
    for slack in (SLACK, TIGHT, TIGHT):
        pairs = _laid(maps, query, theirs, slack)
        maps = fitted(ours, partners_of(pairs, theirs), pairs.weights, before, STIFF)
    return _laid(maps, query, theirs, TIGHT)


def _homogeneous(places: Floats) -> Floats:
    return np.concatenate([places, np.ones((len(places), 1), np.float32)], axis=1)


def _best(proposed: Floats, query: Patterns, theirs: Patterns) -> Floats:
    """The proposal of each pattern under which most spots of the query lie on one of its own, (s, 2, 3)."""
    ours, there = _homogeneous(query.places[0]), query.there[0]
    rest = np.zeros(proposed.shape[:2], np.float32)
    for place in range(proposed.shape[1]):
        moved = np.einsum("cxk,nk->cnx", proposed[:, place], ours)
        apart = ((moved[:, :, None] - theirs.places[:, None]) ** 2).sum(axis=-1)
        nearest = np.where(theirs.there[:, None], apart, np.inf).min(axis=2)
        rest[:, place] = (np.exp(-0.5 * nearest / SLACK**2) * there).sum(axis=1)
    rest[np.abs(proposed).sum(axis=(2, 3)) == 0] = -1
    best: Floats = proposed[np.arange(len(proposed)), rest.argmax(axis=1)]
    return best


def _laid(maps: Floats, query: Patterns, theirs: Patterns, slack: float) -> Pairs:
    moved = np.einsum("cxk,nk->cnx", maps, _homogeneous(query.places[0]))
    grown = 0.5 * np.log(np.maximum(np.abs(np.linalg.det(maps[:, :, :2])), 1e-6)).astype(np.float32)
    wide = np.full(theirs.there.shape, slack, np.float32)
    return paired(moved, query.radii[0] + grown[:, None], query.there[0], theirs, wide)


def _score(pairs: Pairs, query: Patterns, theirs: Patterns) -> Floats:
    """Beyond what chance would do, (s,); 0 where fewer than five spots fit."""
    fits = pairs.weights.sum(axis=1) - 2  # a similarity lays any two spots over any two
    chance = 0.6 * 2 * np.pi * TIGHT**2 * theirs.counts
    few = (pairs.weights > 0).sum(axis=1) < FEWEST
    return np.where(few, 0, beyond_chance(np.maximum(fits, 0), int(query.there.sum()), chance)).astype(np.float32)
