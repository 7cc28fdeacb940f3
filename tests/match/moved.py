"""A photo of spots, laid otherwise."""

from dataclasses import replace

import numpy as np

from resight.types import LocalFeatures


def moved(features: LocalFeatures, dx: float, dy: float, zoom: float, turn: float) -> LocalFeatures:
    """Turned by so many degrees about the middle, from x towards y as OpenCV does; resized; shifted."""
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    places = (features.positions - 200) @ np.array([[c, s], [-s, c]]) + 200
    return replace(
        features,
        sizes=features.sizes * np.float32(zoom),
        positions=(places * zoom + (dx, dy)).astype(np.float32),
        scales=(features.scales * zoom).astype(np.float32),
        angles=((features.angles + turn) % 360).astype(np.float32),
    )
