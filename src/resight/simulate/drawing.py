"""The sheet that the skin is drawn on: the unrolled surface of the mean fish, and its pencils and brushes.

Texel (row, column) is the place (tau, x) of the surface. Colours are linear reflectances.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from resight.simulate.shape import LENGTH, TAU, Solid, surface_angle
from resight.types import Doubles, Floats

COLUMNS, ROWS = 1936, 680
PER_X, PER_TAU = COLUMNS / LENGTH, ROWS / (2 * TAU)

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where every texel (ROWS, COLUMNS) lies on the mean fish, in head lengths.

    `v` is -1 on the ridge of the back, 1 below; `girth` the way along the skin from the middle of the flank.
    """

    x: Doubles
    y: Doubles
    v: Doubles
    girth: Doubles
    half_height: Doubles


@dataclass(frozen=True, slots=True)
class Layers:
    """What is drawn: `colour` (3, ROWS, COLUMNS), and (ROWS, COLUMNS) how silvery it is and its relief."""

    colour: Doubles
    silver: Doubles
    relief: Doubles

    def darkened(self, share: Doubles) -> Layers:
        """With this share of the light kept back."""
        return Layers(self.colour * (1 - share), self.silver, self.relief)

    def painted(self, tint: Doubles, share: Doubles) -> Layers:
        """With a colour, (3, 1, 1) or (3, ROWS, COLUMNS), in this share of each texel."""
        return Layers(self.colour * (1 - share) + tint * share, self.silver, self.relief)

    def dulled(self, share: Doubles) -> Layers:
        """With less silver."""
        return Layers(self.colour, self.silver * (1 - share), self.relief)

    def raised(self, height: Doubles) -> Layers:
        """With the relief higher by so many head lengths."""
        return Layers(self.colour, self.silver, self.relief + height)


def places() -> Places:
    """The places of all texels."""
    x, tau = np.meshgrid(x_of(np.arange(COLUMNS)), tau_of(np.arange(ROWS)))
    at = Solid.of().sections(x)
    v = np.sin(tau)
    girth = np.cumsum(np.hypot(at.height * np.cos(tau), at.width * v), axis=0) / PER_TAU
    return Places(x, at.centre + at.height * v, v, girth - girth[ROWS // 2], at.height)


def column_of(x: npt.NDArray[np.floating]) -> Doubles:
    """The column of the sheet at x."""
    return np.asarray(x * PER_X - 0.5, np.float64)


def row_of(tau: npt.NDArray[np.floating]) -> Doubles:
    """The row of the sheet at tau."""
    return np.asarray((tau + TAU) * PER_TAU - 0.5, np.float64)


def x_of(column: npt.NDArray[np.integer]) -> Doubles:
    """The x of a column."""
    return np.asarray((column + 0.5) / PER_X)


def tau_of(row: npt.NDArray[np.integer]) -> Doubles:
    """The tau of a row."""
    return np.asarray((row + 0.5) / PER_TAU - TAU)


def step(value: Doubles, soft: float) -> Doubles:
    """From 0 to 1 as `value` goes from -soft to soft, with a smooth start and end."""
    t = np.clip(value / (2 * soft) + 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def bell(value: Doubles, width: float) -> Doubles:
    """1 where `value` is 0, falling off as a Gaussian does."""
    return np.asarray(np.exp(-((value / width) ** 2)))


def soft(plane: Doubles, sigma: float) -> Doubles:
    """Blurred by so many texels."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float64)


def line(curve: Curve, width: float) -> Doubles:
    """A line along a curve of the flank, this many texels wide, thinning to its ends: 0 to 1."""
    fine = np.zeros((ROWS * 2, COLUMNS * 2), np.uint8)
    points = _texels(curve) * 2
    for i in range(len(points) - 1):
        share = (i + 0.5) / (len(points) - 1)
        thick = max(1, round(2 * width * min(1.0, 0.4 + 3 * share, 0.4 + 3 * (1 - share))))
        cv2.line(fine, points[i].tolist(), points[i + 1].tolist(), 255, thick, cv2.LINE_AA, 4)
    small = cv2.resize(fine, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return soft(small.astype(np.float64) / 255, 0.8)


def filled(curve: Curve) -> Doubles:
    """The area that a closed curve of the flank encloses: 0 to 1."""
    mask = np.zeros((ROWS, COLUMNS), np.uint8)
    cv2.fillPoly(mask, [_texels(curve, closed=True)], 255, cv2.LINE_AA, 4)
    return soft(mask / 255.0, 1.0)


def slopes(relief: Doubles) -> tuple[Floats, Floats]:
    """How steeply the relief rises along x, and down the flank."""
    at = Solid.of().sections(x_of(np.arange(COLUMNS)))
    tau = tau_of(np.arange(ROWS))[:, None]
    arc = np.maximum(np.hypot(at.height * np.cos(tau), at.width * np.sin(tau)), 0.02)
    smooth = soft(relief, 1.0)
    along = np.gradient(smooth, 1 / PER_X, axis=1)
    down = np.gradient(smooth, 1 / PER_TAU, axis=0) / arc
    return along.astype(np.float32), down.astype(np.float32)


def _texels(curve: Curve, closed: bool = False) -> npt.NDArray[np.int32]:
    """A curve with its corners cut (Chaikin's way), as fixed-point texels for OpenCV, with a shift of 4."""
    points = np.array(curve)
    for _ in range(3):
        ahead = np.roll(points, -1, axis=0) if closed else points[1:]
        here = points if closed else points[:-1]
        cut = np.stack([0.75 * here + 0.25 * ahead, 0.25 * here + 0.75 * ahead], axis=1).reshape(-1, 2)
        points = cut if closed else np.concatenate([points[:1], cut, points[-1:]])
    tau = surface_angle(points[:, 0], points[:, 1])
    return np.round(np.stack([column_of(points[:, 0]), row_of(tau)], axis=1) * 16).astype(np.int32)
