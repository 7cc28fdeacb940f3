"""The light that comes from a fish: its skin, its own spots, sun, sky and shine."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.drawing import column_of, row_of
from resight.simulate.head import skin
from resight.simulate.view import Pose, Seen
from resight.simulate.water import Water, clearness
from resight.types import Floats

_INK = (0.022, 0.020, 0.018)


@dataclass(frozen=True, slots=True)
class Layer:
    """A fish before the water is between: in the window, its light (3, h, w), linear, and shares from 0 to 1 (h, w).

    `cover` is the share of a pixel that is fish, `head` that of the fish which is head.
    """

    window: tuple[slice, slice]
    emitted: Floats
    cover: Floats
    head: Floats


def lit(seen: Seen, pose: Pose, spots: Floats, film: Floats, sunlight: Floats, water: Water) -> Layer:
    """What comes from the fish.

    `spots` is drawn on the skin; `film`, of the window or of the skin's size, is how uneven its slime is at the moment,
    and `sunlight` (h, w) how strongly the sun gets to it.
    """
    drawing = skin()
    places = cv2.convertMaps(column_of(seen.x).astype(np.float32), row_of(seen.tau).astype(np.float32), cv2.CV_16SC2)

    def looked_up(plane: Floats) -> Floats:
        return np.asarray(cv2.remap(plane, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    if film.shape != seen.x.shape:
        film = looked_up(film)
    moist = looked_up(drawing.moist)
    spot = looked_up(spots) * (1 - moist)
    silver = looked_up(drawing.silver) * (1 - 0.7 * spot)

    # Skin is never quite even, and differs from moment to moment: slime, wet film, guanine glitter.
    nx = seen.normal_x - looked_up(drawing.slope_x) + 0.03 * film
    ny = seen.normal_y - looked_up(drawing.slope_down) - 0.02 * film
    nz = seen.normal_z
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / length, ny / length, nz / length
    sun, up, toward = pose.to_fish(np.array([water.sun, (0, -1, 0), (0, 0, 1)])).astype(np.float32)
    half = (sun + toward) / np.linalg.norm(sun + toward)
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
    emitted = np.empty((3, *seen.x.shape), np.float32)
    for channel in range(3):
        colour = looked_up(drawing.colour[channel]) * mottle
        colour += spot * (_INK[channel] - colour)
        emitted[channel] = colour * diffuse + shine + float(tint[channel]) * mirrored
    cover = np.clip(seen.inside + 0.5, 0, 1) * looked_up(drawing.solid)
    return Layer(seen.window, emitted, cover, looked_up(drawing.head))


def immerse(picture: Floats, veil: Floats, layer: Layer, water: Water, metres: float) -> None:
    """Put a fish into a picture (3, height, width), seen through so many metres of water."""
    clear = clearness(water, metres)
    under = picture[:, *layer.window]
    under += layer.cover * (layer.emitted * clear + veil[:, *layer.window] * (1 - clear) - under)


def _eighth_power(value: Floats) -> Floats:
    """By squaring: NumPy's own power of float32 takes ten times as long."""
    for _ in range(3):
        value = value * value
    return value
