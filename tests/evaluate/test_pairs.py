"""Exact pair counts against scipy and sklearn, on scores with many ties."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics import roc_auc_score, roc_curve

from resight.evaluate import pairs
from resight.evaluate.pairs import embedding_pairs, matrix_pairs
from resight.evaluate.roc import RocCurve
from resight.types import Bools, Doubles, Strings

NAMES = np.array(["", "Ada", "Bea", "Cleo", "Dot"])


def brute(scores: Doubles, same: Bools, roc: RocCurve) -> None:
    """Every figure again, threshold by threshold, from all pairs at once."""
    assert (roc.n_same, roc.n_different) == (same.sum(), (~same).sum())
    assert set(scores[same]) <= set(roc.thresholds)
    assert (np.diff(roc.thresholds) < 0).all()
    for place, threshold in enumerate(roc.thresholds):
        assert roc.same_at[place] == (scores[same] >= threshold).sum()
        assert roc.different_at[place] == (scores[~same] >= threshold).sum()
        assert roc.different_above[place] == (scores[~same] > threshold).sum()
    if roc.why_empty:
        assert same.all() or not same.any()
        with pytest.raises(ValueError, match="no two comparable photos"):
            roc.auc()
        return
    assert roc.auc() == pytest.approx(roc_auc_score(same, scores), abs=1e-12)
    every = np.unique(scores)
    for limit in (0.001, 0.01, 0.25):
        kept = [np.mean(scores[same] >= t) for t in every if np.mean(scores[~same] >= t) <= limit]
        assert roc.tpr_at_fpr(limit) == pytest.approx(max(kept, default=0.0), abs=1e-12)
    means = [(np.mean(scores[same] >= t) + np.mean(scores[~same] < t)) / 2 for t in every]
    assert roc.mean_accuracy[roc.best()] == pytest.approx(max(means), abs=1e-12)
    fpr, tpr, _ = roc_curve(same, scores, drop_intermediate=False)
    grid = np.linspace(0, 1, 20001)
    gap = np.interp(grid, fpr, tpr) - (1 - grid)
    assert roc.eer() == pytest.approx(grid[np.argmax(gap >= 0)], abs=1e-4)


def tied_scores(shape: tuple[int, int]) -> st.SearchStrategy[Doubles]:
    return arrays(np.float64, shape, elements=st.sampled_from([-2.5, -1.0, 0.0, 0.1, 0.1 + 1e-16, 3.0, 7.0]))


@given(
    tied_scores((6, 9)),
    arrays(np.int64, 6, elements=st.integers(0, 4)),
    arrays(np.int64, 9, elements=st.integers(0, 4)),
    arrays(np.bool_, (6, 9)),
)
def test_matrix_pairs_equal_the_definitions(scores: Doubles, q: Strings, g: Strings, allowed: Bools) -> None:
    query, gallery = NAMES[q], NAMES[g]
    counted = allowed & (gallery != "")
    same = query[:, None] == gallery
    brute(scores[counted], same[counted], matrix_pairs(scores, query, gallery, allowed))


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 5))
def test_embedding_pairs_equal_scipy_with_ties(seed: int, n: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-2, 3, size=(n, d)).astype(np.float64)
    individuals = NAMES[rng.integers(0, len(NAMES), n)]
    named = individuals != ""
    first, second = np.triu_indices(int(named.sum()), 1)
    same = individuals[named][first] == individuals[named][second]
    distances = pdist(vectors[named]) if named.sum() > 1 else np.empty(0)
    brute(-distances, same, embedding_pairs(vectors, individuals))


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_embedding_pairs_equal_scipy_across_tiles(monkeypatch: pytest.MonkeyPatch, offset: float) -> None:
    monkeypatch.setattr(pairs, "ROWS", 37)
    monkeypatch.setattr(pairs, "COLUMNS", 101)
    rng = np.random.default_rng(4)
    vectors = (rng.normal(size=(500, 16)) + offset).astype(np.float32)
    vectors[100:120] = vectors[300:320]
    individuals = rng.integers(0, 30, 500).astype(np.str_)
    first, second = np.triu_indices(500, 1)
    same = individuals[first] == individuals[second]
    scores = -pdist(vectors.astype(np.float64))
    roc = embedding_pairs(vectors, individuals, threads=3)
    # Distances to two equal vectors tie; rounding may part them, which moves the AUC by 1 / n_different.
    assert roc.auc() == pytest.approx(roc_auc_score(same, scores), abs=1e-6)
    thresholds = np.sort(scores[same])[::-1]
    assert np.allclose(np.repeat(roc.thresholds, np.diff(roc.same_at, prepend=0)), thresholds, rtol=1e-9, atol=1e-9)
    middles = (thresholds[:-1] + thresholds[1:]) / 2
    counted = embedding_pairs(vectors, individuals, at=middles)
    at = np.searchsorted(-counted.thresholds, -middles)
    expected = (scores[~same][:, None] >= middles[::200]).sum(axis=0)
    assert (counted.different_at[at][::200] == expected).all()


def test_same_as_the_matrix_of_its_upper_triangle() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(60, 3))
    individuals = NAMES[rng.integers(0, 5, 60)]
    individuals[individuals == ""] = "Eve"
    distances = cdist(vectors, vectors)
    by_matrix = matrix_pairs(-distances, individuals, individuals, np.triu(np.ones((60, 60), bool), k=1))
    by_vectors = embedding_pairs(vectors, individuals)
    assert by_matrix.auc() == pytest.approx(by_vectors.auc(), abs=1e-12)
    assert by_matrix.eer() == pytest.approx(by_vectors.eer(), abs=1e-12)


def test_a_query_without_a_name_is_new_and_a_gallery_photo_without_one_is_nobody() -> None:
    roc = matrix_pairs(np.eye(2), np.array(["", "Ada"]), np.array(["", "Ada"]))
    assert (roc.n_same, roc.n_different) == (1, 1)
    assert roc.tpr_at_fpr(0.01) == 1.0


def test_extreme_spans_are_counted_rightly() -> None:
    query, gallery = np.array(["Ada"]), np.array(["Ada", "Ada", "Ada", "Bea", "Bea", "Bea"])
    for row in ([1e307, -1e307, 5e-324, 0.0, 2.0, -1e308], [5e-324, 0.0, 1e-323, 0.0, 2e-323, -1e-323]):
        scores = np.array([row])
        brute(scores[0], gallery == "Ada", matrix_pairs(scores, query, gallery))
    with pytest.raises(ValueError, match="too far apart"):
        matrix_pairs(np.array([[1e308, -1e308, 0.0, 0.0, 0.0, 0.0]]), query, gallery)


def test_broken_scores_are_errors() -> None:
    gallery = np.array(["Ada", "Bea"])
    broken = np.array([[0.5, np.nan]])
    with pytest.raises(ValueError, match="query 0 and gallery photo 1"):
        matrix_pairs(broken, np.array(["Ada"]), gallery)
    assert matrix_pairs(broken, np.array(["Ada"]), gallery, np.array([[True, False]])).n_same == 1
    with pytest.raises(ValueError, match="row 1"):
        embedding_pairs(np.array([[0.0], [np.inf]]), gallery)
    with pytest.raises(ValueError, match="one individual for each row"):
        embedding_pairs(np.zeros((3, 2)), gallery)


def test_no_pairs_of_a_kind_says_why() -> None:
    nobody = embedding_pairs(np.zeros((2, 2)), np.array(["", ""]))
    assert "show one individual" in nobody.why_empty
    alone = embedding_pairs(np.zeros((2, 2)), np.array(["Ada", "Ada"]))
    assert "different individuals" in alone.why_empty
    for roc in (nobody, alone):
        with pytest.raises(ValueError, match="no two comparable photos"):
            roc.eer()
