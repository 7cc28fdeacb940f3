"""The eye: round, with a golden-silver iris, and a pupil with the notch in front that salmon have."""

from __future__ import annotations

import numpy as np

from resight.simulate.drawing import COLUMNS, ROWS, Layers, Places, bell, step
from resight.simulate.noise import smooth_noise
from resight.simulate.shape import surface_angle
from resight.types import Doubles

_X, _Y, _RADIUS = 0.325, -0.078, 0.054
_GOLD = np.array([0.44, 0.40, 0.27])[:, None, None]


def pupil() -> tuple[Doubles, Doubles]:
    """Where on the skin its middle is: x and tau, (1,) each."""
    return np.array([_X]), surface_angle(np.array([_X]), np.array([_Y]))


def draw_eye(layers: Layers, at: Places, rng: np.random.Generator) -> tuple[Layers, Doubles]:
    """Draw the eye; gives also where it is, 0 to 1, as the eye glints and skin does not."""
    across, down = at.x - _X, (at.y - _Y) * 1.04
    r, angle = np.hypot(across, down), np.arctan2(down, across)
    ball = step(_RADIUS - r, 0.003)
    socket = bell(r - _RADIUS, 0.007)
    black = step(0.0255 + 0.007 * bell(np.abs(angle) - np.pi, 0.35) - r, 0.003)
    streaks = 1 + 0.10 * smooth_noise(rng, ROWS, COLUMNS, 9, 2)
    # Shaded from above, with a bright ring round the pupil and a dark one outside.
    shade = 0.62 + 0.38 * step(down + 0.004, 0.03) + 0.4 * bell(r - 0.031, 0.005)
    iris = _GOLD * streaks * shade * (1 - 0.6 * step(r - 0.045, 0.006))
    layers = layers.darkened(0.55 * socket).painted(iris * (1 - black) + 0.008 * black, ball).dulled(ball)
    bulge = 0.009 * np.clip(1 - (r / _RADIUS) ** 2, 0, 1) - 0.003 * socket
    return layers.raised(bulge - ball * layers.relief), ball
