"""How good a chip is for naming an animal: sharp, large enough, neither black nor burnt out."""

from __future__ import annotations

import cv2
import numpy as np

from resight.types import Chip

# The variance that rounding to whole grey levels alone gives the Laplacian: the squares of its weights sum to 20.
ROUNDING = 20 / 12


def quality(chip: Chip, resolved: float) -> float:
    """A number from 0 (useless) to 1 (as good as the working size can show).

    `resolved` is the longer side of the box in the photo over the working size: a chip blown up from few pixels
    holds no more than those. Sharpness is the spread of the Laplacian relative to the spread of
    grey levels, on the animal only.
    """
    grey = cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY)
    inside = chip.mask > 127 if chip.mask is not None and (chip.mask > 127).any() else np.ones(grey.shape, bool)
    levels = grey[inside].astype(np.float64)
    spread = float(levels.std())
    edges = max(0.0, float(cv2.Laplacian(grey, cv2.CV_64F)[inside].var()) - ROUNDING) ** 0.5
    sharp = min(1.0, edges / (0.25 * spread + 1e-6)) if spread > 2 else 0.0
    lit = 1.0 - float(((levels < 8) | (levels > 247)).mean())
    large = min(1.0, resolved)
    return float(np.cbrt(sharp * lit * large))
