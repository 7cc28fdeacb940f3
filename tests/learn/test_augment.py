"""Augmentation changes what it should, and nothing else."""

import cv2
import numpy as np
import pytest

from resight.learn.augment import augmented
from resight.learn.recipe import THESIS, Augmentation, Recipe

NOTHING = Augmentation(
    shift=0, rotation=0, scale=0, shear=0, channel_shift=0, contrast=0, noise=0, blur=0, glare=0, hidden=0
)
PICTURE = np.asarray(cv2.resize(np.random.default_rng(1).integers(0, 255, (7, 7, 3), np.uint8), (96, 96)), np.uint8)


def test_nothing_asked_nothing_changed() -> None:
    assert np.array_equal(augmented(PICTURE, NOTHING, np.random.default_rng(0)), PICTURE)


def test_the_same_generator_gives_the_same_picture() -> None:
    how = Recipe().augmentation
    first, again, other = (augmented(PICTURE, how, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == PICTURE.shape
    assert first.dtype == np.uint8


@pytest.mark.parametrize("name", [name for name in Augmentation.model_fields if name != "hidden"])
def test_each_number_does_something(name: str) -> None:
    how = NOTHING.model_copy(update={name: 10.0 if name == "rotation" else 0.5 if name != "blur" else 1.0})
    changed = [np.abs(augmented(PICTURE, how, np.random.default_rng(i)).astype(int) - PICTURE).mean() for i in range(9)]
    assert max(changed) > 0.5


def test_a_part_is_hidden_and_the_rest_is_not() -> None:
    how = NOTHING.model_copy(update={"hidden": 1.0})
    changed = (augmented(PICTURE, how, np.random.default_rng(3)) != PICTURE).any(axis=2)
    assert 0.01 < changed.mean() < 0.26


def test_blur_is_round_as_often_as_along_a_line() -> None:
    how = NOTHING.model_copy(update={"blur": 1.0})
    dot = np.zeros((101, 101, 3), np.uint8)
    dot[49:52, 49:52] = 255
    away = np.arange(101) - 50
    longer = []
    for seed in range(60):
        light = augmented(dot, how, np.random.default_rng(seed)).astype(float).mean(axis=2)
        assert light.sum() == pytest.approx(9 * 255, rel=0.1)
        wide, high = (light.sum(axis=axis) @ away**2 / light.sum() for axis in (0, 1))
        longer.append(max(wide / high, high / wide))
    assert 15 < sum(ratio > 1.5 for ratio in longer) < 45


def test_the_thesis_turns_at_most_thirty_degrees_and_shifts() -> None:
    how = THESIS.augmentation.model_copy(update={"channel_shift": 0})
    dot = np.full((101, 101, 3), 124, np.uint8)
    dot[50, 80:85] = 255
    angles, middles = [], []
    for seed in range(200):
        found = augmented(dot, how, np.random.default_rng(seed)).astype(float).mean(axis=2) - 124
        weight = found.clip(0)
        y, x = (weight.sum(axis=1 - axis) @ np.arange(101) / weight.sum() for axis in (0, 1))
        middles.append((x, y))
    middle = np.mean(middles, axis=0)
    assert np.abs(middle - (78, 50)).max() < 4
    away = np.array(middles) - 50
    angles = np.degrees(np.arctan2(away[:, 1], away[:, 0]))
    assert 20 < np.abs(angles).max() < 50
