"""Votes against their definition, one keypoint after another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from resight.match.correspondence import UNIT_SQUARED, Neighbours
from resight.match.votes import votes
from resight.types import Floats, Ints


def near(distances: Floats, owners: Ints) -> Neighbours:
    """Neighbours at these distances, in units of the length of a vector."""
    return Neighbours(distances * UNIT_SQUARED, np.where(owners < 0, -1, 7 * owners), owners)


def by_hand(distances: Floats, owners: Ints, gallery: int, k: int) -> Floats:
    found = np.zeros(gallery, np.float32)
    for row, names in zip(distances, owners, strict=True):
        if not np.isfinite(row[k]):
            continue
        for place in range(k):
            if names[place] >= 0:
                found[names[place]] += row[k] - row[place]
    return found


@given(st.integers(0, 2**16), st.integers(0, 30), st.integers(1, 4), st.integers(0, 3))
def test_votes_are_as_defined(seed: int, keypoints: int, k: int, beyond: int) -> None:
    rng = np.random.default_rng(seed)
    distances = np.sort(rng.random((keypoints, k + 1 + beyond)), axis=1).astype(np.float32)
    owners = rng.integers(0, 7, distances.shape)
    missing = np.arange(distances.shape[1]) >= rng.integers(0, distances.shape[1] + 1, (keypoints, 1))
    distances[missing], owners[missing] = np.inf, -1
    with np.errstate(all="raise"):
        found = votes(near(distances, owners), 7, k)
    np.testing.assert_allclose(found, by_hand(distances, owners, 7, k), atol=1e-5)
    assert found.shape == (7,)


def test_a_spot_that_many_animals_share_counts_for_nothing() -> None:
    shared, own = np.array([[[1, 1.001, 1.002]], [[1, 9, 9.1]]], np.float32)
    owners = np.array([[0, 1, 2]])
    assert votes(near(shared, owners), 3, 1).sum() < 0.01 < votes(near(own, owners), 3, 1)[0]
