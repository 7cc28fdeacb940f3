"""The trailing edge of a fin, from its tip to its base, found on the outline alone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.types import Bools, Doubles, Ints

SMOOTH = 1.5  # standard deviation, pixels: evens out the steps of the outline
LEAST_POINTS = 60
LOWEST = 0.03  # of the outline's height, that counts as its base where it ends above the picture's lower edge
FALLS = 0.5  # of the outline's height, that a trailing edge falls at least before it can pass into the back
REACH = 0.15  # of its length, over which its direction is taken: longer than a nick
LEVEL = np.sin(np.radians(30))  # an edge that falls less steeply has passed into the back
CUT_OFF = 0.12  # of the outline's width may lie on the picture's upper edge
TALL = 0.4  # of the outline's height, that a fin has at least
HEIGHTS = 0.3, 3.0  # of a fin, in widths of its base
SOLID = 0.75  # of its convex hull, that a fin fills
SLANT = 0.1  # what the slant of an edge counts beside its bulge, where it is asked which one leads
WIDE = 1.6  # widths of its height, that a fluke spans at least
SPANS = 0.35  # of the picture's width, that a fluke spans at least
SHARP = 85.0  # degrees between the two edges at the tip, at most
CROOKED = 1.9  # times the straight way, that an edge may be long


@dataclass(frozen=True, slots=True)
class Fin:
    """The two edges of a fin in pixels of its chip, each from the tip to the base: (n, 2) and (m, 2) x and y.

    `trailing` is the hollow edge, behind; `leading` ends as low as it does.
    """

    trailing: Doubles
    leading: Doubles

    @property
    def outline(self) -> Doubles:
        """The fin alone, closed by a straight base, (n, 2): up the leading edge, down the trailing one."""
        return np.vstack([self.leading[::-1], self.trailing[1:]])

    @property
    def height(self) -> float:
        """From the middle of the base to the tip, pixels."""
        return float(np.hypot(*(self.trailing[0] - (self.trailing[-1] + self.leading[-1]) / 2)))


def find_fin(outline: Ints, width: int) -> Fin | None:
    """The fin of an outline (n, 2) in a picture of this width; None where the outline is not that of an upright fin.

    The tip is the point farthest from the middle of the base, the trailing edge the hollower of the two that meet
    there. It ends where it passes into the level back, or leaves the picture.
    """
    points = outline.astype(np.float64)
    if len(points) < LEAST_POINTS:
        return None
    tip = _tip(points)
    if tip is None or _cut_off(points):
        return None
    stops = (points[:, 0] <= 1) | (points[:, 0] >= width - 2) | (points[:, 1] >= _base_level(points))
    flanks = [_smoothed(points[_until(np.roll(order, -int(np.flatnonzero(order == tip)[0])), stops)])
              for order in (np.arange(len(points)), np.arange(len(points))[::-1])]  # fmt: skip
    if min(len(flank) for flank in flanks) < LEAST_POINTS // 3:
        return None
    # Travelled against the clock an edge has the fin on its other side.
    ahead = _bulge(flanks[0]) + SLANT * _slant(flanks[0]), -_bulge(flanks[1]) + SLANT * _slant(flanks[1])
    trailing, leading = flanks if ahead[0] < ahead[1] else flanks[::-1]
    fin = _levelled(trailing[: _end_of(trailing)], leading)
    return fin if fin is not None and _likely(fin, float(np.ptp(points[:, 1]))) else None


def find_fluke(outline: Ints, width: int, height: int) -> Fin | None:
    """The edges of a raised fluke, each from its left tip to its right; None for what is not broad, or cut off.

    The tips are the points farthest left and right; the trailing edge is the upper way from one to the other.
    """
    points = outline.astype(np.float64)
    if len(points) < LEAST_POINTS:
        return None
    across, tall = np.ptp(points, axis=0)
    borders = (points[:, 1] <= 1) | (points[:, 0] <= 1) | (points[:, 0] >= width - 2)
    if across < max(WIDE * tall, SPANS * width) or tall > 0.9 * height or borders.mean() > CUT_OFF:
        return None
    left, right = int(points[:, 0].argmin()), int(points[:, 0].argmax())
    order = np.roll(np.arange(len(points)), -left)
    turn = (right - left) % len(points)
    ways = [_smoothed(points[order[: turn + 1]]), _smoothed(points[np.append(order[turn:], left)])[::-1]]
    if min(len(way) for way in ways) < LEAST_POINTS // 3:
        return None
    upper, lower = sorted(ways, key=lambda way: float(resampled(way, 50)[:, 1].mean()))
    crooked = float(np.hypot(*np.diff(upper, axis=0).T).sum()) > CROOKED * float(np.hypot(*(upper[-1] - upper[0])))
    return None if crooked else Fin(upper, lower)


def resampled(line: Doubles, points: int) -> Doubles:
    """So many points (points, 2), evenly spaced along a line (n, 2), from its first to its last."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, along[-1], points)
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


def _base_level(points: Doubles) -> float:
    low, high = points[:, 1].min(), points[:, 1].max()
    return float(high - LOWEST * (high - low))


def _tip(points: Doubles) -> int | None:
    base = points[points[:, 1] >= _base_level(points)]
    middle = np.array([(base[:, 0].min() + base[:, 0].max()) / 2, points[:, 1].max()])
    away = points - middle
    tall = points[:, 1].max() - points[:, 1].min()
    above = (-away[:, 1] >= 0.6 * tall) & (np.abs(away[:, 0]) <= 1.5 * -away[:, 1])
    if not above.any():
        return None
    return int(np.where(above, np.hypot(*away.T), 0).argmax())


def _cut_off(points: Doubles) -> bool:
    across = points[:, 0].max() - points[:, 0].min()
    return bool((points[:, 1] <= 1).sum() > CUT_OFF * across)


def _until(order: Ints, stops: Bools) -> Ints:
    stopped = np.flatnonzero(stops[order])
    return order[: stopped[0]] if len(stopped) else order[: len(order) // 2]


def _smoothed(line: Doubles) -> Doubles:
    if len(line) < 3:
        return line
    padded = np.pad(line, ((6, 6), (0, 0)), mode="reflect", reflect_type="odd") if len(line) > 6 else line
    smooth = cv2.GaussianBlur(padded[None], (13, 1), SMOOTH)[0] if len(line) > 6 else padded
    return np.asarray(smooth[6:-6] if len(line) > 6 else smooth, np.float64)


def _bulge(flank: Doubles) -> float:
    """How far a flank, travelled with the clock, bulges out of the line between its ends: area over length squared."""
    x, y = (flank - flank[0]).T
    area = 0.5 * float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())
    return area / max(float(x[-1] ** 2 + y[-1] ** 2), 1e-9)


def _slant(flank: Doubles) -> float:
    """How far a flank goes aside while it falls over the upper part of its height, as a share of that fall."""
    away = np.abs(flank - flank[0])
    upper = away[int(np.argmax(away[:, 1] >= 0.6 * away[:, 1].max()))]
    return float(upper[0] / max(upper[1], 1e-9))


def _end_of(trailing: Doubles) -> int:
    """How many points of the flank belong to the trailing edge."""
    step = max(3, round(REACH * len(trailing)))
    way = trailing[step:] - trailing[:-step]
    fall = way[:, 1] / np.maximum(np.hypot(*way.T), 1e-9)
    deep = trailing[:-step, 1] - trailing[0, 1] >= FALLS * (trailing[:, 1].max() - trailing[0, 1])
    passed = np.flatnonzero(deep & (fall < LEVEL))
    return int(passed[0]) + step // 2 if len(passed) else len(trailing)


def _levelled(trailing: Doubles, leading: Doubles) -> Fin | None:
    """The leading edge cut where it is as low as the trailing one ends, or the trailing where that is higher."""
    lowest = min(float(trailing[:, 1].max()), float(leading[:, 1].max()))
    ends = [int(np.argmax(edge[:, 1] >= lowest - 1e-9)) + 1 for edge in (trailing, leading)]
    if min(ends) < LEAST_POINTS // 3:
        return None
    return Fin(trailing[: ends[0]], leading[: ends[1]])


def _angle(fin: Fin) -> float:
    """Between the two edges at the tip, degrees."""
    ways = [edge[len(edge) // 3] - edge[0] for edge in (fin.trailing, fin.leading)]
    cosine = float(ways[0] @ ways[1]) / max(float(np.prod([np.hypot(*way) for way in ways])), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _likely(fin: Fin, tall: float) -> bool:
    if np.ptp(fin.trailing[:, 1]) < TALL * tall:
        return False
    base = float(np.hypot(*(fin.trailing[-1] - fin.leading[-1])))
    if not HEIGHTS[0] <= fin.height / max(base, 1e-9) <= HEIGHTS[1]:
        return False
    if _angle(fin) > SHARP:
        return False
    outline = fin.outline.astype(np.float32)
    hull = cv2.contourArea(cv2.convexHull(outline))
    if cv2.contourArea(outline) < SOLID * max(hull, 1e-9):
        return False
    return all(
        np.hypot(*np.diff(edge, axis=0).T).sum() <= CROOKED * np.hypot(*(edge[-1] - edge[0]))
        for edge in (fin.trailing, fin.leading)
    )
