"""Spots of two photos, paired by what is known of every pixel."""

import cv2
import numpy as np
import pytest

from resight.describe.rootsift import RootSift
from resight.describe.surroundings import histograms
from resight.learn.spot_pairs import APART, SeenSpots, spot_pairs
from resight.types import Chip, Doubles, Floats, Pixels

SIDE = 320


def skin() -> Pixels:
    noise = np.random.default_rng(0).normal(size=(40, 40)).astype(np.float32)
    soft = cv2.resize(noise, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 60 * soft, 0, 255).astype(np.uint8)


def seen(way: Doubles) -> SeenSpots:
    """The skin as it is seen after an affine map (2, 3) from it to the photo."""
    back = cv2.invertAffineTransform(way)
    columns, rows = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    where: Floats = (np.stack([columns, rows], axis=2) @ back[:, :2].T + back[:, 2]).astype(np.float32)
    grey = cv2.remap(skin(), where[..., 0], where[..., 1], cv2.INTER_LINEAR)
    where[((where < 0) | (where > SIDE - 1)).any(axis=2)] = np.nan
    places = RootSift(features=300).places(Chip(np.repeat(grey[..., None], 3, axis=2), np.eye(2, 3)))
    return SeenSpots(places, histograms(np.asarray(grey, np.uint8), places, [1.0]), where)


def turned(degrees: float, scale: float) -> Doubles:
    return np.asarray(cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, scale))


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (25, 1), (-70, 0.8), (150, 1.2)])
def test_pairs_show_one_place_at_one_size_and_in_one_direction(degrees: float, scale: float) -> None:
    way = turned(degrees, scale)
    first, second = seen(turned(0, 1)), seen(way)
    rows = spot_pairs(first, second, np.random.default_rng(0), 64)
    assert len(rows) >= 20
    one, other = first.places[rows[:, 0]], second.places[rows[:, 1]]
    expected = one[:, :2] @ way[:, :2].T + way[:, 2]
    assert np.hypot(*(other[:, :2] - expected).T).max() < 0.6 * scale * one[:, 2].max() + 2
    assert np.median(np.hypot(*(other[:, :2] - expected).T)) < 1.5
    np.testing.assert_allclose(other[:, 2] / one[:, 2] / scale, 1, atol=0.7)
    turn = (other[:, 3] - one[:, 3] + degrees + 180) % 360 - 180
    assert np.abs(turn).max() < 40
    assert np.median(np.abs(turn)) < 6


def test_so_many_at_most_and_none_beside_another() -> None:
    one = seen(turned(0, 1))
    rows = spot_pairs(one, one, np.random.default_rng(1), 12)
    assert len(rows) == 12
    assert (rows[:, 0] == rows[:, 1]).mean() > 0.9
    chosen = one.places[rows[:, 0]]
    for row in range(12):
        others = np.delete(chosen, row, axis=0)
        near = np.hypot(*(others[:, :2] - chosen[row, :2]).T) <= APART * np.maximum(others[:, 2], chosen[row, 2])
        assert (np.abs(np.log2(others[near, 2] / chosen[row, 2])) > 1).all()


def test_photos_that_share_no_skin_share_no_spot() -> None:
    first, second = seen(turned(0, 1)), seen(turned(0, 1))
    away = SeenSpots(second.places, second.histograms, second.skin + 2 * SIDE)
    assert spot_pairs(first, away, np.random.default_rng(0), 64).shape == (0, 2)
    nothing = SeenSpots(second.places, second.histograms, np.full_like(second.skin, np.nan))
    assert spot_pairs(first, nothing, np.random.default_rng(0), 64).shape == (0, 2)
