"""Outlines as ellipses: nothing changes with place, turn, size and first point, and the outline comes back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fins import fin_mask_of

from resight.chip.fin import fin_outline
from resight.describe.fourier import FIXED, elliptic_fourier, fourier_numbers, normalised_fourier, outline_of
from resight.types import Doubles


def blob(seed: int, points: int = 80) -> Doubles:
    """A closed outline, longer than broad, with one end plumper than the other."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    order = np.arange(2, 7)[:, None]
    radius = 1 + 0.25 * np.cos(angle) + ((rng.normal(0, 0.05, (5, 1)) * np.cos(order * angle + order)).sum(axis=0))
    return np.asarray(np.column_stack([2.2 * radius * np.cos(angle), radius * np.sin(angle)]), np.float64)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    turn=st.floats(-np.pi, np.pi),
    size=st.floats(0.01, 1000),
    x=st.floats(-1e4, 1e4),
    y=st.floats(-1e4, 1e4),
    first=st.integers(0, 79),
)
def test_place_turn_size_and_first_point_change_nothing(
    seed: int, turn: float, size: float, x: float, y: float, first: int
) -> None:
    outline = blob(seed)
    cosine, sine = np.cos(turn), np.sin(turn)
    moved = size * np.roll(outline, first, axis=0) @ np.array([[cosine, sine], [-sine, cosine]]) + (x, y)
    np.testing.assert_allclose(fourier_numbers(moved, 10), fourier_numbers(outline, 10), atol=1e-5)


def test_a_mirrored_outline_is_another_one() -> None:
    outline = blob(3)
    apart = fourier_numbers(outline * (1, -1), 10) - fourier_numbers(outline, 10)
    assert np.abs(apart).max() > 0.1


def test_the_first_numbers_are_always_the_same() -> None:
    np.testing.assert_allclose(normalised_fourier(elliptic_fourier(blob(1), 6)).ravel()[:FIXED], [1, 0, 0], atol=1e-9)


def test_the_outline_comes_back_closer_with_more_ellipses() -> None:
    outline = fin_outline(fin_mask_of([(0.4, 0.08)])).astype(np.float64)
    tall = np.ptp(outline[:, 1])
    farthest = []
    for harmonics in (2, 8, 40):
        drawn = outline_of(elliptic_fourier(outline, harmonics), 800)
        drawn = drawn + (outline.min(axis=0) + outline.max(axis=0) - drawn.min(axis=0) - drawn.max(axis=0)) / 2
        gaps = np.sqrt(((outline[:, None] - drawn[None]) ** 2).sum(axis=2)).min(axis=1)
        farthest.append(float(np.percentile(gaps, 95)) / tall)
    assert farthest[0] > farthest[1] > farthest[2]
    assert farthest[2] < 0.02


def test_normalised_numbers_still_draw_the_shape() -> None:
    outline = blob(5)
    drawn = outline_of(normalised_fourier(elliptic_fourier(outline, 12)), 400)
    across, down = np.ptp(drawn, axis=0)
    assert across / down == pytest.approx(np.ptp(outline[:, 0]) / np.ptp(outline[:, 1]), rel=0.03)
    # The plump end lies farther from the middle, and to the right.
    assert drawn[:, 0].max() > -drawn[:, 0].min()


def test_points_that_repeat_count_once() -> None:
    outline = blob(7)
    np.testing.assert_allclose(
        elliptic_fourier(np.repeat(outline, 2, axis=0), 8), elliptic_fourier(outline, 8), atol=1e-12
    )


@pytest.mark.parametrize("outline", [np.zeros((2, 2)), np.ones((9, 2))])
def test_what_is_no_outline_is_refused(outline: Doubles) -> None:
    with pytest.raises(ValueError, match="three points"):
        elliptic_fourier(outline, 4)
