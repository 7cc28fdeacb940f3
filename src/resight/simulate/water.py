"""The water: how it colours and veils what is seen through it, and the light that comes down."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.noise import smooth_noise
from resight.types import Doubles, Floats

_SNOW = np.array([0.7, 1.0, 0.9], np.float32)[:, None, None]


@dataclass(frozen=True, slots=True)
class Water:
    """Water and light of one pass; colours are linear RGB.

    `fade` (3,) is the share of light lost in a metre, as an exponent; `veil` (3,) the water's own glow, seen
    where nothing else is; `lift` and `slant` how much lighter it is to the surface and to the right. `metres`
    of water lie before the fish. `sun` (3,) is the direction to the light (x right, y down, z to the camera),
    `sunlight` and `skylight` its direct and its scattered strength, `ripple` that of the caustics, and `snow`
    the number of particles in a photo.
    """

    fade: Doubles
    veil: Doubles
    lift: float
    slant: float
    metres: float
    sun: Doubles
    sunlight: float
    skylight: float
    ripple: float
    snow: int


def draw_water(rng: np.random.Generator) -> Water:
    """Water between clear blue and turbid green, light from above, from the left or the right."""
    green = rng.uniform(0, 1)
    turbid = rng.uniform(0, 1) ** 1.3
    fade = np.array([0.55, 0.16, 0.20]) * (1 - green) + np.array([0.70, 0.20, 0.42]) * green
    veil = np.array([0.012, 0.075, 0.115]) * (1 - green) + np.array([0.022, 0.100, 0.075]) * green
    sun = np.array([rng.uniform(-0.7, 0.7), -1.0, rng.uniform(0.1, 0.9)])
    return Water(
        fade=fade + 0.10 + 0.45 * turbid,
        veil=veil * rng.uniform(0.7, 1.3) * (1 + 0.5 * turbid),
        lift=float(rng.uniform(0.6, 1.6)),
        slant=float(rng.uniform(-0.5, 0.5)),
        metres=float(rng.uniform(0.5, 1.3)),
        sun=sun / np.linalg.norm(sun),
        sunlight=float(rng.uniform(0.5, 1.3)),
        skylight=float(rng.uniform(0.35, 0.7)),
        ripple=float(rng.uniform(0, 0.7)),
        snow=int(rng.integers(15, 140)),
    )


def glow(water: Water, shot: np.random.Generator, width: int, height: int) -> Floats:
    """The bare water, (3, height, width): lighter to the surface and to one side, with faint clouds."""
    across, down = np.meshgrid(
        np.linspace(-0.5, 0.5, width, dtype=np.float32), np.linspace(-0.5, 0.5, height, dtype=np.float32)
    )
    light = np.exp(-water.lift * down + water.slant * across) * (
        1 + 0.05 * smooth_noise(shot, height, width, height / 4, 2)
    )
    return np.asarray(light * water.veil[:, None, None], np.float32)


def clearness(water: Water, metres: float) -> Floats:
    """The share of each colour that comes through so much water, (3, 1, 1)."""
    return np.exp(-water.fade * metres).astype(np.float32)[:, None, None]


def caustics(water: Water, shot: np.random.Generator, width: int, height: int) -> Floats:
    """The net of light that waves throw, about 1 on average: (height, width)."""
    size = (width // 4, height // 4)
    cell = float(shot.uniform(0.10, 0.2)) * size[1]
    bright = np.ones(size[::-1], np.float32)
    for _ in range(2):
        # Light gathers where two wave trains cancel: along the zero lines of smooth noise.
        ridge = np.exp(-3.5 * np.abs(smooth_noise(shot, size[1], size[0], cell, 2, stretch=1.6)))
        bright += water.ripple * (ridge - ridge.mean())
    return np.asarray(cv2.resize(bright, (width, height), interpolation=cv2.INTER_CUBIC).clip(0.2, 3))


def add_snow(picture: Floats, water: Water, shot: np.random.Generator) -> None:
    """Draw drifting particles over a picture (3, height, width): sharp far off, wide and faint when near."""
    height, width = picture.shape[1:]
    for _ in range(water.snow):
        radius = float(np.exp(shot.normal(0.2, 0.5)))
        if shot.random() < 0.06:
            radius *= 5
        strength = float(shot.uniform(0.04, 0.30)) / max(1.0, radius * 0.7)
        x, y = shot.uniform(0, width), shot.uniform(0, height)
        reach = int(radius * 2.5) + 2
        left, top = max(int(x) - reach, 0), max(int(y) - reach, 0)
        patch = picture[:, top : int(y) + reach + 1, left : int(x) + reach + 1]
        if patch.size == 0:
            continue
        down, across = np.ogrid[top : top + patch.shape[1], left : left + patch.shape[2]]
        blob = np.exp(-(((across - x) ** 2 + (down - y) ** 2) / radius**2))
        patch += strength * (0.4 + 4 * water.veil[1]) * blob * _SNOW
