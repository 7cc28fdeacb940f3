"""How an animal lies in the picture: for every pixel the place on its body, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from resight.simulate.noise import smooth_noise
from resight.types import Doubles, Floats


@dataclass(frozen=True, slots=True)
class Pose:
    """Where and how: `centre` and `length` in pixels, angles in radians, the rest in body lengths.

    `angle` turns in the picture; `turned` is how far the animal looks out of it; `rolled` shows more of its back or
    its belly; `bend` (2,) bends the spine into a C and an S; `perspective` (2,) makes the nearer end larger; `creased`
    moves places on the skin.
    """

    centre: tuple[float, float]
    length: float
    angle: float
    turned: float
    rolled: float
    bend: tuple[float, float]
    perspective: tuple[float, float]
    creased: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Of every pixel (h, w): the place `along` the body, 0 to 1, that `across` it, -1 to 1, and whether it is on it."""

    along: Floats
    across: Floats
    inside: Floats


def draw_pose(rng: np.random.Generator, size: int, upright: bool) -> Pose:
    """A pose in a square picture of this size."""
    length = float(rng.uniform(0.62, 0.92) * size)
    room = (size - length) * 0.3
    return Pose(
        centre=(size / 2 + float(rng.uniform(-room, room)), size / 2 + float(rng.uniform(-room, room))),
        length=length,
        angle=float(rng.normal(0, 0.16)) if upright else float(rng.uniform(-np.pi, np.pi)),
        turned=float(np.clip(rng.normal(0, 0.35), -0.85, 0.85)),
        rolled=float(np.clip(rng.normal(0, 0.22), -0.6, 0.6)),
        bend=(float(rng.normal(0, 0.18)), float(rng.normal(0, 0.25))),
        perspective=(float(rng.normal(0, 0.15)), float(rng.normal(0, 0.1))),
        creased=float(rng.uniform(0, 0.02)),
    )


def look(pose: Pose, breadth: Doubles, size: int, rng: np.random.Generator) -> Seen:
    """The body in a square picture of `size` pixels; `breadth` (m,) is half of it at m places along it."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    x, y = (x - pose.centre[0]) / pose.length, (y - pose.centre[1]) / pose.length
    cosine, sine = np.cos(pose.angle), np.sin(pose.angle)
    x, y = cosine * x + sine * y, -sine * x + cosine * y
    away = np.maximum(1 + pose.perspective[0] * x + pose.perspective[1] * y, 0.2)
    x, y = x / away, y / away
    along = x / np.cos(pose.turned) + 0.5
    y = y - _spine(pose, along)
    half = np.maximum(_breadths(breadth, along), 1e-4)
    edge = 1.5 / pose.length
    inside = np.clip((half - np.abs(y)) / edge, 0, 1) * np.clip(along / edge, 0, 1) * np.clip((1 - along) / edge, 0, 1)
    across = np.clip(y / half, -1, 1)
    crease = [smooth_noise(rng, size, size, pose.length / 5, 2) * pose.creased for _ in range(2)]
    return Seen(
        np.asarray(along + crease[0], np.float32),
        np.asarray(across + crease[1] / 0.3, np.float32),
        np.asarray(inside, np.float32),
    )


def pixel_of(pose: Pose, breadth: Doubles, along: float, across: float) -> tuple[float, float]:
    """Where a place of the body, or beside it, is in the picture: (x, y)."""
    place = np.array([along])
    x = (along - 0.5) * np.cos(pose.turned)
    y = float(_spine(pose, place)[0] + across * _breadths(breadth, place)[0])
    back = 1 / max(1 - pose.perspective[0] * x - pose.perspective[1] * y, 0.2)
    x, y = x * back, y * back
    cosine, sine = np.cos(pose.angle), np.sin(pose.angle)
    return (
        float(pose.centre[0] + pose.length * (cosine * x - sine * y)),
        float(pose.centre[1] + pose.length * (sine * x + cosine * y)),
    )


def _spine(pose: Pose, along: Floats | Doubles) -> Doubles:
    off = np.clip(np.asarray(along, np.float64), -0.2, 1.2) - 0.5
    return np.asarray(pose.bend[0] * (off**2 - 1 / 12) + pose.bend[1] * (off**3 - 0.15 * off))


def _breadths(breadth: Doubles, along: Floats | Doubles) -> Doubles:
    curve = PchipInterpolator(np.linspace(0, 1, len(breadth)), breadth)
    table = curve(np.linspace(0, 1, 256))
    return np.asarray(np.interp(along, np.linspace(0, 1, 256), table))
