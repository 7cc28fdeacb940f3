"""The solid: a salmon's head and trunk as elliptic cross-sections along the body axis.

Lengths are in head lengths. x runs from the tip of the snout (0) over the rear edge of the gill cover (1)
to the root of the tail; y points down; z points to the viewer of the flank. A point of the surface is named by x and
by tau, the angle round the axis in radians: 0 on the flank, -pi/2 on the ridge of the back, pi/2 below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from resight.types import Doubles

LENGTH = 4.4
TAU = 2.1
_STEPS = 1024

# x, height of the back, height of the belly (y points down), half width; as an adult Atlantic salmon.
_PROFILE = np.array(
    [
        (0.000, 0.004, 0.030, 0.008),
        (0.008, -0.030, 0.058, 0.030),
        (0.030, -0.057, 0.082, 0.052),
        (0.080, -0.090, 0.112, 0.076),
        (0.160, -0.128, 0.146, 0.100),
        (0.280, -0.180, 0.188, 0.128),
        (0.420, -0.232, 0.230, 0.150),
        (0.580, -0.282, 0.270, 0.168),
        (0.760, -0.328, 0.306, 0.186),
        (1.000, -0.376, 0.342, 0.202),
        (1.300, -0.420, 0.380, 0.216),
        (1.700, -0.456, 0.418, 0.225),
        (2.150, -0.474, 0.438, 0.225),
        (2.600, -0.466, 0.432, 0.220),
        (3.000, -0.410, 0.385, 0.195),
        (3.400, -0.310, 0.295, 0.155),
        (3.800, -0.215, 0.205, 0.105),
        (4.150, -0.185, 0.175, 0.060),
        (4.400, -0.195, 0.185, 0.025),
    ]
)


@dataclass(frozen=True, slots=True)
class Proportions:
    """How one fish's head differs from the mean one: factors near 1 for depth, width and snout length."""

    depth: float = 1.0
    width: float = 1.0
    snout: float = 1.0

    @staticmethod
    def of(rng: np.random.Generator) -> Proportions:
        """Modest variation, too little to know a fish by."""
        depth, width, snout = np.clip(rng.normal(1.0, (0.03, 0.04, 0.05)), 0.9, 1.1)
        return Proportions(float(depth), float(width), float(snout))


@dataclass(frozen=True, slots=True)
class Sections:
    """The cross-sections at some x: centre height, half height, half width, sideways bend, and their slopes.

    `standard` is the x of the same spot on the mean fish, whose skin is the drawing that all share.
    """

    centre: Doubles
    height: Doubles
    width: Doubles
    bend: Doubles
    centre_slope: Doubles
    height_slope: Doubles
    width_slope: Doubles
    standard: Doubles


@dataclass(frozen=True, slots=True)
class Solid:
    """One fish's shape: a table over the square root of x, so that the tip of the snout comes out round.

    The wave that runs down a swimming body is as wide as `bend` says, to (+) or from (-) the viewer at first, and is
    at `phase` radians of its course.
    """

    table: Doubles
    bend: float = 0.0
    phase: float = 0.0

    @staticmethod
    def of(proportions: Proportions = Proportions(), bend: float = 0.0, phase: float = 0.0) -> Solid:
        """The shape with these proportions."""
        x = _grid() ** 2
        standard = _standard(x, proportions.snout)
        root = np.sqrt(standard)
        knots = np.sqrt(_PROFILE[:, 0])
        back, belly, width = (_rounded(np.interp(root, knots, _PROFILE[:, i])) for i in (1, 2, 3))
        centre, height = (back + belly) / 2, (belly - back) / 2 * proportions.depth
        columns = [centre, height, width * proportions.width]
        slopes = [np.clip(np.gradient(column, x, edge_order=1), -3, 3) for column in columns]
        return Solid(np.stack([*columns, *slopes, standard]), bend, phase)

    def sections(self, x: npt.NDArray[np.floating]) -> Sections:
        """The cross-sections at x, of any shape; x beyond the ends is taken as the end."""
        row = np.sqrt(np.clip(x, 0, LENGTH) / LENGTH) * (_STEPS - 1)
        low = np.minimum(row.astype(np.int64), _STEPS - 2)
        share = row - low
        # One column after another: gathering whole columns of the table is quicker than rows of it.
        centre, height, width, c, h, w, standard = (
            column[low] * (1 - share) + column[low + 1] * share for column in self.table
        )
        return Sections(centre, height, width, self.sideways(x), c, h, w, standard)

    def sideways(self, x: npt.NDArray[np.floating]) -> Doubles:
        """How far the axis is to the viewer at x: the head is stiff, the tail swings widest."""
        behind = np.maximum(x - 0.8, 0)
        return np.asarray(self.bend * behind**2 * np.cos(self.phase - 1.1 * behind) / (1 + 0.25 * behind**2))

    def surface(self, x: npt.NDArray[np.floating], tau: npt.NDArray[np.floating]) -> tuple[Doubles, Doubles]:
        """The points (n, 3) and normals (n, 3) where places of the mean fish's skin lie on this fish."""
        own = np.interp(x, self.table[-1], _grid() ** 2)
        at = self.sections(own)
        v, u = np.sin(tau), np.cos(tau)
        points = np.stack([own, at.centre + at.height * v, at.bend + at.width * u], axis=1)
        return points, normals(at, v, u)


def normals(at: Sections, v: Doubles, u: Doubles) -> Doubles:
    """Outward normals (..., 3), length 1, where y is v half heights and z is u half widths off centre."""
    along = (v * v * at.height_slope + v * at.centre_slope) / at.height + u * u * at.width_slope / at.width
    normal = np.stack([-along, v / at.height, u / at.width], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def surface_angle(x: npt.NDArray[np.floating], y: npt.NDArray[np.floating]) -> Doubles:
    """The tau of the mean fish's flank at height y, both of one shape; y outside is taken as the outline."""
    at = Solid.of().sections(x)
    return np.arcsin(np.clip((y - at.centre) / at.height, -1, 1))


def _grid() -> Doubles:
    return np.linspace(0, np.sqrt(LENGTH), _STEPS)


def _standard(x: Doubles, snout: float) -> Doubles:
    """X on the mean fish: the snout is about `snout` times as long, made up for by the cheek."""
    return np.asarray(x - (snout - 1) * x * np.exp(-((x / 0.45) ** 2)))


def _rounded(values: Doubles) -> Doubles:
    """Without the corners that straight lines between knots leave."""
    reach = 48
    kernel = np.hanning(2 * reach + 1)
    ends = np.concatenate([2 * values[0] - values[reach:0:-1], values, 2 * values[-1] - values[-2 : -reach - 2 : -1]])
    return np.convolve(ends, kernel / kernel.sum(), mode="valid")
