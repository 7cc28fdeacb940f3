"""Dark spots on lighter skin, each with the curve that bounds it.

Contrast is measured against the skin round about, by a closing that stays inside the mask. A spot ends where its
contrast has fallen to half of its peak: there the edge was before it was blurred, in sun and in shade alike. The
outline is then moved from whole pixels onto that level, so that area and perimeter are those of the curve and not of
a staircase.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import cv2
import numpy as np

from resight.types import Bools, Doubles, Floats, Ints, Mask, Pixels

WIDEST = 0.13  # of the animal's size: the disc that a spot must fit into
FAINTEST = 0.08  # contrast of a spot's darkest place with the skin round about
LEVELS = 0.5 * FAINTEST * 1.08 ** np.arange(36)
FEWEST = 9  # pixels of a spot; fewer have no outline to speak of
SMOOTHED = 1.2  # pixels: the blur that takes the noise away
RIM = 3  # pixels along the animal's outline where the background shines through
FULL = 0.75  # of a spot's area; a component with a hole is the rim of something
NECK = 0.6  # of the widest part: where a component is narrower, two spots touch


@dataclass(frozen=True, slots=True)
class Outlines:
    """The spots of one picture, a row each; lengths in its pixels, whose centres are at whole numbers.

    `places` (n, 2) are the middles; `areas`, `perimeters` (n,); `contrasts` (n,) of the darkest place, 0 to 1;
    `elongations` (n,) length over width; `angles` (n,) of the longer axis, in degrees from 0 to 180; `solidities` (n,)
    shares of the convex hull; `steepness` (n,) how fast the contrast falls at the outline, in peaks a radius.
    """

    places: Doubles
    areas: Doubles
    perimeters: Doubles
    contrasts: Doubles
    elongations: Doubles
    angles: Doubles
    solidities: Doubles
    steepness: Doubles

    def __len__(self) -> int:
        return len(self.areas)

    @property
    def radii(self) -> Doubles:
        """Of discs of the same areas, pixels."""
        return np.asarray((self.areas / np.pi) ** 0.5)

    @property
    def circularities(self) -> Doubles:
        """Heywood's factor, P / (2 sqrt(pi A)): the perimeter over that of a disc of the same area, 1 for a disc."""
        return np.asarray(self.perimeters / (2 * np.sqrt(np.pi * self.areas)))

    def take(self, rows: Ints | Bools) -> Outlines:
        """These spots, in this order."""
        return Outlines(*(getattr(self, field.name)[rows] for field in fields(self)))


def size_of(mask: Mask) -> float:
    """The size of the animal, pixels: the side of a square of the mask's area."""
    return float(np.sqrt(max(1, int(np.count_nonzero(mask > 127)))))


def contrast(pixels: Pixels, mask: Mask, light: bool = False) -> Floats:
    """How much darker each place is than the skin round about, (h, w), from 0 to 1; 0 outside the mask.

    The skin is what a closing leaves: a disc, `WIDEST` of the animal's size, is passed over the picture and stays on
    the animal. `light`: how much lighter, 1 where it is three times as light.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    smooth = np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SMOOTHED), np.float32) + 1
    on = cv2.erode(np.where(mask > 127, 255, 0).astype(np.uint8), np.ones((RIM, RIM), np.uint8)) > 0
    width = max(3, round(WIDEST * size_of(mask)) | 1)
    skin = _skin(-smooth if light else smooth, on, width)
    # Both are straight lines in the light that comes from a spot, so that half of the depth is half of the light.
    depth = (smooth / -skin - 1) / 2 if light else 1 - smooth / skin
    return np.where(on, np.clip(depth, 0, 1), 0).astype(np.float32)


def outlines(depth: Floats) -> Outlines:
    """The spots of a picture of contrasts, (h, w), whose peaks reach `FAINTEST`; deepest first.

    A component of a level counts where the level is that of half its peak. No place is then in two spots: of two
    components, one within the other, the outer has the same peak or a higher one, and so a higher half.
    """
    across, down = (cv2.Scharr(depth, cv2.CV_32F, *way) / 32 for way in ((1, 0), (0, 1)))
    slopes = np.stack([across, down], axis=-1).astype(np.float32)
    rows = [row for level, up in pairwise(LEVELS.tolist()) for row in _at(depth, slopes, level, up)]
    table = np.array(sorted(rows, key=lambda row: -row[4])).reshape(-1, 9)
    return Outlines(table[:, :2], *table[:, 2:].T)


def _skin(smooth: Floats, on: Bools, width: int) -> Floats:
    # At half the size: the closing is slow, and the skin between the spots is smooth.
    half = (max(1, smooth.shape[1] // 2), max(1, smooth.shape[0] // 2))
    small = cv2.resize(smooth, half, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(on.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width // 2 | 1, width // 2 | 1))
    lighter = cv2.dilate(np.where(inside, small, -1e6).astype(np.float32), disc)
    closed = cv2.erode(np.where(inside, lighter, 1e6).astype(np.float32), disc)
    known = np.where(inside, closed, small).astype(np.float32)
    large = cv2.resize(known, smooth.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.maximum(large, smooth)


def _at(depth: Floats, slopes: Floats, level: float, up: float) -> list[tuple[float, ...]]:
    """What is to be known of the components of one level whose peaks are between 2 * level and 2 * up."""
    n, labels, boxes, _ = cv2.connectedComponentsWithStats((depth >= level).astype(np.uint8), connectivity=4)
    peaks = np.zeros(n, np.float32)
    deep = depth >= level
    np.maximum.at(peaks, np.asarray(labels, np.int64)[deep], depth[deep])
    chosen = (peaks >= 2 * level) & (peaks < 2 * up) & (boxes[:, cv2.CC_STAT_AREA] >= FEWEST)
    found = []
    for label in np.flatnonzero(chosen[1:]) + 1:
        x, y, w, h, _ = (int(number) for number in boxes[label])
        inside = np.pad((labels[y : y + h, x : x + w] == label).astype(np.uint8), 1)
        for part in _parted(inside):
            curve = _curve(part, depth, slopes, float(peaks[label]) / 2, (x - 1, y - 1))
            row = _measured(curve, depth, slopes, float(peaks[label]))
            if row and np.count_nonzero(part) > FULL * row[2]:
                found.append(row)
    return found


def _parted(inside: Mask) -> list[Mask]:
    """The parts of a component that is two spots or more which touch: it is cut where it is narrow."""
    deep = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5))
    n, cores = cv2.connectedComponents((deep > NECK * deep.max()).astype(np.uint8))
    if n <= 2:
        return [inside]
    away, nearest = cv2.distanceTransformWithLabels(
        (cores == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    del away
    parts = [(inside & (nearest == label)).astype(np.uint8) for label in range(1, n)]
    return [part for part in parts if np.count_nonzero(part) >= FEWEST]


def _curve(inside: Mask, depth: Floats, slopes: Floats, level: float, corner: tuple[int, int]) -> Floats:
    """The outline (k, 2) in pixels, moved by a Newton step from the outermost pixels inside onto the level."""
    edges, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = max(edges, key=len)[:, 0, :] + corner
    there = slopes[whole[:, 1], whole[:, 0]]
    steep = np.maximum((there**2).sum(axis=1), 1e-9)
    step = there * ((level - depth[whole[:, 1], whole[:, 0]]) / steep)[:, None]
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
    return np.asarray(whole + step * (np.minimum(length, 1) / length)[:, None], np.float32)


def _measured(curve: Floats, depth: Floats, slopes: Floats, peak: float) -> tuple[float, ...] | None:
    """Middle, area, perimeter, contrast, elongation, angle, solidity and steepness inside a closed curve."""
    moments = cv2.moments(curve)
    area = float(moments["m00"])
    if area < FEWEST / 2:
        return None
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / area
    (short, long), axes = np.linalg.eigh(spread)
    columns, rows = np.clip(np.rint(curve).astype(int), 0, np.array(depth.shape[::-1]) - 1).T
    fall = np.hypot(slopes[rows, columns, 0], slopes[rows, columns, 1]).mean()
    return (
        moments["m10"] / area,
        moments["m01"] / area,
        area,
        float(cv2.arcLength(curve, closed=True)),
        peak,
        float(np.sqrt(max(long, 1e-9) / max(short, 1e-9))),
        float(np.rad2deg(np.arctan2(axes[1, 1], axes[0, 1])) % 180),
        area / max(float(cv2.contourArea(cv2.convexHull(curve))), 1e-9),
        float(fall * np.sqrt(area / np.pi) / peak),
    )
