"""Drawn fins: a dorsal fin before the water, with nicks where they are asked for."""

from collections.abc import Sequence

import cv2
import numpy as np

from resight.types import Chip, Doubles, Mask, Pixels

FIN, WATER = (70, 62, 58), (110, 140, 165)


def fin_mask_of(
    nicks: Sequence[tuple[float, float]] = (), width: int = 300, height: int = 240, lean: float = 0
) -> Mask:
    """255 on a fin that leans to the left, its hollow edge there; `nicks` are (place from the tip, depth)."""
    t = np.linspace(0, 1, 400)
    tip, behind, before = np.array([95.0 + lean, 15]), np.array([75.0, 215]), np.array([270.0, 215])
    trailing = tip + t[:, None] * (behind - tip) + np.column_stack([45 * np.sin(np.pi * t), np.zeros_like(t)])
    for place, depth in nicks:
        trailing[:, 0] += 200 * depth * np.exp(-(((t - place) / 0.025) ** 2))
    leading = tip + t[:, None] * (before - tip) + np.column_stack([25 * np.sin(np.pi * t), -25 * np.sin(np.pi * t)])
    outline = np.vstack([trailing, leading[::-1]]) * (width / 300, height / 240)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], 255, shift=4)
    back = np.array([[0, 222], [75, 205], [270, 205], [300, 215], [300, 240], [0, 240]]) * (width / 300, height / 240)
    cv2.fillPoly(mask, [np.rint(back).astype(np.int32)], 255)
    return mask


def picture_of(mask: Mask, seed: int = 0, fin: Sequence[int] = FIN, water: Sequence[int] = WATER) -> Pixels:
    """A fin of one colour before water of another, both with noise and waves (h, w, 3)."""
    rng = np.random.default_rng(seed)
    inside = cv2.GaussianBlur(mask, (0, 0), 1)[..., None].astype(np.float64) / 255
    waves = cv2.GaussianBlur(rng.normal(0, 60, mask.shape), (0, 0), sigmaX=9, sigmaY=2)[..., None]
    shown = inside * np.array(fin, np.float64) + (1 - inside) * (np.array(water) + waves)
    return np.clip(shown + rng.normal(0, 3, (*mask.shape, 3)), 0, 255).astype(np.uint8)


def drawn_chip(nicks: Sequence[tuple[float, float]] = (), seed: int = 0, masked: bool = False, **how: float) -> Chip:
    """A chip of such a fin; `masked`, it brings its mask along."""
    mask = fin_mask_of(nicks, **how)  # type: ignore[arg-type]
    return Chip(picture_of(mask, seed), shifted(0, 0), mask if masked else None)


def shifted(x: float, y: float) -> Doubles:
    """From a chip to its photo, where it lies at x and y."""
    return np.array([[1.0, 0, x], [0, 1.0, y]])
