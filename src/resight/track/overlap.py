"""How far two boxes overlap."""

from __future__ import annotations

import numpy as np

from resight.types import Doubles


def overlap(one: Doubles, other: Doubles) -> Doubles:
    """Intersection over union of boxes (..., 4), row by row, or of all with all where their shapes broadcast so.

    >>> overlap(np.array([0.0, 0, 10, 10]), np.array([[0.0, 0, 10, 10], [5, 0, 10, 10], [10, 0, 10, 10]])).round(2)
    array([1.  , 0.33, 0.  ])
    """
    low = np.maximum(one[..., :2], other[..., :2])
    high = np.minimum(one[..., :2] + one[..., 2:], other[..., :2] + other[..., 2:])
    shared = np.clip(high - low, 0, None).prod(axis=-1)
    union = one[..., 2:].prod(axis=-1) + other[..., 2:].prod(axis=-1) - shared
    return np.asarray(shared / np.maximum(union, 1e-300), dtype=np.float64)
