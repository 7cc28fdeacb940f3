"""Where two chips lie in one picture, and where their matched points fall: the geometry of a match picture.

Points of chips follow OpenCV: (0, 0) is the centre of the top-left pixel. Points of the picture count from
its top-left corner, as in SVG, so that the centre of its first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Doubles, Evidence, Floats, Pixels

GAP = 8
MOST_LINES = 40
RING_RADIUS = 5.0

# Blue, green, yellow: bright all along, and told apart by colour-blind eyes by their lightness.
RAMP = np.array([(70, 165, 255), (90, 230, 160), (255, 226, 0)], dtype=np.float64)
STOPS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one chip lies: its left edge and size in the picture, and how much it is enlarged (x, y)."""

    left: int
    width: int
    height: int
    scale: tuple[float, float]

    def of(self, points: Floats | Doubles) -> Doubles:
        """Points of the chip (k, 2) as points of the picture."""
        return (points.astype(np.float64) + 0.5) * self.scale + (self.left, 0)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two chips at one height, the query on the left."""

    query: Placement
    gallery: Placement

    @property
    def width(self) -> int:
        """Pixels across the whole picture."""
        return self.gallery.left + self.gallery.width

    @property
    def height(self) -> int:
        """Pixels down the whole picture."""
        return self.query.height


@dataclass(frozen=True, slots=True)
class Joins:
    """Matched points of a picture, weakest first: starts and ends (k, 2), strengths (k,) from 0 to 1."""

    starts: Doubles
    ends: Doubles
    strengths: Doubles


def side_by_side(query: Pixels, gallery: Pixels, width: int) -> SideBySide:
    """Place two chips beside each other at one height, together `width` pixels across.

    The picture is never higher than it is asked to be wide, so tall chips make a narrower one.

    >>> both = side_by_side(np.zeros((100, 100, 3), np.uint8), np.zeros((50, 150, 3), np.uint8), 408)
    >>> both.width, both.height, both.gallery.left
    (408, 100, 108)
    """
    shares = [chip.shape[1] / chip.shape[0] for chip in (query, gallery)]
    height = min((width - GAP) / sum(shares), width)
    left = max(1, round(shares[0] * height))
    right = max(1, round(sum(shares) * height) - left)
    rows = max(1, round(height))
    return SideBySide(_placed(query, 0, left, rows), _placed(gallery, left + GAP, right, rows))


def joins(evidence: Evidence, layout: SideBySide, most: int = MOST_LINES) -> Joins:
    """The strongest pairs of the evidence as points of the picture, weakest first, so the best lie on top.

    Strength is the weight as a share of the greatest weight; a weight that is not a number counts as 0.
    """
    weights = np.nan_to_num(evidence.weights.astype(np.float64), nan=0, posinf=0, neginf=0).clip(min=0)
    order = np.argsort(weights, kind="stable")[max(0, len(weights) - most) :]
    chosen = weights[order]
    greatest = chosen[-1] if len(chosen) and chosen[-1] > 0 else 1.0
    starts = layout.query.of(evidence.query[order])
    return Joins(starts, layout.gallery.of(evidence.gallery[order]), chosen / greatest)


def ink(strength: float) -> tuple[tuple[int, int, int], float]:
    """The RGB colour and the opacity of a line: faint blue for the weakest, full yellow for the strongest.

    >>> ink(0.0), ink(1.0)
    (((70, 165, 255), 0.6), ((255, 226, 0), 1.0))
    """
    r, g, b = (round(float(np.interp(strength, STOPS, channel))) for channel in RAMP.T)
    return (r, g, b), round(0.6 + 0.4 * strength, 2)


def between_rings(start: Doubles, end: Doubles) -> tuple[Doubles, Doubles]:
    """A line's two ends, drawn back to the edge of the rings so that the spots themselves stay in sight."""
    along = end - start
    length = float(np.hypot(*along))
    back = along * (min(RING_RADIUS, length / 2) / length) if length > 0 else along
    return start + back, end - back


def _placed(chip: Pixels, left: int, width: int, height: int) -> Placement:
    return Placement(left, width, height, (width / chip.shape[1], height / chip.shape[0]))
