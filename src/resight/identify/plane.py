"""Every described annotation as a point on a plane, kept beside the indexes until another plane is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.identify.library import INDEXES
from resight.types import Doubles, Ints

FILE = "plane.npz"


@dataclass(frozen=True, slots=True)
class Plane:
    """Points (n,): the annotation, where it lies, its cluster (-1: an outlier) and how surely it belongs to it."""

    annotations: Ints
    x: Doubles
    y: Doubles
    cluster: Ints
    probability: Doubles


def keep_plane(catalogue: Catalogue, plane: Plane) -> None:
    """Write it beside the indexes: a cache, until somebody makes another."""
    path = _path(catalogue)
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f"{path.stem}.partial.npz")
    np.savez(
        partial,
        annotations=plane.annotations,
        x=plane.x,
        y=plane.y,
        cluster=plane.cluster,
        probability=plane.probability,
    )
    partial.replace(path)


def read_plane(catalogue: Catalogue) -> Plane | None:
    """The plane that was made last; None where there is none."""
    try:
        with np.load(_path(catalogue)) as kept:
            return Plane(kept["annotations"], kept["x"], kept["y"], kept["cluster"], kept["probability"])
    except (OSError, ValueError, KeyError):
        return None


def _path(catalogue: Catalogue) -> Path:
    return catalogue.folder / INDEXES / FILE
