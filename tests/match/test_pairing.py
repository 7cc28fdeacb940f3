"""Spots laid over each other: one to one, refined by what fits, weighed against chance."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.match.pairing import Patterns, beyond_chance, fitted, paired, partners_of, patterns
from resight.types import Floats, LocalFeatures


def one(places: Floats) -> Patterns:
    n = len(places)
    return Patterns(
        places[None].astype(np.float32), np.zeros((1, n), np.float32), np.arange(n)[None], np.ones((1, n), np.bool_)
    )


def test_two_spots_never_share_a_partner() -> None:
    theirs = one(np.array([[0.0, 0.0], [1.0, 0.0]]))
    ours = np.array([[[0.0, 0.03], [0.0, 0.01], [1.0, 0.02]]], np.float32)
    pairs = paired(ours, np.zeros((1, 3), np.float32), np.ones(3, np.bool_), theirs, np.full((1, 2), 0.05, np.float32))
    assert (pairs.weights[0] > 0).tolist() == [False, True, True]
    assert pairs.partners[0, 1:].tolist() == [0, 1]


def test_a_spot_of_another_size_or_too_far_off_is_no_partner() -> None:
    theirs, slack = one(np.array([[0.0, 0.0]])), np.full((1, 1), 0.05, np.float32)
    there = np.ones(1, np.bool_)

    def weight(x: float, larger: float) -> float:
        moved, radii = np.array([[[x, 0.0]]], np.float32), np.array([[larger]], np.float32)
        return float(paired(moved, radii, there, theirs, slack).weights[0, 0])

    assert weight(0, 0) == 1
    assert 0 < weight(0.05, 0.2) < 1
    assert weight(0.2, 0) == weight(0, 1.5) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_map_that_was_is_found_from_its_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = np.eye(2) + rng.uniform(-0.2, 0.2, (2, 2))
    ours = rng.normal(size=(12, 2)).astype(np.float32)
    theirs = one((ours @ true.T).astype(np.float32))
    pairs = paired(theirs.places, np.zeros((1, 12), np.float32), np.ones(12, np.bool_), theirs, np.full((1, 12), 0.02))
    found = fitted(ours, partners_of(pairs, theirs), pairs.weights, np.eye(2, dtype=np.float32)[None], 1e-3)
    np.testing.assert_allclose(found[0], true, atol=1e-2)
    few = fitted(ours, partners_of(pairs, theirs), pairs.weights * 0, np.eye(2, dtype=np.float32)[None], 1e-3)
    np.testing.assert_allclose(few[0], np.eye(2), atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 19), st.floats(0.05, 0.9))
def test_more_that_fits_is_never_less_beyond_chance(fits: float, chance: float) -> None:
    less, more = beyond_chance(np.array([fits, fits + 1]), 20, np.array([chance, chance]))
    assert 0 <= less <= more
    assert beyond_chance(np.array([20 * chance * 0.9]), 20, np.array([chance]))[0] == 0


def test_patterns_are_padded_and_in_parts_of_the_animal() -> None:
    features = LocalFeatures(
        offsets=np.array([0, 3, 3, 4]),
        sizes=np.array([[100, 400], [10, 10], [200, 200]], np.float32),
        positions=np.array([[200, 0], [0, 200], [100, 100], [50, 50]], np.float32),
        scales=np.array([2, 20, 200, 20], np.float32),
        angles=np.zeros(4, np.float32),
        vectors=np.zeros((4, 1), np.uint8),
    )
    found = patterns(features, most=2)
    assert found.there.tolist() == [[True, True], [False, False], [True, False]]
    assert found.places[0].tolist() == [[1, 0], [0, 1]]
    np.testing.assert_allclose(found.radii[0], np.log([0.01, 0.1]), rtol=1e-5)
    assert patterns(features, most=9, first=1).counts.tolist() == [2, 0, 0]
    assert patterns(features.take([1]), most=9).counts.tolist() == [0]
