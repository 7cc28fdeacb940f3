"""Pictures as another camera, water or moment would have shown them, made anew each time they are seen.

The thesis FishNet shifts, turns and shifts channels; it proposes noise, blur and sun glare, which are here too. What
fish in films are missed for is that they move too fast, swim in haze, or are half behind another: so those as well.
"""

from __future__ import annotations

import cv2
import numpy as np

from resight.chip.padded import GREY
from resight.learn.recipe import Augmentation
from resight.types import Floats, Pixels


def augmented(picture: Pixels, how: Augmentation, rng: np.random.Generator) -> Pixels:
    """One picture (s, s, 3), changed at random; the same generator gives the same picture."""
    moved = _moved(picture, how, rng).astype(np.float32)
    light = _lit(moved, how, rng)
    if rng.random() < how.glare:
        light += _glare(len(picture), rng)
    if rng.random() < how.blur:
        light = _blurred(light, rng)
    if how.noise:
        light += rng.standard_normal(light.shape, dtype=np.float32) * float(rng.uniform(0, how.noise) * 255)
    if rng.random() < how.hidden:
        _hide(light, rng)
    return np.rint(np.clip(light, 0, 255)).astype(np.uint8)


def _moved(picture: Pixels, how: Augmentation, rng: np.random.Generator) -> Pixels:
    """Turned, shifted, scaled and sheared round its middle, in one step."""
    size = len(picture)
    turn = np.radians(rng.uniform(-how.rotation, how.rotation))
    # Nearer or farther by a factor; foreshortened along, as by a turn of the animal, by another.
    scale = np.exp(rng.uniform(-how.scale, how.scale)) * np.array([np.exp(-abs(rng.normal(0, how.shear))), 1.0])
    shear = np.array([[1, rng.normal(0, how.shear) if how.shear else 0], [0, 1]])
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = rotate @ shear @ np.diag(scale)
    middle = np.full(2, (size - 1) / 2)
    offset = middle - linear @ middle + rng.uniform(-how.shift, how.shift, 2) * size
    return np.asarray(
        cv2.warpAffine(
            picture,
            np.column_stack([linear, offset]),
            (size, size),
            flags=cv2.INTER_LINEAR,
            borderValue=(GREY, GREY, GREY),
        ),
        np.uint8,
    )


def _lit(light: Floats, how: Augmentation, rng: np.random.Generator) -> Floats:
    """In another light: each channel shifted, contrast and brightness changed."""
    shift = rng.uniform(-how.channel_shift, how.channel_shift, 3).astype(np.float32) * 255
    if not how.contrast:
        return np.asarray(light + shift)
    level = float(light.mean())
    contrast = float(np.exp(rng.uniform(-how.contrast, how.contrast)))
    bright = level * float(np.exp(rng.normal(0, how.contrast / 2)))
    return np.asarray((light - level) * contrast + bright + shift, np.float32)


def _blurred(light: Floats, rng: np.random.Generator) -> Floats:
    """Out of focus, or, as often, smeared along a line by a movement of up to a tenth of the picture."""
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.8))), np.float32)
    reach = len(light) * rng.uniform(0.01, 0.05)
    angle = rng.normal(0, 0.5)
    half = int(np.ceil(reach))
    line = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    end = reach * np.array([np.cos(angle), np.sin(angle)])
    for along in np.linspace(-1, 1, 4 * half + 1):
        x, y = np.rint(half + along * end).astype(int)
        line[y, x] += 1
    return np.asarray(cv2.filter2D(light, -1, line / line.sum(), borderType=cv2.BORDER_REPLICATE), np.float32)


def _glare(size: int, rng: np.random.Generator) -> Floats:
    """A bright patch with soft edges."""
    down, across = np.ogrid[:size, :size]
    y, x = rng.uniform(0, size, 2)
    wide, high = np.exp(rng.uniform(np.log(size / 12), np.log(size / 3), 2))
    patch = np.exp(-(((across - x) / wide) ** 2) - ((down - y) / high) ** 2)
    return np.asarray(patch * rng.uniform(60, 160), np.float32)[:, :, None]


def _hide(light: Floats, rng: np.random.Generator) -> None:
    """Cover a part with its own mean colour, as another animal would."""
    size = len(light)
    high, wide = (int(size * rng.uniform(0.1, 0.5)) for _ in range(2))
    top, left = int(rng.integers(0, size - high)), int(rng.integers(0, size - wide))
    light[top : top + high, left : left + wide] = light.mean(axis=(0, 1))
