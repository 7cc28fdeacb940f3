"""One frame of a simulated film: several fish before the net, and everything that is true of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from resight.simulate.backdrop import FarFish, Net, add_far_fish, draw_far_fish, draw_net, enlarged, hang
from resight.simulate.cage import FilmPlan, Preset
from resight.simulate.camera import Camera, draw_camera, exposure, record, smeared
from resight.simulate.drawing import COLUMNS, PER_X, ROWS
from resight.simulate.eye import pupil
from resight.simulate.fins import add_fins
from resight.simulate.light import Layer, immerse, lit
from resight.simulate.noise import smooth_noise
from resight.simulate.shape import Proportions, Solid
from resight.simulate.spots import SpotPattern, spot_cover, spot_pattern
from resight.simulate.swim import Swim
from resight.simulate.view import Pose, look, where
from resight.simulate.water import Snow, Water, Waves, add_snow, caustics, draw_snow, draw_water, draw_waves, glow
from resight.types import Bools, Box, Doubles, Floats, Mask, Pixels, Side

SHUTTER = 1 / 400  # seconds for which it is open
LEAST_SEEN = 0.25  # of a head: with less in the picture it is not part of the truth


@dataclass(frozen=True, slots=True)
class Conditions:
    """The water, light and camera of one film, and what hangs and drifts behind the fish."""

    water: Water
    camera: Camera
    waves: Waves
    glare: float
    flicker: float
    veil: Floats
    net: Net | None
    far: tuple[FarFish, ...]
    snow: Snow


@dataclass(frozen=True, slots=True)
class TrueHead:
    """What is true of one head in one frame. Places are pixels (x, y) of the frame.

    `box` encloses the part of the head that is in the picture, whether or not another fish is before it; `mask`, of the
    frame's size, is 255 where it is seen. `inside` is the share of the head that is in the picture, `visible` the share
    of that which nothing hides. `line` runs from the snout to the gill cover's rear edge; `seen` tells which of the
    `spots` (n, 2) face the camera in the picture.
    """

    individual: int
    side: Side
    box: Box
    mask: Mask
    inside: float
    visible: float
    eye: tuple[float, float]
    line: tuple[tuple[float, float], tuple[float, float]]
    spots: Doubles
    seen: Bools


@dataclass(frozen=True, slots=True)
class Scene:
    """A frame as light (3, height, width), linear, with the share of it that is fish, and the truth."""

    light: Floats
    fish: Floats
    heads: tuple[TrueHead, ...]


def draw_conditions(preset: Preset, plan: FilmPlan) -> Conditions:
    """What a cage is like on the day of a pass: the water stays of the cage's kind, the light changes."""
    cage = np.random.default_rng([preset.seed, 21, plan.cage])
    day = np.random.default_rng([preset.seed, 22, plan.pass_])
    moment = np.random.default_rng([preset.seed, 23, plan.pass_, plan.film])
    water, weather = draw_water(cage), draw_water(day)
    water = replace(
        water,
        fade=water.fade * day.uniform(0.85, 1.2),
        sun=weather.sun,
        sunlight=weather.sunlight,
        skylight=weather.skylight,
        ripple=weather.ripple,
        snow=round(weather.snow * preset.width * preset.height / (640 * 480)),
    )
    half = (preset.width // 2, preset.height // 2)
    veil = glow(water, moment, *half)
    return Conditions(
        water=water,
        camera=replace(draw_camera(day, moment), motion=(0.0, 0.0)),
        waves=draw_waves(moment, preset.height),
        glare=float(day.uniform(0, 1.2)),
        flicker=float(day.uniform(0, 0.05)),
        veil=veil,
        net=draw_net(veil, water, cage, moment) if cage.random() < 0.75 else None,
        far=tuple(draw_far_fish(moment, int(moment.integers(2, 7)))),
        snow=draw_snow(water, moment),
    )


def scene(preset: Preset, plan: FilmPlan, conditions: Conditions, frame: int) -> Scene:
    """The light of a frame, and its heads in the order of the plan."""
    width, height, seconds = preset.width, preset.height, frame / preset.rate
    water = conditions.water
    picture, veil = _behind(preset, conditions, seconds)
    here = [swim for swim in plan.swims if swim.span(preset.lens)[0] <= frame < swim.span(preset.lens)[1]]
    fish = np.zeros((height, width), np.float32)
    heads: list[TrueHead] = []
    for swim in sorted(here, key=lambda one: -one.distance(frame)):
        pose, solid = swim.pose(frame, preset.lens), _solid(preset.seed, swim, swim.beating(frame))
        seen = look(pose, solid, width, height)
        fins = add_fins(picture, veil, pose, solid, water, swim.distance(frame))
        heads = [_hidden(one, fins) for one in heads]
        np.maximum(fish, fins, out=fish)
        if seen is None:
            continue
        rows, columns = seen.window
        down, across = seen.x.shape
        sun = water.sunlight * caustics(water, conditions.waves, seconds, across, down, columns.start, rows.start)
        cover, film = _skin(preset.seed, plan.pass_, swim.individual, swim.side)
        layer = _moving(lit(seen, pose, cover, film, sun, water), swim, preset.rate * SHUTTER)
        immerse(picture, veil, layer, water, swim.distance(frame))
        whole = np.zeros((height, width), np.float32)
        whole[seen.window] = layer.cover
        heads = [_hidden(one, whole) for one in heads]
        np.maximum(fish, whole, out=fish)
        head = _head(preset, swim, pose, solid, layer)
        if head is not None:
            heads.append(head)
    add_snow(picture, conditions.snow, water, seconds)
    order = {(swim.individual, swim.side): place for place, swim in enumerate(plan.swims)}
    return Scene(picture, fish, tuple(sorted(heads, key=lambda one: order[one.individual, one.side])))


def filmed(preset: Preset, plan: FilmPlan, conditions: Conditions, frame: int, gain: Doubles, light: Floats) -> Pixels:
    """The pixels of a frame whose light this is; lamps and waves let its brightness flicker."""
    shot = np.random.default_rng([preset.seed, 24, plan.pass_, plan.film, frame])
    flicker = 1 + conditions.flicker * float(shot.normal())
    return record(light, gain * flicker, conditions.camera, shot)


def gain_for(one: Scene, conditions: Conditions, before: Doubles | None) -> Doubles | None:
    """The exposure for a frame with fish in it, which follows slowly; None until there was any."""
    if one.fish.mean() < 0.01:
        return before
    wanted = exposure(one.light, one.fish, conditions.camera)
    return wanted if before is None else np.asarray(0.92 * before + 0.08 * wanted)


def _behind(preset: Preset, conditions: Conditions, seconds: float) -> tuple[Floats, Floats]:
    picture = conditions.veil.copy()
    if conditions.net is not None:
        sway = 3 * np.sin(0.7 * seconds), 2 * np.sin(0.5 * seconds + 1)
        hang(picture, conditions.net, (float(sway[0]), float(sway[1])))
    for fish in conditions.far:
        add_far_fish(picture, conditions.veil, conditions.water, fish, seconds)
    veil = conditions.veil
    if conditions.glare:
        # Beams of the sun wander down from the surface.
        height, width = veil.shape[1:]
        beams = caustics(conditions.water, conditions.waves, 0.4 * seconds, width, 8).mean(axis=0)
        glare = conditions.glare * np.exp(-np.linspace(0, 5, height, dtype=np.float32))[:, None] * beams
        picture += glare * veil
    return enlarged(picture, preset.width, preset.height), enlarged(veil, preset.width, preset.height)


def _moving(layer: Layer, swim: Swim, share: float) -> Layer:
    """As the camera sees it while the shutter is open, for this share of a frame's time."""
    motion = (swim.heading * swim.speed * share, -swim.rise * swim.speed * share)
    if abs(motion[0]) < 2:
        return layer
    cover = smeared(layer.cover, motion)
    head = smeared(layer.cover * layer.head, motion) / np.maximum(cover, 1e-4)
    light = [smeared(plane * layer.cover, motion) / np.maximum(cover, 1e-4) for plane in layer.emitted]
    return Layer(layer.window, np.stack(light), cover, head.clip(0, 1))


def _head(preset: Preset, swim: Swim, pose: Pose, solid: Solid, layer: Layer) -> TrueHead | None:
    """What is true of a head that nothing hides yet; None where too little of it is in the picture."""
    width, height = preset.width, preset.height
    mask = np.zeros((height, width), np.uint8)
    mask[layer.window] = np.where(layer.cover * layer.head > 0.5, 255, 0)
    if not mask.any():
        return None
    inside = _share_inside(pose, solid, width, height)
    if inside < LEAST_SEEN:
        return None
    pattern = _pattern(preset.seed, swim.individual, swim.side)
    on_head = pattern.x < 1
    spots, seen = where(pattern.x[on_head], pattern.tau[on_head], pose, solid, width, height)
    eye, _ = where(*pupil(), pose, solid, width, height)
    ends = pose.project(solid.surface(np.array([0.0, 1.0]), np.array([0.0, 0.0]))[0])
    return TrueHead(
        individual=swim.individual,
        side=swim.side,
        box=Box(*(float(number) for number in cv2.boundingRect(mask))),
        mask=mask,
        inside=inside,
        visible=1.0,
        eye=(float(eye[0, 0]), float(eye[0, 1])),
        line=((float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1]))),
        spots=spots,
        seen=seen,
    )


def _share_inside(pose: Pose, solid: Solid, width: int, height: int) -> float:
    x, tau = (grid.ravel() for grid in np.meshgrid(np.linspace(0.02, 0.98, 13), np.linspace(-1.3, 1.3, 9)))
    pixels = pose.project(solid.surface(x, tau)[0])
    return float(((pixels >= 0) & (pixels < (width, height))).all(axis=1).mean())


def _hidden(head: TrueHead, cover: Floats) -> TrueHead:
    """A head that something nearer, which covers these shares of the pixels, is drawn over."""
    mask = np.where(cover > 0.5, 0, head.mask).astype(np.uint8)
    left = int(np.count_nonzero(mask)) / max(int(np.count_nonzero(head.mask)), 1)
    return head if left == 1 else replace(head, mask=mask, visible=head.visible * left)


@lru_cache(maxsize=64)
def _pattern(seed: int, individual: int, side: Side) -> SpotPattern:
    return spot_pattern(seed, individual, side)


@lru_cache(maxsize=24)
def _skin(seed: int, pass_: int, individual: int, side: Side) -> tuple[Floats, Floats]:
    """A flank's spots, and the film on it in this pass, both on the skin."""
    rng = np.random.default_rng([seed, 25, pass_, individual, list(Side).index(side)])
    return spot_cover(_pattern(seed, individual, side)), smooth_noise(rng, ROWS, COLUMNS, PER_X / 12, 4)


def _solid(seed: int, swim: Swim, phase: float) -> Solid:
    return replace(_shape(seed, swim.individual), bend=swim.bend, phase=phase)


@lru_cache(maxsize=64)
def _shape(seed: int, individual: int) -> Solid:
    return Solid.of(Proportions.of(np.random.default_rng([seed, individual, 3])))
