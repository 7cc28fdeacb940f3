"""Behind the fish: the net of the cage and other fish, hazy and out of focus."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from resight.simulate.noise import smooth_noise
from resight.simulate.water import Water, clearness, glow
from resight.types import Floats


def backdrop(
    water: Water, rng: np.random.Generator, shot: np.random.Generator, width: int, height: int
) -> tuple[Floats, Floats]:
    """The picture without the fish, and the bare water in it, both (3, height, width) in linear RGB.

    Everything here is blurred, so it is drawn at half size. `rng` decides the place, `shot` the moment.
    """
    half = (width // 2, height // 2)
    veil = glow(water, shot, *half)
    picture = veil.copy()
    if rng.random() < 0.75:
        _add_net(picture, veil, water, rng, shot)
    for metres in sorted(rng.uniform(1.6, 5.0, int(rng.integers(2, 7))))[::-1]:
        _add_fish(picture, veil, water, float(metres), rng, shot)
    size = (width, height)
    return np.stack([cv2.resize(plane, size) for plane in picture]), np.stack(
        [cv2.resize(plane, size) for plane in veil]
    )


def _add_net(picture: Floats, veil: Floats, water: Water, rng: np.random.Generator, shot: np.random.Generator) -> None:
    height, width = picture.shape[1:]
    cell = float(rng.uniform(13, 30))
    turn = np.radians(rng.choice([0.0, 45.0]) + rng.normal(0, 7))
    squeeze = float(rng.uniform(0.7, 1.0))
    sag = [0.35 * cell * smooth_noise(shot, height, width, height * 0.7) for _ in range(2)]
    down, across = np.mgrid[:height, :width].astype(np.float32) + shot.uniform(0, cell, (2, 1, 1)).astype(np.float32)
    u = (across * np.cos(turn) + down * np.sin(turn) + sag[0]) / cell
    v = (down * np.cos(turn) - across * np.sin(turn) + sag[1]) / (cell * squeeze)
    thick = float(rng.uniform(0.05, 0.08))
    twine = np.zeros((height, width), np.float32)
    for line in (u, v):
        off = np.abs(line - np.round(line))
        np.maximum(twine, np.clip(1.5 - off / thick, 0, 1), out=twine)
    knots = np.hypot(u - np.round(u), v - np.round(v))
    np.maximum(twine, np.clip(2.4 - knots / thick, 0, 1), out=twine)
    blurred = cv2.GaussianBlur(twine, (0, 0), float(rng.uniform(0.6, 2.0)))
    metres = float(rng.uniform(1.6, 3.2))
    # Algae grow on part of the net; clean twine is pale.
    fouled = 0.5 + 0.5 * np.tanh(smooth_noise(rng, height, width, height / 3, 2))
    tone = 0.30 * (1 - 0.85 * fouled) * np.array([1.0, 1.0, 0.85], np.float32)[:, None, None]
    share = clearness(water, metres)
    seen = tone * share + veil * (1 - share)
    picture += 0.9 * blurred * (seen.astype(np.float32) - picture)


def _add_fish(
    picture: Floats,
    veil: Floats,
    water: Water,
    metres: float,
    rng: np.random.Generator,
    shot: np.random.Generator,
) -> None:
    height, width = picture.shape[1:]
    length = float(rng.uniform(0.9, 1.2)) * width / metres * 1.5
    heading = float(rng.choice([-1.0, 1.0]))
    tilt = np.radians(rng.normal(0, 9))
    middle = rng.uniform((0, 0.05), (1, 0.95)) * (width, height) + shot.normal(0, 0.06, 2) * (width, height)
    outline = _outline(float(rng.uniform(-0.05, 0.05))) * (heading * length, length)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    points = np.round((outline @ turn + middle) * 16).astype(np.int32)
    blur = float(rng.uniform(0.8, 1.6) + 0.55 * metres)
    body = np.zeros((height, width), np.uint8)
    cv2.fillPoly(body, [points], 255, cv2.LINE_AA, 4)
    left, top, across, down = cv2.boundingRect(cv2.findNonZero(body)) if body.any() else (0, 0, 0, 0)
    if not across:
        return
    reach = int(3 * blur) + 1
    window = np.s_[max(top - reach, 0) : top + down + reach, max(left - reach, 0) : left + across + reach]
    mask = cv2.GaussianBlur(body[window].astype(np.float32) / 255, (0, 0), blur)
    rows = np.arange(height, dtype=np.float32)[window[0]][:, None] - middle[1]
    columns = np.arange(width, dtype=np.float32)[window[1]] - middle[0]
    level = (rows * np.cos(tilt) - columns * np.sin(tilt)) / (0.11 * length)
    tone = np.interp(level, [-1, -0.25, 0.15, 1], [0.035, 0.09, 0.38, 0.55]).astype(np.float32)
    share = clearness(water, metres)
    seen = 0.7 * tone * share + veil[:, *window] * (1 - share)
    picture[:, *window] += mask * (seen - picture[:, *window])


def _outline(bend: float) -> npt.NDArray[np.float64]:
    """A whole salmon of length 1 round its middle, snout to the left, y down."""
    back = np.array(
        [(-0.5, 0), (-0.42, -0.05), (-0.3, -0.09), (-0.1, -0.115), (-0.04, -0.165), (0.04, -0.16),
         (0.06, -0.11), (0.25, -0.07), (0.30, -0.075), (0.33, -0.05), (0.40, -0.035),
         (0.50, -0.10), (0.44, 0.0)]
    )  # fmt: skip
    belly = np.array(
        [(0.50, 0.10), (0.40, 0.04), (0.30, 0.06), (0.27, 0.11), (0.22, 0.085), (0.10, 0.115), (0.06, 0.15),
         (0.01, 0.12), (-0.15, 0.12), (-0.26, 0.10), (-0.30, 0.12), (-0.34, 0.085), (-0.45, 0.035)]
    )  # fmt: skip
    points = np.concatenate([back, belly])
    for _ in range(2):
        ahead = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * ahead, 0.25 * points + 0.75 * ahead], 1).reshape(-1, 2)
    points[:, 1] += bend * np.maximum(points[:, 0], 0) ** 2 * 4
    return points
