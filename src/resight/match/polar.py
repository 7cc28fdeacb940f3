"""Spots in polar coordinates about the eye: an angle from the head line, a distance, a size.

After SalmID (SINTEF 2017) and Hammerset (2018). The unit of distance is the side of a square as large as the head's
box, steadier from photo to photo than the eye's own radius. The head line is never quite right, and a head is turned
away from the camera a little: every pair of spots that may be one votes for the turn and the scale that would lay it
over its partner, the densest place of the votes is taken, spots are paired one to one, and the pairs refine the map.
"""

from __future__ import annotations

import numpy as np

from resight.describe.spots import COLUMNS
from resight.errors import ResightError
from resight.match.open import features
from resight.match.pairing import BATCH, Pairs, Patterns, beyond_chance, fitted, paired, partners_of, patterns
from resight.match.seam import Matcher
from resight.types import Bools, Descriptors, Doubles, Evidence, Floats, Labels, LocalFeatures

MOST = 60  # spots of a head, the deepest ones
FEWEST = 5  # spots that a head must show besides its eye, and pairs that an answer rests on
TURN, TURNS = np.deg2rad(12.0), 13  # how far the head line may be wrong to either side, and in how many steps
SCALE, SCALES = 0.22, 9  # the same for the logarithm of the scale
NEAR, FAR = 0.018, 0.045  # what a spot's place is uncertain by: in units, and as a share of its distance to the eye
BESIDE = 0.6  # of a vote counts for the next turn and scale too
STIFF = 0.3  # pairs that the map before a refinement counts for
SIZED, GATE = 0.5, 6.0  # deviation of the logarithm of a spot's radius from the scale, and the square of the most
EYE = 255


class PolarGallery:
    """Gallery of heads whose first keypoint is the eye; a score is how far beyond chance the spots fit."""

    def __init__(self, heads: LocalFeatures) -> None:
        self._heads = heads
        self._patterns = eye_patterns(heads)
        self._counts = self._patterns.counts

    def __len__(self) -> int:
        return len(self._heads)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """How far beyond chance the spots of each pair of heads fit; 0 without an eye or with fewer than five spots."""
        heads = with_eyes(features(queries, "polar"))
        found = np.zeros((len(heads), len(self)), np.float32)
        for row in range(len(heads)):
            query = eye_patterns(heads.take([row]))
            if query.counts[0] < FEWEST:
                continue
            rows = np.flatnonzero(allowed[row] & (self._counts >= FEWEST))
            each = max(1, BATCH // (query.there.size * self._patterns.there.shape[1]))
            for start in range(0, len(rows), each):
                part = rows[start : start + each]
                theirs = self._patterns.take(part)
                found[row, part] = _score(_matched(query, theirs), query, theirs)
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The spots that lie over each other, and the two eyes."""
        del allowed
        heads = features(query, "polar")
        ours, theirs = eye_patterns(heads), self._patterns.take(np.array([row]))
        if ours.counts[0] < FEWEST or theirs.counts[0] < FEWEST:
            nothing = np.zeros((0, 2), np.float32)
            return Evidence(nothing, nothing, np.zeros(0, np.float32))
        pairs = _matched(ours, theirs)
        kept = pairs.weights[0] > 0
        return Evidence(
            query=heads.positions[ours.rows[0][kept]],
            gallery=self._heads.positions[theirs.rows[0][pairs.partners[0][kept]]],
            weights=pairs.weights[0][kept],
        )


def polar(argument: str) -> Matcher:
    """Spots about the eye, for `spots:eye`."""
    if argument:
        raise ResightError(f"polar takes nothing after a colon, not {argument!r}")

    def gallery(found: Descriptors, known: Labels) -> PolarGallery:
        del known
        return PolarGallery(with_eyes(features(found, "polar")))

    return Matcher("polar", True, gallery)


def with_eyes(heads: LocalFeatures) -> LocalFeatures:
    """These heads; ResightError where the first keypoint of one is no eye."""
    first = heads.offsets[:-1][heads.counts > 0]
    if heads.vectors.shape[1] != COLUMNS or bool((heads.vectors[first, -1] != EYE).any()):
        raise ResightError("polar needs the eye of every head as its first keypoint: use it with spots:eye")
    return heads


def eye_patterns(heads: LocalFeatures) -> Patterns:
    """Each head's spots about its eye, the head line to the right."""
    found = patterns(heads, MOST, first=1)
    if not len(heads.positions):
        return found
    eyes = np.minimum(heads.offsets[:-1], len(heads.positions) - 1)
    unit = np.sqrt(heads.sizes.prod(axis=1))
    apart = found.places - (heads.positions[eyes] / unit[:, None])[:, None]
    line = np.deg2rad(heads.angles[eyes])
    cos, sin = np.cos(line)[:, None], np.sin(line)[:, None]
    x, y = apart[..., 0] * cos + apart[..., 1] * sin, apart[..., 1] * cos - apart[..., 0] * sin
    places = np.where(found.there[..., None], np.stack([x, y], axis=-1), 0).astype(np.float32)
    return Patterns(places, found.radii, found.rows, found.there)


def _matched(query: Patterns, theirs: Patterns) -> Pairs:
    """The query's spots laid over each head's: one to one, after the map has been refined by the first pairs."""
    ours, there = query.places[0], query.there[0]
    slack = _slack(theirs)
    before = _voted(query, theirs)
    maps = before
    for _ in range(2):
        pairs = _laid(maps, query, theirs, slack)
        maps = fitted(ours * there[:, None], partners_of(pairs, theirs), pairs.weights, before, STIFF)
    return _laid(maps, query, theirs, slack)


def _laid(maps: Floats, query: Patterns, theirs: Patterns, slack: Floats) -> Pairs:
    moved = np.einsum("cxk,nk->cnx", maps, query.places[0])
    grown = 0.5 * np.log(np.maximum(np.abs(np.linalg.det(maps)), 1e-6)).astype(np.float32)
    return paired(moved, query.radii[0] + grown[:, None], query.there[0], theirs, slack)


def _voted(query: Patterns, theirs: Patterns) -> Floats:
    """The similarity about the eye, (c, 2, 2), that most pairs of spots vote for, with their likeness as weight."""
    ours, places = query.places[0], theirs.places
    mine, other = np.hypot(*ours.T), np.hypot(places[..., 0], places[..., 1])
    zoom = np.log(np.maximum(other, 1e-6))[:, None] - np.log(np.maximum(mine, 1e-6))[None, :, None]
    turn = np.arctan2(places[..., 1], places[..., 0])[:, None] - np.arctan2(ours[:, 1], ours[:, 0])[None, :, None]
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    # One spot has one size: what the scale does not explain is held against a pair.
    unlike = ((theirs.radii[:, None] - query.radii[0][None, :, None] - zoom) / SIZED) ** 2
    both = query.there[0][None, :, None] & theirs.there[:, None]
    possible = both & (np.abs(zoom) < SCALE) & (np.abs(turn) < TURN) & (unlike < GATE)
    c, i, j = np.nonzero(possible)
    columns = np.rint((turn[c, i, j] / TURN + 1) / 2 * (TURNS - 1)).astype(np.int64)
    rows = np.rint((zoom[c, i, j] / SCALE + 1) / 2 * (SCALES - 1)).astype(np.int64)
    place = (c * SCALES + rows) * TURNS + columns
    weights = np.exp(-0.5 * unlike[c, i, j]).astype(np.float64)
    counted = np.bincount(place, weights, len(theirs) * SCALES * TURNS).astype(np.float64)
    votes = _spread(counted.reshape(len(theirs), SCALES, TURNS))
    best = votes.reshape(len(theirs), -1).argmax(axis=1)
    factor = np.exp((2 * (best // TURNS) / (SCALES - 1) - 1) * SCALE)
    angle = (2 * (best % TURNS) / (TURNS - 1) - 1) * TURN
    cos, sin = factor * np.cos(angle), factor * np.sin(angle)
    return np.stack([np.stack([cos, -sin], axis=-1), np.stack([sin, cos], axis=-1)], axis=-2).astype(np.float32)


def _spread(votes: Doubles) -> Doubles:
    """Votes shared with the neighbouring turns and scales, as places are uncertain."""
    for axis in (1, 2):
        wide = np.pad(votes, [(1, 1) if one == axis else (0, 0) for one in range(3)])
        n = votes.shape[axis]
        before, after = (np.take(wide, np.arange(n) + k, axis) for k in (0, 2))
        votes = votes + BESIDE * (before + after)
    return votes


def _slack(theirs: Patterns) -> Floats:
    return np.asarray(NEAR + FAR * np.hypot(theirs.places[..., 0], theirs.places[..., 1]), np.float32)


def _score(pairs: Pairs, query: Patterns, theirs: Patterns) -> Floats:
    """Beyond what chance would do, (c,); 0 where fewer than five spots fit."""
    fits, n = pairs.weights.sum(axis=1), int(query.there.sum())
    # A spot is as likely to fall anywhere within the reach of their spots; a place's weight is a bell round it.
    x, y = (np.where(theirs.there, theirs.places[..., axis], np.nan) for axis in (0, 1))
    area = (np.nanmax(x, axis=1) - np.nanmin(x, axis=1)) * (np.nanmax(y, axis=1) - np.nanmin(y, axis=1))
    bells = (2 * np.pi * _slack(theirs) ** 2 * theirs.there).sum(axis=1)
    chance = 0.5 * bells / np.maximum(area, 1e-3)
    few = (pairs.weights > 0).sum(axis=1) < FEWEST
    return np.where(few, 0, beyond_chance(fits, n, chance)).astype(np.float32)
