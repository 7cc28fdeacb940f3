"""A photo of a procedural animal: its skin, the light of a day, what is before and behind it, and a camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.animals.kind import Kind
from resight.simulate.animals.markings import ALONG, AROUND
from resight.simulate.animals.pose import Pose, Seen, draw_pose, look, pixel_of
from resight.simulate.camera import compressed, smeared
from resight.simulate.noise import smooth_noise
from resight.types import Bools, Box, Doubles, Floats, Mask, Pixels

SIZE = 192  # pixels of a photo


@dataclass(frozen=True, slots=True)
class Animal:
    """An individual: the patterns (192, 384) of its markings, its breadths (7,), and its skin's colour (3,)."""

    patterns: tuple[Floats, ...]
    breadth: Doubles
    skin: Doubles


@dataclass(frozen=True, slots=True)
class Day:
    """What photos of one encounter share: `light` (3,) towards the sun, its colour (3,), how much of it is even.

    `veil` (3,) is the colour of the water or haze between, and `thick` its share; `behind` (SIZE, SIZE, 3) what is
    behind, as linear light; `sharp` the pixels that the camera really has along a photo's side; `noise` a share of
    white.
    """

    light: Doubles
    colour: Doubles
    even: float
    veil: Doubles
    thick: float
    dappled: float
    behind: Floats
    bright: float
    sharp: int
    noise: float
    quality: int


@dataclass(frozen=True, slots=True)
class Photographed:
    """The photo (SIZE, SIZE, 3), the mask of its animal, 255 on it, and the box round that.

    `skin` (SIZE, SIZE, 2) is the place on the skin that each pixel shows, column and row in points of the animal's
    patterns; NaN where it shows none.
    """

    pixels: Pixels
    mask: Mask
    box: Box
    skin: Floats


def draw_day(rng: np.random.Generator, behind: Pixels | None) -> Day:
    """The conditions of an encounter; `behind` is any photo of a place, None: something indistinct is drawn."""
    light = np.array([rng.normal(0, 0.5), rng.normal(-0.6, 0.6), rng.uniform(0.3, 1.2)])
    water = rng.random() < 0.4
    return Day(
        light=light / np.linalg.norm(light),
        colour=np.clip(rng.normal(1, 0.18 if water else 0.08, 3), 0.4, 1.6),
        even=float(rng.uniform(0.25, 0.9)),
        veil=rng.uniform(0.05, 0.5) * np.array([rng.uniform(0.1, 1), rng.uniform(0.6, 1), rng.uniform(0.5, 1)]),
        thick=float(rng.uniform(0, 0.55)) if water else 0.0,
        dappled=float(rng.choice([0.0, rng.uniform(0.1, 0.6)])),
        behind=_behind(rng, behind),
        bright=float(np.exp(rng.uniform(np.log(0.08), np.log(0.45)))),
        sharp=int(SIZE * rng.uniform(0.4, 1.0)),
        noise=float(rng.uniform(0.002, 0.03)),
        quality=int(rng.integers(45, 95)),
    )


def photograph(kind: Kind, animal: Animal, day: Day, rng: np.random.Generator) -> Photographed:
    """One photo of an animal on a day, in a pose of its own."""
    pose = draw_pose(rng, SIZE, not kind.turns)
    seen = look(pose, animal.breadth, SIZE, rng)
    skin = _skin(kind, animal, seen, pose, rng) * _light(kind, seen, day, rng)[..., None] * day.colour
    limbs = _limbs(kind, animal, pose)
    covered = np.maximum(seen.inside, limbs)[..., None]
    plain = animal.skin * day.colour * (0.5 + 0.3 * smooth_noise(rng, SIZE, SIZE, 20)[..., None].clip(-1, 1))
    body = np.where(seen.inside[..., None] > limbs[..., None] * 0.5, skin, plain)
    bright = float((body * covered).sum() / max(float(covered.sum()) * 3, 1.0))
    gain = day.bright * float(rng.uniform(0.8, 1.25)) / max(bright, 1e-3)
    body = body * gain * (1 - day.thick) + day.veil * day.thick
    picture = np.where(covered > 0, body * covered + day.behind * (1 - covered), day.behind)
    hidden = _before(picture, rng)
    shown = np.where((covered[..., 0] > 0.5) & ~hidden, 255, 0).astype(np.uint8)
    skinned = np.where(((seen.inside > 0.5) & (shown > 0))[..., None], np.dstack(_places(seen, pose)), np.nan)
    return Photographed(_recorded(picture, day, rng), shown, _box(shown), skinned.astype(np.float32))


def _skin(kind: Kind, animal: Animal, seen: Seen, pose: Pose, rng: np.random.Generator) -> Doubles:
    """The colour of the body at each pixel, linear."""
    around = _around(seen, pose)
    column, row = _places(seen, pose)
    low = np.clip((np.sin(around) + 0.2) / 1.2, 0, 1)
    grain = np.exp(0.12 * smooth_noise(rng, SIZE, SIZE, 3))
    colour = animal.skin + (kind.belly - animal.skin) * (kind.shaded * low**2)[..., None]
    for pattern, marks in zip(animal.patterns, kind.marks, strict=True):
        cover = cv2.remap(pattern, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        cover = cover * (1 - kind.clear * low**2)
        colour = colour + (marks - colour) * cover[..., None]
    return np.asarray(colour * grain[..., None])


def _places(seen: Seen, pose: Pose) -> tuple[Floats, Floats]:
    """The column and the row of the patterns that each pixel shows."""
    column = np.clip(seen.along, 0, 1) * (ALONG - 1)
    row = (_around(seen, pose) / (2 * np.pi) + 0.25) % 1.0 * AROUND
    return np.asarray(column, np.float32), np.asarray(row, np.float32)


def _around(seen: Seen, pose: Pose) -> Floats:
    """The angle round the body that each pixel shows, 0 towards the camera of an animal that is not rolled."""
    return np.asarray(np.arcsin(np.clip(seen.across, -1, 1)) + pose.rolled)


def _light(kind: Kind, seen: Seen, day: Day, rng: np.random.Generator) -> Doubles:
    """How much light each place of the body sends back."""
    across = np.clip(seen.across, -1, 1)
    facing = np.sqrt(np.maximum(1 - 0.9 * across**2, 0))
    lengthwise = 0.8 * (seen.along - 0.5)
    towards = np.clip(day.light[0] * lengthwise + day.light[1] * across + day.light[2] * facing, 0, None)
    shadow = np.exp(day.dappled * smooth_noise(rng, SIZE, SIZE, SIZE / rng.uniform(3, 12), 2))
    glint = kind.gloss * np.clip(towards, 0, 1) ** 24
    return np.asarray((day.even + (1 - day.even) * towards) * shadow + glint)


def _limbs(kind: Kind, animal: Animal, pose: Pose) -> Floats:
    """What the limbs cover, from 0 to 1."""
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    for limb in kind.limbs:
        root = np.array(pixel_of(pose, animal.breadth, limb.along, limb.side * 0.8))
        outward = np.array(pixel_of(pose, animal.breadth, limb.along, limb.side * 1.6)) - root
        way = np.arctan2(outward[1], outward[0]) + limb.side * limb.slant
        middle = root + limb.length * pose.length / 2 * np.array([np.cos(way), np.sin(way)])
        axes = max(1, round(limb.length * pose.length / 2)), max(1, round(limb.breadth * pose.length / 2))
        at = round(float(middle[0])), round(float(middle[1]))
        cv2.ellipse(canvas, at, axes, float(np.degrees(way)), 0, 360, 255, -1, cv2.LINE_AA)
    return np.asarray(canvas / np.float32(255), np.float32)


def _before(picture: Doubles, rng: np.random.Generator) -> Bools:
    """Blades, branches or nets drawn before the animal, now and then; gives what they hide."""
    hidden = np.zeros((SIZE, SIZE), np.uint8)
    if rng.random() > 0.2:
        return hidden > 0
    for _ in range(int(rng.integers(1, 7))):
        first, second = np.round(rng.uniform(-0.1, 1.1, (2, 2)) * SIZE).astype(int).tolist()
        cv2.line(hidden, first, second, 255, int(rng.integers(2, 10)), cv2.LINE_AA)
    colour = picture[tuple(rng.integers(0, SIZE, 2))] * rng.uniform(0.5, 1.3)
    share = hidden[..., None] / 255
    picture += (colour - picture) * share
    return np.asarray(hidden > 127)


def _behind(rng: np.random.Generator, photo: Pixels | None) -> Floats:
    if photo is not None and rng.random() < 0.5:
        side = max(1, int(min(photo.shape[:2]) * rng.uniform(0.4, 1)))
        top, left = (int(rng.integers(0, edge - side + 1)) for edge in photo.shape[:2])
        part = cv2.resize(photo[top : top + side, left : left + side], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        part = part[:, :: int(rng.choice([-1, 1]))]
        return np.asarray((part.astype(np.float32) / 255) ** 2.2 * rng.uniform(0.5, 1.5), np.float32)
    rough = smooth_noise(
        rng, SIZE, SIZE, float(rng.uniform(8, 90)), int(rng.integers(1, 5)), float(rng.uniform(0.5, 3))
    )
    first, second = rng.uniform(0.02, 0.5, (2, 3))
    share = 1 / (1 + np.exp(-rough * rng.uniform(0.5, 3)))
    ground = np.asarray(first + (second - first) * share[..., None], np.float32)
    return _overgrown(ground, rng) if rng.random() < 0.6 else ground


def _overgrown(ground: Floats, rng: np.random.Generator) -> Floats:
    """Grass, twigs, leaves and stones: many strokes and blobs of colours that are near the ground's."""
    grown = np.ascontiguousarray(ground)
    upright = rng.random() < 0.5
    for _ in range(int(np.exp(rng.uniform(np.log(30), np.log(400))))):
        at = rng.integers(0, SIZE, 2)
        near = ground[tuple(at[::-1])] * np.exp(rng.normal(0, 0.5)) * np.exp(rng.normal(0, 0.15, 3))
        colour = [float(part) for part in np.clip(near, 0, 1)]
        way = rng.normal(np.pi / 2, 0.3) if upright else rng.uniform(0, 2 * np.pi)
        length = SIZE * float(rng.gamma(2, 0.04))
        if rng.random() < 0.7:
            end = np.round(at + length * np.array([np.cos(way), np.sin(way)])).astype(int)
            cv2.line(grown, at.tolist(), end.tolist(), colour, int(rng.integers(1, 5)), cv2.LINE_AA)
        else:
            axes = max(1, round(length / 3)), max(1, round(length / 3 * float(rng.uniform(0.3, 1))))
            cv2.ellipse(grown, at.tolist(), axes, float(np.degrees(way)), 0, 360, colour, -1, cv2.LINE_AA)
    return grown


def _recorded(picture: Doubles, day: Day, rng: np.random.Generator) -> Pixels:
    """Linear light as a camera of that day makes pixels of it."""
    motion = rng.normal(0, 0.9, 2)
    planes = [smeared(np.asarray(picture[..., c], np.float32), (float(motion[0]), float(motion[1]))) for c in range(3)]
    coarse = cv2.resize(np.dstack(planes), (day.sharp, day.sharp), interpolation=cv2.INTER_AREA)
    light = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    grain = rng.standard_normal(light.shape, dtype=np.float32)
    light = np.maximum(light + day.noise * grain * np.sqrt(np.maximum(light, 0) + 0.02), 0)
    toned = np.clip(light, 0, 1) ** np.float32(1 / 2.2)
    return compressed(np.round(toned * 255).astype(np.uint8), day.quality)


def _box(mask: Mask) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(0, 0, SIZE, SIZE)
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] - columns[0] + 1), float(rows[-1] - rows[0] + 1))
