"""The camera: lens, exposure, sensor and compression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from resight.types import Doubles, Floats, Pixels


@dataclass(frozen=True, slots=True)
class Camera:
    """How one pass is recorded: blur (sigma) and motion in pixels, noise as a share of white, JPEG quality.

    `balance` (3,) is the white balance, `target` the brightness the exposure aims at, `vignette` the loss of
    light in the corners.
    """

    blur: float
    motion: tuple[float, float]
    noise: float
    balance: Doubles
    target: float
    vignette: float
    quality: int


def draw_camera(rng: np.random.Generator, shot: np.random.Generator) -> Camera:
    """An ordinary underwater camera; `shot` decides what changes from one photo to the next."""
    motion = shot.normal(0, 1.0, 2) * rng.uniform(0.2, 1.2)
    return Camera(
        blur=float(rng.uniform(0.45, 0.95) * shot.uniform(0.9, 1.15)),
        motion=(float(motion[0]), float(motion[1] * 0.5)),
        noise=float(rng.uniform(0.004, 0.014)),
        balance=np.array([rng.uniform(1.1, 1.9), 1.0, rng.uniform(0.9, 1.25)]),
        target=float(rng.uniform(0.16, 0.30) * shot.uniform(0.92, 1.08)),
        vignette=float(rng.uniform(0.05, 0.45)),
        quality=int(rng.integers(72, 94)),
    )


def exposure(radiance: Floats, subject: Floats, camera: Camera) -> Doubles:
    """The gain of each channel (3,) that gives a subject (height, width), 1 there and 0 elsewhere, its brightness."""
    brightness = (radiance * subject).mean(axis=(1, 2)) / max(float(subject.mean()), 1e-3)
    level = float(brightness @ np.array([0.3, 0.6, 0.1]))
    return np.asarray(camera.balance * camera.target / max(level, 1e-4))


def record(radiance: Floats, gain: Doubles, camera: Camera, shot: np.random.Generator) -> Pixels:
    """Light (3, height, width), linear, to RGB pixels, with a gain for each channel."""
    height, width = radiance.shape[1:]
    corners = _corners(width, height, camera.vignette)
    grain = shot.standard_normal((height, width), dtype=np.float32)
    pixels = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        light = smeared(cv2.GaussianBlur(radiance[channel], (0, 0), camera.blur), camera.motion)
        light = light * (float(gain[channel]) * corners)
        tint = cv2.resize(shot.standard_normal((height // 2, width // 2), dtype=np.float32), (width, height))
        # The noise of counted light grows with its root.
        light += camera.noise * np.sqrt(np.maximum(light, 0) + 0.02) * (0.8 * grain + 0.7 * tint)
        level = (light * (len(_TONES) / 4)).astype(np.int32)
        pixels[:, :, channel] = _TONES.take(level, mode="clip")
    return pixels


def smeared(plane: Floats, motion: tuple[float, float]) -> Floats:
    """Blurred along a way of so many pixels (x, y), as of what moves while the shutter is open."""
    dx, dy = motion
    steps = int(np.ceil(np.hypot(dx, dy))) + 1
    if steps < 3:
        return plane
    reach = steps // 2 + 1
    trail = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    ends = [(round((reach + sign * dx / 2) * 16), round((reach + sign * dy / 2) * 16)) for sign in (-1, 1)]
    cv2.line(trail, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(plane, -1, trail / trail.sum()))


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """With the marks that JPEG of this quality leaves."""
    _, coded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[:, :, ::-1])


@cache
def _corners(width: int, height: int, vignette: float) -> Floats:
    across, down = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(1 - vignette * (across**2 + down**2) / 2, np.float32)


def _tones() -> Pixels:
    """8-bit sRGB for linear light 0 to 4: straight to about 0.6, then rolled off instead of clipped."""
    light = np.linspace(0, 4, 8192, endpoint=False)
    rolled = np.where(light < 0.6, light, 0.6 + 0.4 * (1 - np.exp(-(light - 0.6) / 0.4)))
    curve = np.where(rolled < 0.0031308, 12.92 * rolled, 1.055 * rolled ** (1 / 2.4) - 0.055)
    return np.round(curve * 255).astype(np.uint8)


_TONES = _tones()
