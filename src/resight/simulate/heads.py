"""One photo of one simulated salmon head, with everything that is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.backdrop import backdrop
from resight.simulate.camera import compressed, draw_camera, exposure, record
from resight.simulate.eye import pupil
from resight.simulate.light import immerse, lit
from resight.simulate.noise import smooth_noise
from resight.simulate.shape import Proportions, Solid
from resight.simulate.spots import spot_cover, spot_pattern
from resight.simulate.view import draw_pose, look, where
from resight.simulate.water import add_snow, caustics, draw_snow, draw_water, draw_waves
from resight.types import Bools, Box, Floats, Mask, Pixels, Side

WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True, slots=True)
class Simulated:
    """A photo of a head, RGB (480, 640, 3), and the truth about it.

    `mask` is 255 on the head, up to the rear edge of the gill cover, and `box` encloses it. `eye` is the
    pixel (x, y) of the pupil. `spots` (n, 2) holds the pixel of every spot of this flank, `visible` (n,)
    whether it can be seen; rows are the same spots in all photos of this flank, so they match photos exactly.
    """

    pixels: Pixels
    mask: Mask
    box: Box
    side: Side
    individual: int
    pass_: int
    eye: tuple[float, float]
    spots: Floats
    visible: Bools


def simulate_head(seed: int, individual: int, pass_: int = 0, photo: int = 0, side: Side = Side.LEFT) -> Simulated:
    """Photograph one flank of a fish's head; the same arguments give the same pixels.

    Light, water, camera and pose are drawn for each pass of each fish and change a little from photo to
    photo. What two passes of one fish share are its spots, and proportions close to every other fish's.

    >>> photo = simulate_head(seed=1, individual=3)
    >>> photo.pixels.shape, photo.side
    ((480, 640, 3), <Side.LEFT: 'left'>)
    """
    if side not in (Side.LEFT, Side.RIGHT):
        raise ValueError(f"a simulated head shows its left or its right side, not {side}")
    flank = list(Side).index(side)
    rng = np.random.default_rng([seed, individual, 4, flank, pass_])
    shot = np.random.default_rng([seed, individual, 5, flank, pass_, photo])

    pattern = spot_pattern(seed, individual, side)
    pose = draw_pose(rng, shot, WIDTH, HEIGHT, side)
    water = draw_water(rng)
    camera = draw_camera(rng, shot)

    solid = Solid.of(Proportions.of(np.random.default_rng([seed, individual, 3])), pose.bend)
    seen = look(pose, solid, WIDTH, HEIGHT)
    if seen is None:
        raise AssertionError("a pose keeps the head in the picture")
    picture, veil = backdrop(water, rng, shot, WIDTH, HEIGHT)
    height, width = seen.x.shape
    film = smooth_noise(shot, height, width, pose.length / 12, 4)
    sunlight = water.sunlight * caustics(water, draw_waves(shot, height), 0.0, width, height)
    layer = lit(seen, pose, spot_cover(pattern), film, sunlight, water)
    immerse(picture, veil, layer, water, water.metres)
    on_head = np.zeros((HEIGHT, WIDTH), np.float32)
    on_head[seen.window] = layer.cover * layer.head
    add_snow(picture, draw_snow(water, shot), water, 0.0)
    gain = exposure(picture, on_head, camera)
    pixels = compressed(record(picture, gain, camera, shot), camera.quality)

    mask = np.where(on_head > 0.5, 255, 0).astype(np.uint8)
    spots, visible = where(pattern.x, pattern.tau, pose, solid, WIDTH, HEIGHT)
    eye, _ = where(*pupil(), pose, solid, WIDTH, HEIGHT)
    return Simulated(
        pixels=pixels,
        mask=mask,
        box=Box(*(float(number) for number in cv2.boundingRect(mask))),
        side=side,
        individual=individual,
        pass_=pass_,
        eye=(float(eye[0, 0]), float(eye[0, 1])),
        spots=spots.astype(np.float32),
        visible=visible,
    )
