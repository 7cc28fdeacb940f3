"""Contours of fins against a gallery of them: trailing edges aligned by dynamic time warping, and shapes compared."""

from __future__ import annotations

import numpy as np

from resight.describe.contour import LENGTH, Contours
from resight.errors import ResightError
from resight.match.open import embeddings
from resight.match.seam import Matcher
from resight.match.whole import no_evidence, vectors_of
from resight.types import Bools, Descriptors, Doubles, Embeddings, Evidence, Floats, Ints

BAND = 6  # points, that one edge may run ahead of the other
EDGE, SHAPE = 0.02, 0.35  # the distances at which edges, and shapes, are half as alike as equal ones
SHAPE_WEIGHT = 0.2
SATURATES = 0.05  # curvature beyond which more counts little: a wave that touches the edge must not outweigh the rest
SHOWN = 32  # pairs of points that are shown as evidence


class ContourGallery:
    """Gallery of contours; a score is 1 / (1 + distance), and 0 where either picture shows no contour."""

    def __init__(self, found: Embeddings) -> None:
        self._contours = Contours.of(found.vectors)
        # The annotations lie last, so that each step of the alignment runs over all of them at once.
        self._edges = np.ascontiguousarray(saturated(self._contours.curvature).transpose(2, 1, 0))

    def __len__(self) -> int:
        return len(self._contours)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """1 / (1 + distance) for every allowed pair of which both show a contour, else 0.

        The distance is the weighted sum of that of the aligned edges and that of the shapes.
        """
        asked = Contours.of(vectors_of(queries))
        scores = np.zeros((len(asked), len(self)), np.float32)
        for row in np.flatnonzero(asked.found):
            chosen = np.flatnonzero(allowed[row] & self._contours.found)
            edges = aligned(saturated(asked.curvature[row]).T, self._edges[:, :, chosen])
            shapes = np.sqrt(((self._contours.shape[chosen] - asked.shape[row]) ** 2).sum(axis=1))
            apart = (1 - SHAPE_WEIGHT) * edges / EDGE + SHAPE_WEIGHT * shapes / SHAPE
            scores[row, chosen] = 1 / (1 + apart)
        return scores

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """Points of the two edges that the alignment puts together, weighted by how alike they curve."""
        asked = Contours.of(vectors_of(query))
        if not (asked.found[0] and self._contours.found[row] and allowed[row]):
            return no_evidence()
        of_query, of_gallery, apart = path(saturated(asked.curvature[0]).T, saturated(self._contours.curvature[row]).T)
        some = np.unique(np.linspace(0, len(apart) - 1, SHOWN).round().astype(int))
        return Evidence(
            asked.edge[0][of_query[some]],
            self._contours.edge[row][of_gallery[some]],
            (1 / (1 + apart[some] / EDGE)).astype(np.float32),
        )


def contour(argument: str) -> Matcher:
    """Edges of fins, aligned; it compares what the describer `contour` gives."""
    if argument:
        raise ResightError(f"contour takes nothing after a colon where it compares, not {argument!r}")
    return Matcher("contour", True, lambda found, _known: ContourGallery(_contours(found)))


def saturated(curvature: Floats) -> Floats:
    """Curvature as it is compared: little changed where it is small, and never beyond SATURATES."""
    bent: Floats = SATURATES * np.tanh(curvature / np.float32(SATURATES))
    return bent


def aligned(query: Floats, gallery: Floats, band: int = BAND) -> Floats:
    """How far an edge (k, s) is from each of a gallery (k, s, g), (g,): the root mean square of s numbers, aligned.

    Dynamic time warping (Sakoe and Chiba 1978, symmetric form) within a band, both begun at the tip; of one edge up
    to `band` points may be left over at the base, for where a fin ends is seldom seen.
    """
    k, _, g = gallery.shape
    if not g:
        return np.zeros(0, np.float32)
    # Cells on a diagonal i + j depend on the two diagonals before it alone. `before[i]` is a cell's cost so far.
    before = np.full((k + 1, g), np.inf, np.float32)
    last = before.copy()
    best = np.full(g, np.inf, np.float32)
    for diagonal in range(2 * k - 1):
        low = max(0, diagonal - k + 1, (diagonal - band + 1) // 2)
        high = min(k - 1, diagonal, (diagonal + band) // 2)
        i = np.arange(low, high + 1)
        apart = ((query[i][:, :, None] - gallery[diagonal - high : diagonal - low + 1][::-1]) ** 2).mean(axis=1)
        now = np.full((k + 1, g), np.inf, np.float32)
        if diagonal == 0:
            now[1] = 2 * apart[0]
        else:
            straight = np.minimum(last[i], last[i + 1]) + apart
            now[i + 1] = np.minimum(straight, before[i] + 2 * apart)
        for end in {low, high} if diagonal >= k - 1 else ():
            if end == k - 1 or diagonal - end == k - 1:
                best = np.minimum(best, now[end + 1] / (diagonal + 2))
        before, last = last, now
    return np.sqrt(best)


def path(query: Floats, gallery: Floats, band: int = BAND) -> tuple[Ints, Ints, Floats]:
    """The points (m,) of one edge (k, s) and (m,) of another that `aligned` puts together, and how far apart (m,)."""
    k = len(query)
    apart: Doubles = ((query[:, None] - gallery[None]).astype(np.float64) ** 2).mean(axis=2)
    cost = np.full((k + 1, k + 1), np.inf)
    cost[0, 0] = 0
    for i in range(k):
        for j in range(max(0, i - band), min(k, i + band + 1)):
            cost[i + 1, j + 1] = min(
                cost[i, j] + 2 * apart[i, j], cost[i, j + 1] + apart[i, j], cost[i + 1, j] + apart[i, j]
            )
    ends = [(k, j) for j in range(k - band, k + 1)] + [(i, k) for i in range(k - band, k)]
    i, j = min(ends, key=lambda end: cost[end] / sum(end))
    pairs = []
    while i > 0 and j > 0:
        pairs.append((i - 1, j - 1))
        here = apart[i - 1, j - 1]
        i, j = min(
            ((i - 1, j - 1), cost[i - 1, j - 1] + 2 * here),
            ((i - 1, j), cost[i - 1, j] + here),
            ((i, j - 1), cost[i, j - 1] + here),
            key=lambda step: step[1],
        )[0]
    rows, columns = np.array(pairs[::-1], np.int64).T
    return rows, columns, np.sqrt(apart[rows, columns]).astype(np.float32)


def _contours(found: Descriptors) -> Embeddings:
    vectors = embeddings(found, "contour")
    if vectors.vectors.shape[1] != LENGTH:
        raise ResightError("contour compares what the describer contour gives: name the method contour@contour")
    return vectors
