"""Spot patterns: individual, repeatable, on the head."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.simulate.drawing import COLUMNS, ROWS, column_of, row_of
from resight.simulate.spots import spot_cover, spot_pattern
from resight.types import Side

fish = st.integers(0, 10_000)


@settings(deadline=None, max_examples=60)
@given(fish, fish)
def test_a_head_has_1_to_40_spots_and_they_stay(seed: int, individual: int) -> None:
    pattern = spot_pattern(seed, individual, Side.LEFT)
    assert 1 <= np.count_nonzero(pattern.x < 1) <= 40
    again = spot_pattern(seed, individual, Side.LEFT)
    assert np.array_equal(pattern.x, again.x)
    assert np.array_equal(pattern.lobes, again.lobes)


def test_a_few_fish_have_next_to_no_spots() -> None:
    heads = np.array([np.count_nonzero(spot_pattern(2, i, Side.LEFT).x < 1) for i in range(400)])
    assert 4 < np.count_nonzero(heads < 5) < 40
    assert 15 < np.median(heads) < 25


@settings(deadline=None, max_examples=30)
@given(fish)
def test_flanks_and_fish_differ(individual: int) -> None:
    left, right = (spot_pattern(1, individual, side) for side in (Side.LEFT, Side.RIGHT))
    other = spot_pattern(1, individual + 1, Side.LEFT)
    for pattern in (right, other):
        shared = min(len(left), len(pattern))
        assert not np.allclose(left.x[:shared], pattern.x[:shared], atol=0.01)


@settings(deadline=None, max_examples=20)
@given(fish)
def test_the_drawing_is_dark_at_every_spot_and_nowhere_else(individual: int) -> None:
    pattern = spot_pattern(5, individual, Side.RIGHT)
    cover = spot_cover(pattern)
    assert cover.shape == (ROWS, COLUMNS)
    rows, columns = row_of(pattern.tau).round().astype(int), column_of(pattern.x).round().astype(int)
    # The middle of a spot that is hardly a pixel wide may be nearest to a pixel beside it.
    assert (cv2.dilate(cover, np.ones((3, 3)))[rows, columns] >= pattern.darkness - 1e-3).all()
    assert np.count_nonzero(cover[:, : max(columns.min() - 60, 0)]) == 0
    assert np.mean(cover > 0) < 0.1
