"""The head: what all salmon share, drawn once on the unrolled surface of the mean fish."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from resight.simulate.drawing import (
    COLUMNS,
    ROWS,
    Curve,
    Layers,
    Places,
    bell,
    filled,
    line,
    places,
    slopes,
    soft,
    step,
)
from resight.simulate.eye import draw_eye
from resight.simulate.noise import smooth_noise
from resight.simulate.trunk import draw_trunk
from resight.types import Doubles, Floats

_MOUTH: Curve = ((0.0, 0.014), (0.06, 0.020), (0.15, 0.037), (0.26, 0.067), (0.37, 0.100), (0.465, 0.127))
_MAXILLA: Curve = (
    (0.075, 0.008), (0.15, 0.015), (0.25, 0.037), (0.35, 0.061), (0.44, 0.085), (0.482, 0.103),
    (0.490, 0.125), (0.470, 0.138), (0.42, 0.128), (0.33, 0.100), (0.22, 0.066), (0.14, 0.040),
    (0.075, 0.026),
)  # fmt: skip
_PREOPERCLE: Curve = (
    (0.665, -0.165), (0.690, -0.08), (0.700, 0.02), (0.695, 0.10), (0.665, 0.165), (0.60, 0.200),
    (0.50, 0.205),
)  # fmt: skip
# Seams between bones and folds of the throat: the curve, its width in texels, how dark it is.
_SEAMS: tuple[tuple[Curve, float, float], ...] = (
    (_PREOPERCLE, 2.2, 0.42),
    (((0.705, 0.085), (0.80, 0.120), (0.88, 0.128), (0.965, 0.115)), 1.6, 0.36),
    (((0.405, -0.10), (0.44, -0.03), (0.50, 0.015), (0.58, 0.03), (0.675, 0.01)), 1.4, 0.20),
    (((0.385, -0.005), (0.40, 0.03), (0.45, 0.065), (0.53, 0.085)), 1.4, 0.20),
    (((0.02, 0.058), (0.12, 0.085), (0.26, 0.135), (0.40, 0.180), (0.52, 0.215)), 1.6, 0.22),
    (((0.47, 0.200), (0.60, 0.238), (0.74, 0.252), (0.86, 0.222)), 1.4, 0.28),
    (((0.46, 0.212), (0.58, 0.252), (0.70, 0.272), (0.80, 0.262)), 1.4, 0.28),
)
_NOSTRILS = ((0.158, -0.070, 0.0085), (0.178, -0.074, 0.0060))
# Rear edge of the gill cover: v, x.
_REAR_EDGE = np.array(
    [
        (-1.0, 0.835), (-0.80, 0.838), (-0.66, 0.856), (-0.50, 0.898), (-0.32, 0.948), (-0.12, 0.986),
        (0.08, 1.002), (0.22, 0.994), (0.36, 0.964), (0.52, 0.912), (0.68, 0.842), (0.84, 0.755),
        (1.0, 0.650),
    ]
)  # fmt: skip
# From the back to the belly: v, red, green, blue.
_COUNTERSHADE = np.array(
    [
        (-1.10, 0.030, 0.038, 0.036), (-0.80, 0.040, 0.050, 0.045), (-0.55, 0.075, 0.088, 0.072),
        (-0.34, 0.170, 0.180, 0.145), (-0.15, 0.300, 0.305, 0.265), (0.12, 0.430, 0.430, 0.400),
        (0.50, 0.540, 0.545, 0.525), (0.85, 0.640, 0.640, 0.620), (1.10, 0.660, 0.660, 0.640),
    ]
)  # fmt: skip
_BONE_TINT = np.array([0.36, 0.36, 0.32])[:, None, None]


@dataclass(frozen=True, slots=True)
class Skin:
    """The unrolled surface: planes of (ROWS, COLUMNS), `colour` three of them.

    `silver` is how much the skin mirrors; `moist` is 1 on the eye, which glints; `slope_x` and `slope_down`
    are those of the relief. `head` is 1 in front of the gill cover's rear edge, else 0; `solid` is 0 in the
    gap of the mouth, where one looks past the fish.
    """

    colour: Floats
    silver: Floats
    moist: Floats
    slope_x: Floats
    slope_down: Floats
    head: Floats
    solid: Floats


@cache
def skin() -> Skin:
    """The drawing, made once in a process (about half a second)."""
    rng = np.random.default_rng(20240501)
    at = places()
    behind = at.x - np.interp(at.v, *_rear_edge())
    head = step(-behind, 0.002)
    layers = _draw_seams(_bare(at, head, rng), at, head)
    layers = _draw_rear_edge(layers, at, behind, head)
    layers = _draw_mouth(layers)
    layers = draw_trunk(layers, at, 1 - head, rng)
    for x, y, radius in _NOSTRILS:
        layers = layers.darkened(0.85 * step(radius - np.hypot(at.x - x, (at.y - y) * 1.4), 0.003))
    layers, eye = draw_eye(layers, at, rng)
    planes = layers.colour.clip(0.01, 0.95), layers.silver, eye
    colour, silver, moist = (np.asarray(plane, np.float32) for plane in planes)
    solid = np.asarray(1 - _mouth_gap(at), np.float32)
    return Skin(colour, silver, moist, *slopes(layers.relief), np.asarray(head, np.float32), solid)


def _rear_edge() -> tuple[Doubles, Doubles]:
    """The curve without corners: v from the back to the belly, and x there."""
    v = np.linspace(-1, 1, 200)
    x = np.pad(np.interp(v, _REAR_EDGE[:, 0], _REAR_EDGE[:, 1]), 12, mode="edge")
    return v, np.convolve(x, np.hanning(25) / np.hanning(25).sum(), mode="valid")


def _bare(at: Places, head: Doubles, rng: np.random.Generator) -> Layers:
    """Dark olive back, bronze and silver cheek, white below, the bulges of cheek and gill cover.

    Fine mottling is not drawn here: shared by all fish, it would make them look alike where they are not.
    """
    height = at.v + 0.02 * smooth_noise(rng, ROWS, COLUMNS, 90, stretch=1.6) - 0.06
    # The dark back reaches lower on the trunk, and less low on the snout.
    height += 0.10 * step(0.25 - at.x, 0.1) - 0.16 * (1 - head) * step(0.5 - at.v, 0.3)
    colour = np.stack([np.interp(height, _COUNTERSHADE[:, 0], _COUNTERSHADE[:, i]) for i in (1, 2, 3)])
    # The lips and the chin are greyer than the throat.
    chin = bell(at.x - 0.02, 0.10) * step(at.v + 0.2, 0.3)
    silver = step(at.v + 0.30, 0.22) * (0.75 + 0.25 * step(0.75 - at.v, 0.2))
    relief = 0.0008 * smooth_noise(rng, ROWS, COLUMNS, 80)
    relief = relief + 0.010 * bell(at.x - 0.83, 0.13) * bell(at.y, 0.17) * head
    relief = relief + 0.012 * bell(at.x - 0.55, 0.10) * bell(at.y - 0.02, 0.09)
    return Layers(colour, silver, relief).darkened(0.35 * chin)


def _draw_seams(layers: Layers, at: Places, head: Doubles) -> Layers:
    """Each a fine dark line in a shallow groove; behind the preopercle the gill cover stands higher."""
    for curve, width, dark in _SEAMS:
        seam = line(curve, width)
        layers = layers.darkened(dark * (seam + 0.35 * soft(seam, 6))).raised(-0.0035 * soft(seam, 2))
    preopercle = np.array(_PREOPERCLE)
    cover = step(at.x - np.interp(at.y, preopercle[:, 1], preopercle[:, 0]), 0.004) * head
    return layers.raised(0.004 * soft(cover * step(at.v + 0.45, 0.15) * step(0.6 - at.v, 0.15), 4))


def _draw_rear_edge(layers: Layers, at: Places, behind: Doubles, head: Doubles) -> Layers:
    """The gill cover's edge: a thin pale rim, a step down, and its shadow on the trunk."""
    rim = bell(behind + 0.012, 0.010) * step(at.v + 0.6, 0.2)
    shadow = np.exp(-np.maximum(behind, 0) / 0.022) * (1 - head) * step(at.v + 0.92, 0.10)
    layers = layers.darkened(-0.12 * rim).darkened(0.80 * shadow).dulled(shadow)
    return layers.raised(0.006 * step(-behind, 0.016) * step(at.v + 0.55, 0.2))


def _draw_mouth(layers: Layers) -> Layers:
    """The upper jaw's bone, ending behind the eye, and the gape below it."""
    bone, gape = filled(_MAXILLA), line(_MOUTH, 3.2)
    rim = np.clip(3.0 * soft(bone, 2.5) * (1 - bone), 0, 1)
    layers = layers.darkened(0.40 * rim).painted(_BONE_TINT, 0.55 * bone).raised(0.010 * soft(bone, 3))
    layers = layers.darkened(0.93 * np.clip(gape + 0.25 * soft(gape, 5), 0, 1)).raised(-0.010 * soft(gape, 3))
    return layers.dulled(gape).dulled(0.4 * bone)


def _mouth_gap(at: Places) -> Doubles:
    """1 between the tips of the jaws; the lower jaw ends a little behind the snout."""
    gape = np.interp(at.x, *np.array(_MOUTH).T)
    between = np.where(at.x < 0.075, 0.010 * (1 - at.x / 0.075), -1) - np.abs(at.y - gape - 0.004)
    short = 0.016 - at.x - 0.6 * np.maximum(0, gape + 0.012 - at.y)
    in_front = np.where(at.y > gape, np.minimum(short, at.y - gape), -1)
    return step(np.maximum(between, in_front), 0.002)
