"""The markings of one flank: a pattern that grows from noise, as on skin, so that no two individuals have the same.

Most are grown by the equation of Swift and Hohenberg (1977), the simplest that reaction and diffusion (Turing 1952)
come to near the onset of a pattern: of all waves those of one length grow, and what is not linear decides between
spots, stripes and nets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from resight.simulate.noise import smooth_noise
from resight.types import Floats

AROUND, ALONG = 192, 384  # pixels of a pattern: once round the body, and from nose to tail
GROWN = 2  # times that a grown pattern is enlarged: its waves are long enough
GIRTH = 1.25  # of a body, in its lengths
STEPS, STEP, GROWTH = 60, 0.8, 0.35


class Family(StrEnum):
    """What the markings are like."""

    SPOTS = "spots"
    STRIPES = "stripes"
    MAZE = "maze"
    NET = "net"
    RINGS = "rings"
    BLOTCHES = "blotches"
    SPECKLES = "speckles"
    SCARS = "scars"


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind is marked, the same for all of its individuals.

    `wave` is the distance between two marks, in body lengths; `slant` the direction of stripes, radians from across the
    body; `long` how many times longer a mark is along the body than across it; `cover` the share of the skin that is
    marked; `sharp` how narrow a mark's edge is.
    """

    family: Family
    wave: float
    slant: float
    long: float
    cover: float
    sharp: float


def markings(style: Style, rng: np.random.Generator) -> Floats:
    """Where the skin is marked, from 0 to 1: (AROUND, ALONG), joined at its upper and lower edge.

    >>> style = Style(Family.SPOTS, 0.08, 0.0, 1.0, 0.3, 6.0)
    >>> markings(style, np.random.default_rng(0)).shape
    (192, 384)
    """
    if style.family is Family.SPECKLES:
        return _speckles(style, rng)
    if style.family is Family.SCARS:
        return _scars(style, rng)
    if style.family is Family.BLOTCHES:
        field = smooth_noise(rng, AROUND, ALONG, style.wave * ALONG, 3, style.long)
    else:
        field = _grown(style, rng)
    if style.family is Family.RINGS:
        field = -np.abs(field - np.float32(np.quantile(field, 1 - style.cover)))
    level = np.quantile(field, 1 - style.cover)
    return _edged(field - np.float32(level), style)


def _grown(style: Style, rng: np.random.Generator) -> Floats:
    """A field of unit spread in which waves of the style's length have grown out of noise."""
    rows, columns = AROUND // GROWN, ALONG // GROWN
    across = np.fft.fftfreq(rows, GIRTH / rows)[:, None] * style.wave
    along = np.fft.rfftfreq(columns, 1 / columns)[None] * style.wave * style.long
    square = across**2 + along**2
    linear = GROWTH - (1 - square) ** 2
    if style.family is Family.STRIPES:
        turned = along * np.sin(style.slant) + across * np.cos(style.slant)
        linear = linear - turned**2 / np.maximum(square, 1e-6)
    bend = {Family.SPOTS: 1.2, Family.RINGS: 1.2, Family.NET: -1.2}.get(style.family, 0.0)
    field = rng.standard_normal((rows, columns)) * 0.3
    for _ in range(STEPS):
        pushed = np.fft.rfft2(np.clip(field, -3, 3) + STEP * (bend * field**2 - field**3))
        field = np.fft.irfft2(pushed / (1 - STEP * linear), s=(rows, columns))
        field = np.clip(field, -3, 3)
    large = cv2.resize(field.astype(np.float32), (ALONG, AROUND), interpolation=cv2.INTER_CUBIC)
    return np.asarray((large - large.mean()) / max(float(large.std()), 1e-6), np.float32)


def _speckles(style: Style, rng: np.random.Generator) -> Floats:
    """Separate marks of all sizes, wherever they happen to be."""
    canvas = np.zeros((AROUND, ALONG), np.uint8)
    size = style.wave * ALONG / 3
    for _ in range(round(style.cover * 2.5 * GIRTH / style.wave**2)):
        grown = size * float(np.clip(rng.lognormal(0, 0.45), 0.3, 2.5))
        place = int(rng.integers(ALONG)), int(rng.integers(AROUND))
        axes = max(1, round(grown * style.long / 2)), max(1, round(grown * GIRTH / 2))
        for wrapped in (0, -AROUND, AROUND):
            at = place[0], place[1] + wrapped
            cv2.ellipse(canvas, at, axes, float(rng.normal(0, 20)), 0, 360, 255, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 3 / style.sharp) / np.float32(255), np.float32)


def _scars(style: Style, rng: np.random.Generator) -> Floats:
    """Scratches, straight and bent, thin and broad."""
    canvas = np.zeros((AROUND, ALONG), np.uint8)
    for _ in range(int(rng.integers(6, 25))):
        start = rng.uniform((0, 0), (ALONG, AROUND))
        way = style.slant + rng.normal(0, 0.6)
        length = style.wave * ALONG * float(rng.lognormal(0.6, 0.5))
        steps = np.linspace(0, length, 8)[:, None] * np.stack([np.cos(way), np.sin(way)])[None]
        bent = np.cumsum(rng.normal(0, length / 40, (8, 2)), axis=0)
        points = np.round(start + steps + bent).astype(np.int32)
        cv2.polylines(canvas, [points], False, int(rng.integers(120, 256)), int(rng.integers(1, 5)), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 3 / style.sharp) / np.float32(255), np.float32)


def _edged(field: Floats, style: Style) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(field * style.sharp, -30, 30))), np.float32)
