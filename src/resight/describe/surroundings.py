"""What lies round a keypoint, near and wide, in one short vector: the compact embedding that ships with resight.

SIFT's histograms (Lowe 2004) over windows of several widths about one keypoint, each as RootSIFT, side by side; and one
linear map of them all that keeps what stays the same from photo to photo of an animal and drops what changes with its
posture, the light and the place: Fisher's discriminant (1936) over spots in place of individuals. Learned from animals
that are drawn, see models/patches.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from resight.types import Doubles, Floats, Pixels

SHAPE = 128  # numbers of SIFT's own


@dataclass(frozen=True)
class Surroundings:
    """Windows, in widths of a keypoint's own, the mean (windows * 128,) of their histograms, the map (.., numbers)."""

    widths: tuple[float, ...]
    mean: Floats
    projection: Floats

    def __post_init__(self) -> None:
        if self.mean.shape != (len(self.widths) * SHAPE,) or self.projection.shape[:1] != self.mean.shape:
            raise ValueError(f"a map of {self.projection.shape} does not fit {len(self.widths)} windows")

    @property
    def numbers(self) -> int:
        """How many numbers a vector has."""
        return int(self.projection.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """The hash of all its numbers."""
        told = hashlib.sha256(repr(self.widths).encode())
        for part in (self.mean, self.projection):
            told.update(np.ascontiguousarray(part, np.float32).tobytes())
        return told.hexdigest()[:12]


def histograms(grey: Pixels, places: Doubles, widths: Sequence[float]) -> npt.NDArray[np.uint8]:
    """SIFT's histograms (n, windows, 128) round keypoints, for windows of these widths times their own.

    `places` (n, 6): x, y, diameter, angle in degrees, response and OpenCV's octave, in pixels of `grey` (h, w).
    """
    if not len(places):
        return np.zeros((0, len(widths), SHAPE), np.uint8)
    # The octave tells OpenCV which layer of the pyramid to describe. Wide windows are described on the keypoint's own
    # too: on a coarser one, as a larger keypoint would be, they name fewer animals.
    points = [
        cv2.KeyPoint(x, y, size * width, angle, response, int(octave))
        for width in widths
        for x, y, size, angle, response, octave in places
    ]
    _, found = cv2.SIFT.create().compute(grey, points)
    return np.asarray(found, np.uint8).reshape(len(widths), len(places), SHAPE).transpose(1, 0, 2)


def rooted(found: npt.NDArray[np.uint8]) -> Floats:
    """RootSIFT of each window, side by side, as one unit vector (n, windows * 128)."""
    each = found.astype(np.float32)
    count, windows, numbers = found.shape
    share = each / np.maximum(each.sum(axis=2, keepdims=True), 1e-9)
    return np.asarray(np.sqrt(share / windows).reshape(count, windows * numbers))


def embedded(found: npt.NDArray[np.uint8], by: Surroundings) -> Floats:
    """Unit vectors (n, numbers) of the histograms round keypoints."""
    mapped = (rooted(found) - by.mean) @ by.projection
    return np.asarray(mapped / np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), 1e-9), np.float32)


def write_surroundings(made: Surroundings, path: Path) -> None:
    """Write it, in 16 bits."""
    np.savez_compressed(
        path,
        widths=np.array(made.widths),
        mean=made.mean.astype(np.float16),
        projection=made.projection.astype(np.float16),
    )


def read_surroundings(path: Path) -> Surroundings:
    """What `write_surroundings` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Surroundings(
            tuple(kept["widths"].tolist()), kept["mean"].astype(np.float32), kept["projection"].astype(np.float32)
        )


@cache
def shipped() -> Surroundings:
    """The embedding that comes with resight."""
    with as_file(files("resight.models").joinpath("patches.npz")) as model:
        return read_surroundings(model)
