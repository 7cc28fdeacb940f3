"""The picture of a film, between black bars."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resight.track.bounds import picture_of
from resight.types import Box, Pixels

Film = Callable[..., Path]


def scene(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(60, 250, (12, 16, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        (((16, 32), (0, 0)), Box(0, 16, 128, 96)),
        (((0, 0), (32, 16)), Box(32, 0, 128, 96)),
        (((0, 0), (0, 0)), Box(0, 0, 128, 96)),
    ],
)
def test_the_picture_is_between_the_bars(
    film_of: Film, bars: tuple[tuple[int, int], tuple[int, int]], expected: Box
) -> None:
    # It begins in the dark.
    film = film_of([np.pad(scene(seed) // (1 + 20 * (seed < 15)), (*bars, (0, 0))) for seed in range(40)])
    found = picture_of(film)
    near = np.array([found.x - expected.x, found.y - expected.y, found.w - expected.w, found.h - expected.h])
    # Compression smears the bars' edges.
    assert np.abs(near).max() <= 2


def test_dark_water_round_an_animal_is_no_bar(film_of: Film) -> None:
    pictures = [np.zeros((96, 128, 3), np.uint8) for _ in range(40)]
    for number, picture in enumerate(pictures):
        picture[40:60, 30 + number : 60 + number] = 200
    assert picture_of(film_of(pictures)) == Box(0, 0, 128, 96)


def test_a_film_that_is_black_throughout_is_taken_whole(film_of: Film) -> None:
    assert picture_of(film_of([np.zeros((96, 128, 3), np.uint8)] * 5)) == Box(0, 0, 128, 96)
