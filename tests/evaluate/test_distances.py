"""Distances by matrix product equal those by subtraction, also where vectors nearly coincide."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from resight.evaluate.distances import left_factor, minus_squared_distances, right_factor


@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_near_and_equal_vectors_keep_their_distance(offset: float) -> None:
    rng = np.random.default_rng(6)
    vectors = rng.normal(size=(5, 8)) + offset
    others = np.vstack([vectors, vectors + rng.normal(size=(5, 8)) * 1e-6, rng.normal(size=(5, 8)) + offset])
    exact = cdist(vectors, others, "sqeuclidean")
    out = np.empty((5, 15))
    result = minus_squared_distances(left_factor(vectors), right_factor(others), out)
    assert result is out
    assert np.allclose(-result, exact, rtol=1e-9, atol=0)
    assert (result[np.arange(5), np.arange(5)] == 0).all()


def test_whole_numbers_are_exact() -> None:
    vectors = np.random.default_rng(7).integers(-50, 50, size=(40, 9)).astype(np.float32)
    result = minus_squared_distances(left_factor(vectors), right_factor(vectors))
    assert (-result == cdist(vectors, vectors, "sqeuclidean")).all()


def test_no_vectors_have_no_distances() -> None:
    assert minus_squared_distances(left_factor(np.empty((0, 3))), right_factor(np.ones((2, 3)))).shape == (
        0,
        2,
    )
