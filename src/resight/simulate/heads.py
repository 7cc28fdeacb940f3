"""One photo of one simulated salmon head, with everything that is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.backdrop import backdrop
from resight.simulate.camera import draw_camera, record
from resight.simulate.drawing import column_of, row_of
from resight.simulate.eye import pupil
from resight.simulate.head import skin
from resight.simulate.noise import smooth_noise
from resight.simulate.shape import Proportions, Solid
from resight.simulate.spots import SpotPattern, spot_cover, spot_pattern
from resight.simulate.view import Pose, Seen, draw_pose, look
from resight.simulate.water import Water, add_snow, caustics, clearness, draw_water
from resight.types import Bools, Box, Doubles, Floats, Mask, Pixels, Side

WIDTH, HEIGHT = 640, 480
_INK = (0.022, 0.020, 0.018)


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
    picture, veil = backdrop(water, rng, shot, WIDTH, HEIGHT)
    emitted, cover, head = _lit(seen, pose, pattern, water, shot)
    clear = clearness(water, water.metres)
    fish = picture[:, *seen.window]
    fish += cover * (emitted * clear + veil[:, *seen.window] * (1 - clear) - fish)
    on_head = np.zeros((HEIGHT, WIDTH), np.float32)
    on_head[seen.window] = cover * head
    add_snow(picture, water, shot)
    pixels = record(picture, on_head, camera, shot)

    mask = np.where(on_head > 0.5, 255, 0).astype(np.uint8)
    spots, visible = _where(pattern.x, pattern.tau, pose, solid)
    eye, _ = _where(*pupil(), pose, solid)
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


def _lit(
    seen: Seen, pose: Pose, pattern: SpotPattern, water: Water, shot: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """In the window of the fish: its light (3, h, w), its share of a pixel, and the head's share of that."""
    drawing = skin()
    places = cv2.convertMaps(column_of(seen.x).astype(np.float32), row_of(seen.tau).astype(np.float32), cv2.CV_16SC2)

    def looked_up(plane: Floats) -> Floats:
        return np.asarray(cv2.remap(plane, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    height, width = seen.x.shape
    moist = looked_up(drawing.moist)
    spot = looked_up(spot_cover(pattern)) * (1 - moist)
    silver = looked_up(drawing.silver) * (1 - 0.7 * spot)

    # Skin is never quite even, and differs from moment to moment: slime, wet film, guanine glitter.
    film = smooth_noise(shot, height, width, pose.length / 12, 4)
    nx = seen.normal_x - looked_up(drawing.slope_x) + 0.03 * film
    ny = seen.normal_y - looked_up(drawing.slope_down) - 0.02 * film
    nz = seen.normal_z
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    sun, up, toward = pose.to_fish(np.array([water.sun, (0, -1, 0), (0, 0, 1)])).astype(np.float32)
    half = (sun + toward) / np.linalg.norm(sun + toward)
    sunlight = water.sunlight * caustics(water, shot, width, height)
    skyward = nx * up[0] + ny * up[1] + nz * up[2]
    diffuse = sunlight * np.maximum(nx * sun[0] + ny * sun[1] + nz * sun[2], 0)
    diffuse += water.skylight * (0.62 + 0.38 * skyward)

    broad = _eighth_power(np.clip(nx * half[0] + ny * half[1] + nz * half[2], 0, 1))
    tight = _eighth_power(broad)
    shine = sunlight * (0.35 * silver * broad * (1 + 0.35 * film) + (0.10 + 0.25 * silver) * tight)
    shine += sunlight * moist * _eighth_power(tight)
    # Silvery skin mirrors the water round it, brightest above.
    mirrored = (0.30 * water.skylight) * silver * np.exp(0.8 * skyward)
    tint = water.veil / water.veil.max()
    mottle = 1 + 0.07 * film
    emitted = np.empty((3, height, width), np.float32)
    for channel in range(3):
        colour = looked_up(drawing.colour[channel]) * mottle
        colour += spot * (_INK[channel] - colour)
        emitted[channel] = colour * diffuse + shine + float(tint[channel]) * mirrored
    cover = np.clip(seen.inside + 0.5, 0, 1) * looked_up(drawing.solid)
    return emitted, cover, looked_up(drawing.head)


def _eighth_power(value: Floats) -> Floats:
    """By squaring: NumPy's own power of float32 takes ten times as long."""
    for _ in range(3):
        value = value * value
    return value


def _where(x: Doubles, tau: Doubles, pose: Pose, solid: Solid) -> tuple[Doubles, Bools]:
    """The pixels where places of the mean fish's skin are seen, and whether they face the camera."""
    points, outward = solid.surface(x, tau)
    pixels = pose.project(points)
    framed = (pixels >= 0).all(axis=1) & (pixels < (WIDTH, HEIGHT)).all(axis=1)
    return pixels, framed & pose.facing(points, outward)
