"""An individual's spots: how many, where on the surface, how large, which shape, how dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.simulate.drawing import COLUMNS, ROWS, column_of, row_of, tau_of, x_of
from resight.simulate.shape import Solid, surface_angle
from resight.types import Doubles, Floats, Side

NEARLY_SPOTLESS = 0.04  # the share of fish with one to three spots on a side of the head
_LOBES = np.arange(2, 6)

# Where melanophore spots lie: centre x, centre y, spread in x, spread in y, share of the spots of the head.
_REGIONS = np.array(
    [
        (0.83, -0.04, 0.070, 0.085, 0.46),  # gill cover
        (0.56, -0.08, 0.070, 0.060, 0.22),  # cheek, behind the eye
        (0.62, -0.21, 0.160, 0.035, 0.22),  # top of the head
        (0.80, 0.13, 0.060, 0.050, 0.06),  # lower gill cover
        (0.25, -0.11, 0.050, 0.020, 0.04),  # snout
    ]
)


@dataclass(frozen=True, slots=True)
class SpotPattern:
    """The spots of one flank, n rows; x and tau on the mean fish's surface, radius in head lengths.

    `stretch` is long over short axis, `angle` its direction in radians; `lobes` and `phases` (n, 4) bend the
    outline by cosines of 2 to 5 periods; `darkness` is 0 for none to 1 for black.
    """

    x: Doubles
    tau: Doubles
    radius: Doubles
    stretch: Doubles
    angle: Doubles
    lobes: Doubles
    phases: Doubles
    darkness: Doubles

    def __len__(self) -> int:
        return len(self.x)


def spot_pattern(seed: int, individual: int, side: Side) -> SpotPattern:
    """The spots of one flank of one fish, the same whenever asked; left and right flanks differ.

    >>> len(spot_pattern(1, 7, Side.LEFT)) == len(spot_pattern(1, 7, Side.LEFT))
    True
    """
    own = np.random.default_rng([seed, individual, 1])
    spottiness, bare = own.normal(np.log(20), 0.4), own.random() < NEARLY_SPOTLESS
    rng = np.random.default_rng([seed, individual, 2, list(Side).index(side)])
    n = int(np.clip(np.round(np.exp(spottiness + rng.normal(0, 0.15))), 5, 40))
    n = int(rng.integers(1, 4)) if bare else n
    size = 0.0215 * (20 / max(n, 5)) ** 0.25
    x, y = _placed(rng, n)
    trunk = max(3, round(n * 0.9))
    x_trunk, y_trunk = _placed_on_trunk(rng, trunk)
    x, y = np.concatenate([x, x_trunk]), np.concatenate([y, y_trunk])
    total = len(x)
    return SpotPattern(
        x=x,
        tau=surface_angle(x, y),
        radius=size * np.exp(rng.normal(0, 0.32, total)).clip(0.5, 1.8),
        stretch=1 + rng.gamma(1.5, 0.22, total).clip(0, 1.1),
        angle=rng.uniform(0, np.pi, total),
        lobes=rng.normal(0, 0.5, (total, len(_LOBES))) / _LOBES**1.5,
        phases=rng.uniform(0, 2 * np.pi, (total, len(_LOBES))),
        darkness=rng.uniform(0.85, 1, total),
    )


def spot_cover(pattern: SpotPattern) -> Floats:
    """How much spot covers each texel of the skin, 0 to 1: (ROWS, COLUMNS)."""
    cover = np.zeros((ROWS, COLUMNS), np.float32)
    at = Solid.of().sections(pattern.x)
    arc = np.hypot(at.height * np.cos(pattern.tau), at.width * np.sin(pattern.tau))
    soft = 0.005
    for i in range(len(pattern)):
        reach = pattern.radius[i] * (pattern.stretch[i] + 1.2)
        left, right = column_of(pattern.x[i] + np.array([-reach, reach])).astype(int)
        top, bottom = row_of(pattern.tau[i] + np.array([-reach, reach]) / arc[i]).astype(int)
        left, top, right, bottom = max(left, 0), max(top, 0), min(right + 2, COLUMNS), min(bottom + 2, ROWS)
        across = (x_of(np.arange(left, right)) - pattern.x[i]).astype(np.float32)
        down = ((tau_of(np.arange(top, bottom)) - pattern.tau[i]) * arc[i]).astype(np.float32)[:, None]
        cos, sin = float(np.cos(pattern.angle[i])), float(np.sin(pattern.angle[i]))
        long, short = across * cos + down * sin, (down * cos - across * sin) * float(pattern.stretch[i])
        round_ = np.arctan2(short, long)
        outline = np.ones_like(round_)
        for lobe, periods, phase in zip(pattern.lobes[i], _LOBES, pattern.phases[i], strict=True):
            outline += np.float32(lobe) * np.cos(np.float32(periods) * round_ + np.float32(phase))
        inside = pattern.radius[i] * np.sqrt(pattern.stretch[i]) * outline - np.hypot(long, short)
        spot = pattern.darkness[i] * np.clip(0.5 + inside / (2 * soft), 0, 1)
        patch = cover[top:bottom, left:right]
        np.maximum(patch, spot, out=patch)
    return cover


def _placed(rng: np.random.Generator, n: int) -> tuple[Doubles, Doubles]:
    """N places on the head, not too near to each other, to the eye or to the edge of the gill cover."""
    places: list[tuple[float, float]] = []
    apart = 0.056 * (20 / max(n, 5)) ** 0.4
    while len(places) < n:
        region = _REGIONS[rng.choice(len(_REGIONS), p=_REGIONS[:, 4])]
        x, y = rng.normal(region[:2], region[2:4])
        on_eye = np.hypot(x - 0.335, y + 0.07) < 0.085
        off = not 0.12 < x < 0.955 - 1.6 * (y + 0.02) ** 2
        near = any(np.hypot(x - a, y - b) < apart for a, b in places)
        apart *= 0.999
        if not (on_eye or off or near):
            places.append((float(x), float(y)))
    x, y = np.array(places).T
    return x, y


def _placed_on_trunk(rng: np.random.Generator, n: int) -> tuple[Doubles, Doubles]:
    """N places behind the gill cover, above the lateral line."""
    x = rng.uniform(1.06, 3.7, n)
    return x, (rng.uniform(-0.34, -0.09, n) - 0.05 * np.minimum(x - 1, 1.3)) * np.interp(x, [2.6, 3.8], [1, 0.5])
