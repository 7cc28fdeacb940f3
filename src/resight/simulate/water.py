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


@dataclass(frozen=True, slots=True)
class Waves:
    """Trains of waves on the surface, one row each: radians a pixel across and down, radians a second, and at first."""

    across: Doubles
    down: Doubles
    speed: Doubles
    phase: Doubles


def draw_waves(rng: np.random.Generator, height: int) -> Waves:
    """Waves from all around in a picture so high, the long ones faster, as they are on deep water."""
    heading = rng.uniform(0, 2 * np.pi, 24)
    number = 2 * np.pi / (height * rng.uniform(0.10, 0.2) * np.exp(rng.normal(0.7, 0.35, 24)))
    # The sea is seen at a slant: everything on it looks wider than high.
    return Waves(
        across=number * np.cos(heading) / 1.6,
        down=number * np.sin(heading),
        speed=2.5 * np.sqrt(number * height / 12),
        phase=rng.uniform(0, 2 * np.pi, 24),
    )


def caustics(
    water: Water, waves: Waves, seconds: float, width: int, height: int, left: int = 0, top: int = 0
) -> Floats:
    """The net of light that waves throw at this second, about 1 on average: (height, width) of pixels from a corner."""
    columns, rows = (np.arange(0, size + 4, 4)[: size // 4 + 1] for size in (width, height))
    along = np.exp(1j * np.outer(waves.across, columns + left))
    down = np.exp(1j * (np.outer(rows + top, waves.down) + waves.phase - waves.speed * seconds))
    swell = (down @ along).real * np.sqrt(2 / len(waves.phase))
    # Light gathers where wave trains cancel each other.
    bright = 1 + 2 * water.ripple * (np.exp(-3.5 * np.abs(swell)) - 0.22)
    return np.asarray(
        cv2.resize(bright.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC).clip(0.2, 3)
    )


@dataclass(frozen=True, slots=True)
class Snow:
    """Particles that drift through the picture.

    `place` (n, 2) and `drift` a second (n, 2) are in parts of its size, `radius` (n,) in pixels.
    """

    place: Doubles
    drift: Doubles
    radius: Doubles
    strength: Doubles


def draw_snow(water: Water, rng: np.random.Generator) -> Snow:
    """As many particles as the water has: sharp ones far off, wide and faint ones near."""
    n = water.snow
    radius = np.exp(rng.normal(0.2, 0.5, n)) * np.where(rng.random(n) < 0.06, 5, 1)
    drift = rng.normal(0, 0.01, 2) + rng.normal(0, 0.006, (n, 2)) * radius[:, None]
    return Snow(rng.random((n, 2)), drift, radius, rng.uniform(0.04, 0.30, n) / np.maximum(1.0, radius * 0.7))


def add_snow(picture: Floats, snow: Snow, water: Water, seconds: float) -> None:
    """Draw the particles over a picture (3, height, width); who leaves it on one side comes in on the other."""
    height, width = picture.shape[1:]
    places = (snow.place + snow.drift * seconds) % 1 * (width, height)
    for (x, y), radius, strength in zip(places, snow.radius, snow.strength, strict=True):
        reach = int(radius * 2.5) + 2
        left, top = max(int(x) - reach, 0), max(int(y) - reach, 0)
        patch = picture[:, top : int(y) + reach + 1, left : int(x) + reach + 1]
        down, across = np.ogrid[top : top + patch.shape[1], left : left + patch.shape[2]]
        blob = np.exp(-(((across - x) ** 2 + (down - y) ** 2) / radius**2)).astype(np.float32)
        patch += float(strength * (0.4 + 4 * water.veil[1])) * blob * _SNOW
