"""Behind the fish: the net of the cage and other fish, hazy and out of focus."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from resight.simulate.noise import smooth_noise
from resight.simulate.water import Water, clearness, glow
from resight.types import Floats


@dataclass(frozen=True, slots=True)
class Net:
    """The net behind: how much of a pixel it covers (h, w), and the light that comes from it (3, h, w)."""

    cover: Floats
    light: Floats


@dataclass(frozen=True, slots=True)
class FarFish:
    """A fish too far off to be known: its length and its middle in parts of the picture's width and height.

    It swims to the left (-1) or to the right (1), `tilt` is in radians, `blur` in pixels, and it drifts by so many
    widths a second.
    """

    metres: float
    length: float
    heading: float
    tilt: float
    middle: tuple[float, float]
    bend: float
    blur: float
    speed: float


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
        hang(picture, draw_net(veil, water, rng, shot), (0.0, 0.0))
    for fish in draw_far_fish(rng, int(rng.integers(2, 7))):
        add_far_fish(picture, veil, water, fish, float(shot.normal(0, 0.5)))
    return enlarged(picture, width, height), enlarged(veil, width, height)


def enlarged(picture: Floats, width: int, height: int) -> Floats:
    """A picture (3, h, w) in another size."""
    return np.stack([cv2.resize(plane, (width, height)) for plane in picture])


def draw_net(veil: Floats, water: Water, rng: np.random.Generator, shot: np.random.Generator) -> Net:
    """A net of the size of the bare water (3, h, w) before which it hangs; `rng` makes it, `shot` lets it sway."""
    height, width = veil.shape[1:]
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
    return Net(np.asarray(0.9 * blurred, np.float32), np.asarray(tone * share + veil * (1 - share), np.float32))


def hang(picture: Floats, net: Net, sway: tuple[float, float]) -> None:
    """Put the net into a picture of its size, moved by so many pixels (x, y)."""
    cover = net.cover
    if sway != (0.0, 0.0):
        moved = np.array([[1, 0, sway[0]], [0, 1, sway[1]]])
        size = (cover.shape[1], cover.shape[0])
        cover = np.asarray(cv2.warpAffine(cover, moved, size, borderMode=cv2.BORDER_REFLECT_101))
    picture += cover * (net.light - picture)


def draw_far_fish(rng: np.random.Generator, n: int) -> list[FarFish]:
    """So many fish, the farthest first."""
    fish = []
    for metres in sorted(rng.uniform(1.6, 5.0, n))[::-1]:
        heading = float(rng.choice([-1.0, 1.0]))
        x, y = rng.uniform((0, 0.05), (1, 0.95))
        fish.append(
            FarFish(
                metres=float(metres),
                length=float(rng.uniform(1.35, 1.8) / metres),
                heading=heading,
                tilt=float(np.radians(rng.normal(0, 9))),
                middle=(float(x), float(y)),
                bend=float(rng.uniform(-0.05, 0.05)),
                blur=float(rng.uniform(0.8, 1.6) + 0.55 * metres),
                speed=float(heading * rng.uniform(0.2, 0.6) / metres),
            )
        )
    return fish


def add_far_fish(picture: Floats, veil: Floats, water: Water, fish: FarFish, seconds: float) -> None:
    """Draw the fish where it is at this second; who leaves the picture comes in on the other side."""
    height, width = picture.shape[1:]
    room = 1 + 1.2 * fish.length
    x = (fish.middle[0] + fish.speed * seconds + 0.6 * fish.length) % room - 0.6 * fish.length
    middle = np.array([x * width, fish.middle[1] * height])
    length = fish.length * width
    outline = _outline(fish.bend) * (fish.heading * -length, length)
    turn = np.array([[np.cos(fish.tilt), np.sin(fish.tilt)], [-np.sin(fish.tilt), np.cos(fish.tilt)]])
    points = np.round((outline @ turn + middle) * 16).astype(np.int32)
    body = np.zeros((height, width), np.uint8)
    cv2.fillPoly(body, [points], 255, cv2.LINE_AA, 4)
    left, top, across, down = cv2.boundingRect(body)
    if not across:
        return
    reach = int(3 * fish.blur) + 1
    window = np.s_[max(top - reach, 0) : top + down + reach, max(left - reach, 0) : left + across + reach]
    mask = cv2.GaussianBlur(body[window].astype(np.float32) / 255, (0, 0), fish.blur)
    rows = np.arange(height, dtype=np.float32)[window[0]][:, None] - middle[1]
    columns = np.arange(width, dtype=np.float32)[window[1]] - middle[0]
    level = (rows * np.cos(fish.tilt) - columns * np.sin(fish.tilt)) / (0.11 * length)
    tone = np.interp(level, [-1, -0.25, 0.15, 1], [0.035, 0.09, 0.38, 0.55]).astype(np.float32)
    share = clearness(water, fish.metres)
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
