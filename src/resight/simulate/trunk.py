"""Behind the head: scales, the lateral line, and the pectoral fin laid to the flank."""

from __future__ import annotations

import numpy as np

from resight.simulate.drawing import COLUMNS, ROWS, Curve, Layers, Places, bell, filled, soft, step
from resight.simulate.noise import smooth_noise
from resight.types import Doubles

_FIN: Curve = (
    (1.010, 0.232), (1.040, 0.218), (1.10, 0.222), (1.22, 0.252), (1.34, 0.295), (1.43, 0.342),
    (1.44, 0.352), (1.38, 0.352), (1.28, 0.340), (1.16, 0.312), (1.07, 0.280), (1.015, 0.252),
)  # fmt: skip
_FIN_TINT = np.array([0.10, 0.11, 0.10])[:, None, None]


def draw_trunk(layers: Layers, at: Places, trunk: Doubles, rng: np.random.Generator) -> Layers:
    """Draw where `trunk` is 1 and the head ends."""
    sway = 0.003 * smooth_noise(rng, ROWS, COLUMNS, 90, 2)
    edge, glitter = _scales((at.x + sway) / 0.017, (at.girth + sway) / 0.021, rng)
    layers = layers.darkened(trunk * (0.22 * edge - 0.13 * glitter)).raised(0.0012 * trunk * (1 - edge))
    layers = layers.dulled(trunk * (0.5 * edge - 0.5 * glitter))
    lateral = bell((at.v + 0.16 - 0.05 * (at.x - 1)) * at.half_height, 0.004) * trunk
    return _draw_fin(layers.darkened(0.35 * lateral), at, trunk)


def _scales(along: Doubles, down: Doubles, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Tiles, each covered by the one in front of it: nearness to the free edge, and a shine of each scale."""
    shine = rng.uniform(-1, 1, (64, 64))
    edge, glitter = np.zeros(along.shape), np.zeros(along.shape)
    bare = np.ones(along.shape, bool)
    for behind in (2, 1, 0):
        column = np.floor(along) - behind
        shift = 0.5 * (column % 2)
        row = np.round(down - shift)
        off = np.hypot(along - column, (down - row - shift) * 2.3)
        mine = bare & (off < 1.9)
        edge[mine] = np.clip((off[mine] - 1.35) / 0.5, 0, 1)
        glitter[mine] = shine[column[mine].astype(int) % 64, row[mine].astype(int) % 64]
        bare &= ~mine
    return soft(edge, 0.7), soft(glitter, 0.7)


def _draw_fin(layers: Layers, at: Places, trunk: Doubles) -> Layers:
    fin = filled(_FIN) * trunk
    rays = 0.5 + 0.5 * np.cos(2 * np.pi * np.arctan2(at.y - 0.20, at.x - 0.90) / 0.021)
    tint = _FIN_TINT * (0.8 + 0.5 * rays * step(at.x - 1.08, 0.06))
    shadow = np.clip(soft(np.roll(fin, 9, axis=0), 6) - fin, 0, 1)
    return layers.darkened(0.5 * shadow).painted(tint, 0.88 * fin).dulled(0.9 * fin)
