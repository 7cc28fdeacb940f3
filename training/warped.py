"""Two views of one photo as if a camera had come back: bent, turned, in another light, blurred and compressed again."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.camera import compressed, smeared
from resight.simulate.noise import smooth_noise
from resight.types import Doubles, Floats, Pixels

VIEW = 224  # pixels of a view's side


@dataclass(frozen=True, slots=True)
class View:
    """Pixels (VIEW, VIEW, 3), and which place of the photo each shows (VIEW, VIEW, 2), NaN outside of it."""

    pixels: Pixels
    shown: Floats


def two_views(photo: Pixels, rng: np.random.Generator) -> tuple[View, View]:
    """Two views of one part of a photo (h, w, 3)."""
    height, width = photo.shape[:2]
    side = min(height, width) * rng.uniform(0.5, 0.85)
    centre = np.array([rng.uniform(side / 2, edge - side / 2) for edge in (width, height)])
    return _view(photo, centre, side, rng), _view(photo, centre, side, rng)


def _view(photo: Pixels, centre: Doubles, side: float, rng: np.random.Generator) -> View:
    middle = centre + rng.normal(0, 0.04 * side, 2)
    placed = _bent(rng) @ _placed(rng, side * float(np.exp(rng.normal(0, 0.2)))).T + middle
    where: Floats = placed.astype(np.float32)
    seen = cv2.remap(photo, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    height, width = photo.shape[:2]
    outside = ((where < 0) | (where > [width - 1, height - 1])).any(axis=2)
    where[outside] = np.nan
    return View(_lit(np.asarray(seen, np.uint8), rng), where)


def _bent(rng: np.random.Generator) -> Doubles:
    """The places (VIEW, VIEW, 2) of a square from -0.5 to 0.5, bent as skin is and seen from one side."""
    line = (np.arange(VIEW) - (VIEW - 1) / 2) / VIEW
    places = np.stack(np.meshgrid(line, line), axis=2)
    bend = np.stack([smooth_noise(rng, VIEW, VIEW, VIEW / 3) for _ in range(2)], axis=2)
    places = places + bend * rng.uniform(0, 0.02)
    return np.asarray(places / (1 + places @ rng.uniform(-0.25, 0.25, 2))[..., None])


def _placed(rng: np.random.Generator, size: float) -> Doubles:
    """A map (2, 2) that turns, and draws out in some direction."""
    way = rng.uniform(0, np.pi)
    longer = np.exp(rng.normal(0, 0.15))
    drawn_out = _turned(way) @ np.diag([longer, 1 / longer]) @ _turned(-way)
    return np.asarray(size * _turned(rng.normal(0, 0.35)) @ drawn_out)


def _turned(angle: float) -> Doubles:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _lit(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Another light, haze, blur, noise and JPEG."""
    light = (pixels.astype(np.float32) / 255) ** np.float32(np.exp(rng.normal(0, 0.3)))
    shade = np.exp(smooth_noise(rng, VIEW, VIEW, VIEW / 2) * rng.uniform(0, 0.4))
    light = light * shade[..., None] * np.exp(rng.normal(0, 0.08, 3))
    if rng.random() < 0.3:
        light = light * rng.uniform(0.4, 0.9) + rng.uniform(0, 0.3) * rng.uniform(0.3, 1, 3)
    motion = rng.normal(0, 1.0, 2) * (rng.random() < 0.3)
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), float(rng.uniform(0.2, 1.6)))
    planes = [smeared(np.ascontiguousarray(light[..., one]), (float(motion[0]), float(motion[1]))) for one in range(3)]
    grained = np.dstack(planes) + rng.normal(0, rng.uniform(0, 0.03), light.shape)
    return compressed(np.round(np.clip(grained, 0, 1) * 255).astype(np.uint8), int(rng.integers(35, 95)))
