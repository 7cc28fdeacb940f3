"""Edges aligned: equal ones are at no distance, shifted ones near, and no contour is never a match."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fins import drawn_chip

from resight.describe.contour import LENGTH, POINTS, contour
from resight.errors import ResightError
from resight.match.contour import BAND, ContourGallery, aligned, path
from resight.match.contour import contour as matcher
from resight.types import Embeddings, Floats, Labels

NICKS: tuple[list[tuple[float, float]], ...] = ([(0.3, 0.08)], [(0.5, 0.1), (0.62, 0.06)], [(0.75, 0.08)], [])


def edges(n: int, seed: int = 0, points: int = 40) -> Floats:
    rng = np.random.default_rng(seed)
    smooth = np.cumsum(rng.normal(0, 0.02, (points, 2, n)), axis=0)
    return smooth.astype(np.float32)


def by_definition(query: Floats, other: Floats, band: int) -> float:
    """The same distance, cell by cell."""
    k = len(query)
    apart = ((query[:, None] - other[None]) ** 2).mean(axis=2)
    cost = np.full((k + 1, k + 1), np.inf)
    cost[0, 0] = 0
    for i in range(k):
        for j in range(k):
            if abs(i - j) <= band:
                steps = cost[i, j] + 2 * apart[i, j], cost[i, j + 1] + apart[i, j], cost[i + 1, j] + apart[i, j]
                cost[i + 1, j + 1] = min(steps)
    ends = [cost[k, j] / (k + j) for j in range(1, k + 1)] + [cost[i, k] / (i + k) for i in range(1, k)]
    return float(np.sqrt(min(ends)))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), band=st.integers(0, 9))
def test_all_at_once_is_one_by_one(seed: int, band: int) -> None:
    gallery, query = edges(3, seed), edges(1, seed + 1)[:, :, 0]
    expected = [by_definition(query, gallery[:, :, one], band) for one in range(3)]
    np.testing.assert_allclose(aligned(query, gallery, band), expected, rtol=1e-4)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_equal_edges_are_at_no_distance_and_a_wider_band_is_never_farther(seed: int) -> None:
    gallery = edges(4, seed)
    query = gallery[:, :, 0]
    narrow, wide = aligned(query, gallery, 2), aligned(query, gallery, 8)
    assert narrow[0] == 0
    assert (wide <= narrow + 1e-6).all()


def test_a_shifted_edge_is_nearer_aligned_than_not() -> None:
    at = np.arange(60)
    bump = (0.3 * np.exp(-(((at - 30) / 3) ** 2))).astype(np.float32)[:, None]
    shifted = np.roll(bump, 4, axis=0)[:, :, None]
    assert aligned(bump, shifted, 6)[0] < 0.25 * aligned(bump, shifted, 0)[0]


def test_the_path_is_that_of_the_distance() -> None:
    query, other = edges(1, 3)[:, :, 0], edges(1, 4)[:, :, 0]
    rows, columns, apart = path(query, other, 5)
    assert (rows[0], columns[0]) == (0, 0)
    steps = np.diff(np.column_stack([rows, columns]), axis=0)
    assert (steps >= 0).all()
    assert (steps.max(axis=1) == 1).all()
    weights = np.append(2, steps.sum(axis=1))
    weighted = float(np.sqrt((weights * apart**2).sum() / weights.sum()))
    assert weighted == pytest.approx(float(aligned(query, other[:, :, None], 5)[0]), rel=1e-3)


@pytest.fixture(scope="module")
def known() -> Embeddings:
    nothing = np.zeros((1, LENGTH), np.float32)
    fins = contour("").describe([drawn_chip(nicks, seed=place) for place, nicks in enumerate(NICKS)])
    return Embeddings(np.vstack([fins.vectors, nothing]))


def test_the_same_fin_in_another_picture_is_found(known: Embeddings) -> None:
    again = contour("").describe([drawn_chip(nicks, seed=50 + place) for place, nicks in enumerate(NICKS)])
    scores = ContourGallery(known).scores(again, np.ones((4, 5), bool))
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert ((scores[:, :4] > 0) & (scores[:, :4] <= 1)).all()


def test_no_contour_and_what_is_not_allowed_score_nothing(known: Embeddings) -> None:
    allowed = np.ones((5, 5), bool)
    allowed[:, 1] = False
    scores = ContourGallery(known).scores(known, allowed)
    assert not scores[:, [1, 4]].any()
    assert not scores[4].any()
    assert scores[0, 0] == pytest.approx(1)
    assert not ContourGallery(known).scores(known, np.zeros((5, 5), bool)).any()


def test_the_evidence_joins_the_edges_where_they_are(known: Embeddings) -> None:
    gallery, everyone = ContourGallery(known), np.ones(5, bool)
    found = gallery.evidence(known.take([0]), 0, everyone)
    assert len(found) > 10
    np.testing.assert_allclose(found.query, found.gallery)
    np.testing.assert_allclose(found.weights, 1)
    assert len(gallery.evidence(known.take([0]), 4, everyone)) == 0
    assert len(gallery.evidence(known.take([4]), 0, everyone)) == 0
    other = gallery.evidence(known.take([0]), 2, everyone)
    assert np.abs(other.query - other.gallery).max() < BAND / POINTS * 400 + 20
    assert other.weights.min() < 0.9


def test_only_contours_are_compared(known: Embeddings) -> None:
    chosen = matcher("")
    assert chosen.name == "contour"
    assert chosen.best_photo_only
    assert len(chosen.gallery(known, Labels.named(np.array([""] * 5)))) == 5
    with pytest.raises(ResightError, match="contour@contour"):
        chosen.gallery(Embeddings(np.zeros((2, 4), np.float32)), Labels.named(np.array(["", ""])))
    with pytest.raises(ResightError, match="nothing after a colon"):
        matcher("fast")
