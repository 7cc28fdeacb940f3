"""A dolphin's dorsal fin before the water: its picture enhanced, its mask by a threshold, and its outline.

The threshold finds itself, but for pictures on which it fails it can be set by hand. What was set is text that stands
in the method's name, `contour:threshold=120,blur=5`, and is part of its fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import cv2
import numpy as np

from resight.chip.padded import padded
from resight.errors import ResightError
from resight.types import Bools, Chip, Doubles, Ints, Mask, Pixels

CLIP, TILES = 2.0, 8  # of the local equalisation: how far one grey level may be spread, tiles across
DARKEST, BRIGHTEST = 2, 98  # percentiles that become black and white
ROUNDS = 3  # of guessing the mask and looking for the colours that part it best from the rest
SLIVER = 0.035  # of the chip's shorter side: the radius of what is too thin to be fin
LEAST = 0.05  # of the chip, that a fin fills
ALLOWED = "threshold, blur, dark, component and plain"


@dataclass(frozen=True, slots=True)
class FinMask:
    """How the fin is told from the water; 0 leaves it to the picture.

    `threshold` is a level from 1 to 254 of the picture that is parted; 0, Otsu's (1979). `blur` is the width in pixels
    of the Gaussian that goes before it. `dark`: 1, the fin is what is darker; 2, what is brighter; 0, what there is
    more of in the middle below than at the sides above. `component` is the fin's place among the connected parts, by
    size, from 0. `plain`: 1, the enhanced grey picture is parted; 0, the mixture of its colours that parts it best.

    >>> str(FinMask.read("blur=5,threshold=120")), str(FinMask())
    ('threshold=120,blur=5', '')
    """

    threshold: int = 0
    blur: int = 4
    dark: int = 0
    component: int = 0
    plain: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 254 or self.dark not in (0, 1, 2) or self.plain not in (0, 1):
            raise ResightError("a fin's mask takes threshold=0 to 254, dark=0, 1 or 2, and plain=0 or 1")
        if not 0 <= self.blur <= 99 or not 0 <= self.component <= 99:
            raise ResightError("a fin's mask takes blur=0 to 99 and component=0 to 99")

    @classmethod
    def read(cls, text: str) -> Self:
        """The parameters written as NAME=NUMBER, parted by commas; ResightError where they are not."""
        known = {field.name for field in fields(cls)}
        given: dict[str, int] = {}
        for word in filter(None, text.split(",")):
            name, _, number = word.partition("=")
            if name not in known or not number.isascii() or not number.isdigit():
                raise ResightError(f"a fin's mask takes {ALLOWED}, each with a number (threshold=120), not {word!r}")
            given[name] = int(number)
        return cls(**given)

    def __str__(self) -> str:
        set_by_hand = [field for field in fields(self) if getattr(self, field.name) != field.default]
        return ",".join(f"{field.name}={getattr(self, field.name)}" for field in set_by_hand)


def enhanced_fin(chip: Chip, side: int) -> Pixels:
    """The enhanced grey picture of a chip in a padded square (side, side, 3), as networks for fins are given it."""
    grey = enhanced(_grey(chip.pixels))
    return padded(Chip(np.repeat(grey[..., None], 3, axis=2), chip.to_photo, chip.mask, chip.side), side, side)


def enhanced(grey: Mask) -> Mask:
    """Grey levels (h, w) equalised locally (CLAHE, Zuiderveld 1994), then stretched between two percentiles."""
    return _stretched(cv2.createCLAHE(CLIP, (TILES, TILES)).apply(grey).astype(np.float64))


def fin_mask(chip: Chip, how: FinMask) -> Mask:
    """255 on the fin, (h, w): the chip's own mask where it has one, else what a threshold parts from the water.

    Holes are filled. All 0 where nothing is large enough.
    """
    if chip.mask is not None:
        return _part(_filled(chip.mask > 127), how.component)
    # Equalised locally, the mixture of colours would raise the waves again that it has laid low.
    grey = enhanced(_grey(chip.pixels)) if how.plain else _parting(chip.pixels)
    found = _beyond(_blurred(grey, how.blur), how)
    return _part(_without_slivers(_filled(found)), how.component)


def fin_outline(mask: Mask) -> Ints:
    """The outline of the largest part of a mask (h, w), closed, clockwise on the screen: (n, 2) x and y, pixels.

    No points where the mask is empty.
    """
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return np.zeros((0, 2), np.int64)
    # OpenCV goes against the clock, as seen with y downwards.
    return max(outlines, key=cv2.contourArea)[::-1, 0].astype(np.int64)


def _grey(pixels: Pixels) -> Mask:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _parting(pixels: Pixels) -> Mask:
    """The mixture of colours that parts fin and water best (Fisher 1936), the fin brighter, as grey levels.

    What is fin is first guessed by place, then by what the mixture itself shows.
    """
    lab = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), (0, 0), 2).reshape(-1, 3).astype(np.float64)
    fin, water = (where.ravel() for where in _expected(*pixels.shape[:2]))
    mixed = np.zeros(len(lab))
    for _ in range(ROUNDS):
        inside, outside = lab[fin], lab[water]
        if len(inside) < 10 or len(outside) < 10:
            break
        spread = np.cov(inside.T) + np.cov(outside.T) + np.eye(3)
        mixed = lab @ np.linalg.solve(spread, inside.mean(axis=0) - outside.mean(axis=0))
        level, _ = cv2.threshold(_stretched(mixed), 0, 255, cv2.THRESH_OTSU)
        fin = _stretched(mixed) > level
        water = ~fin
    return _stretched(mixed).reshape(pixels.shape[:2])


def _expected(height: int, width: int) -> tuple[Bools, Bools]:
    """Where a fin is expected in its box, and where water: the middle below, and the sides above."""
    y, x = np.mgrid[0:height, 0:width]
    down, aside = y / height, np.abs(x / width - 0.5)
    return (down > 0.4) & (aside < 0.1 + 0.15 * down), (down < 0.5) & (aside > 0.3 + 0.3 * down)


def _stretched(values: Doubles) -> Mask:
    low, high = np.percentile(values, (DARKEST, BRIGHTEST))
    stretched: Mask = np.clip((values - low) * (255 / max(high - low, 1e-9)), 0, 255).astype(np.uint8)
    return stretched


def _blurred(grey: Mask, width: int) -> Mask:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), width / 2), np.uint8) if width else grey


def _beyond(grey: Mask, how: FinMask) -> Bools:
    level = how.threshold or cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[0]
    bright = np.asarray(grey > level)
    if how.dark:
        return ~bright if how.dark == 1 else bright
    fin, water = _expected(*grey.shape)
    if not fin.any() or not water.any():
        return bright  # a sliver has no middle, or no rim
    return bright if bright[fin].mean() >= bright[water].mean() else ~bright


def _part(solid: Mask, component: int) -> Mask:
    count, parts, statistics, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    order = 1 + np.argsort(-statistics[1:, cv2.CC_STAT_AREA], kind="stable")
    if component >= count - 1 or statistics[order[component], cv2.CC_STAT_AREA] < LEAST * solid.size:
        return np.zeros(solid.shape, np.uint8)
    return _filled(parts == order[component]) * np.uint8(255)


def _filled(found: Bools) -> Mask:
    outlines, _ = cv2.findContours(found.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    solid = np.zeros(found.shape, np.uint8)
    cv2.drawContours(solid, outlines, -1, 1, cv2.FILLED)
    return solid


def _without_slivers(solid: Mask) -> Mask:
    """Without what is thinner than a fin's tip: waves that touch it. Nicks in the edge stay as they are."""
    radius = max(1, round(SLIVER * min(solid.shape)))
    thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _disc(radius))
    near = solid & np.asarray(cv2.dilate(thick, _disc(radius // 2 + 1)), np.uint8)
    return np.asarray(cv2.morphologyEx(near, cv2.MORPH_OPEN, _disc(max(1, radius // 3))), np.uint8)


def _disc(radius: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)
