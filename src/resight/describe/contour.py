"""A fin by its outline: its shape in Fourier numbers, and how the trailing edge curves from the tip to the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from resight.chip.fin import FinMask, fin_mask, fin_outline
from resight.describe.fourier import FIXED, fourier_numbers
from resight.describe.trailing_edge import Fin, find_fin, find_fluke, resampled
from resight.types import Bools, Chip, Doubles, Embeddings, Floats, Mask

SIZE = 384
POINTS = 128  # along the trailing edge
RADII = (0.03, 0.05, 0.08, 0.12)  # of the discs that curvature is measured by, in lengths of the trailing edge
HARMONICS = 16
STRAIGHT = 200  # pixels from the tip to the end of the trailing edge, at which curvature is measured
SHAPE = 4 * HARMONICS - FIXED
LENGTH = len(RADII) * POINTS + SHAPE + 2 * POINTS
MILLIONTHS = 1e-6  # the unit of places: so small that they weigh nothing where whole vectors are compared


@dataclass(frozen=True, slots=True)
class Contours:
    """What the vectors of n fins hold, in this order.

    `curvature` (n, 4, 128): how much of a disc round each point of the trailing edge is animal, less one half, for
    four radii, from the tip to the base; above 0 the edge is hollow, below 0 it juts out. `shape` (n, 61): normalised
    elliptic Fourier coefficients of the fin. `edge` (n, 128, 2): x and y of these points, in pixels of the photo.
    `found` (n,): whether there is a contour at all; all else is 0 where there is none.
    """

    curvature: Floats
    shape: Floats
    edge: Floats
    found: Bools

    def __len__(self) -> int:
        return len(self.found)

    @staticmethod
    def of(vectors: Floats) -> Contours:
        """The blocks of vectors (n, LENGTH)."""
        parts = np.split(vectors, [len(RADII) * POINTS, len(RADII) * POINTS + SHAPE], axis=1)
        return Contours(
            curvature=parts[0].reshape(-1, len(RADII), POINTS),
            shape=parts[1],
            edge=np.asarray(parts[2].reshape(-1, POINTS, 2) / MILLIONTHS, np.float32),
            found=np.asarray(vectors.any(axis=1)),
        )

    def vectors(self) -> Floats:
        """The blocks one after another, (n, LENGTH)."""
        n = len(self)
        blocks = self.curvature.reshape(n, -1), self.shape, self.edge.reshape(n, -1) * MILLIONTHS
        return np.concatenate(blocks, axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ContourDescriber:
    """Fins by the curvature of the trailing edge at several scales, after Weideman et al. 2017, and by their shape."""

    mask: FinMask
    fluke: bool = False
    size: int = SIZE
    name: str = "contour"

    @property
    def fingerprint(self) -> str:
        """The version of the measurement, and how the fin was masked."""
        return f"contour-1-{'fluke' if self.fluke else 'fin'}-{str(self.mask) or 'auto'}"

    def describe(self, chips: Sequence[Chip]) -> Embeddings:
        """One vector for each chip; zeros where no fin was found."""
        vectors = np.zeros((len(chips), LENGTH), np.float32)
        for row, chip in enumerate(chips):
            vectors[row] = contour_of(chip, self.mask, self.fluke)
        return Embeddings(vectors)


def contour(argument: str) -> ContourDescriber:
    """The contour of a fin, or after `fluke` of a whale's; further words tell how it is masked, as `FinMask.read` does.

    >>> contour("fluke,threshold=120").fingerprint
    'contour-1-fluke-threshold=120'
    """
    words = argument.split(",")
    return ContourDescriber(FinMask.read(",".join(word for word in words if word != "fluke")), "fluke" in words)


def contour_of(chip: Chip, how: FinMask, fluke: bool = False) -> Floats:
    """The vector (LENGTH,) of one fin, as `Contours` reads it; zeros where none was found."""
    mask = fin_mask(chip, how)
    outline, (height, width) = fin_outline(mask), mask.shape
    fin = find_fluke(outline, width, height) if fluke else find_fin(outline, width)
    if fin is None:
        return np.zeros(LENGTH, np.float32)
    edge = resampled(fin.trailing, POINTS)
    in_photo = edge @ chip.to_photo[:, :2].T + chip.to_photo[:, 2]
    one = Contours(
        curvature=curvature(mask, edge)[None].astype(np.float32),
        shape=_shape(fin)[None].astype(np.float32),
        edge=in_photo[None].astype(np.float32),
        found=np.ones(1, np.bool_),
    )
    return np.asarray(one.vectors()[0], np.float32)


def curvature(mask: Mask, edge: Doubles) -> Doubles:
    """The share of discs round the points of an edge (k, 2) that a mask (h, w) fills, less one half: (radii, k).

    Integral curvature (Pottmann et al. 2009) at several scales, as Weideman et al. 2017 compare edges by. The discs'
    radii are shares of the way from the first point to the last; beyond the picture's border it goes on as it ends.
    """
    scale = STRAIGHT / max(float(np.hypot(*(edge[-1] - edge[0]))), 1e-9)
    room = max(RADII) * STRAIGHT + 2
    first = edge.min(axis=0) * scale - room
    width, height = np.ceil(np.ptp(edge, axis=0) * scale + 2 * room).astype(int).tolist()
    to_measured = np.array([[scale, 0, -first[0]], [0, scale, -first[1]]])
    # The edge runs through the middles of the outermost pixels of the mask: those are half inside.
    inside = (mask.astype(np.float32) + cv2.erode(mask, np.ones((3, 3), np.uint8))) / (2 * 255)
    filled = cv2.warpAffine(
        inside, to_measured, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    at = (edge * scale - first).astype(np.float32)
    shares = [
        cv2.remap(cv2.filter2D(filled, -1, _disc(radius * STRAIGHT)), at[:, :1], at[:, 1:], cv2.INTER_LINEAR)[:, 0]
        for radius in RADII
    ]
    return np.array(shares, np.float64) - 0.5


def _disc(radius: float) -> Floats:
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    # The rim counts by the part of each pixel that is within.
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(disc / disc.sum(), np.float32)


def _shape(fin: Fin) -> Doubles:
    """Fourier numbers of the fin, mirrored where needed so that its trailing edge is on the right."""
    outline = fin.outline
    x, y = outline.T
    # The shoelace formula: which way round leading edge, trailing edge and base go.
    mirrored = float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) < 0
    return fourier_numbers(outline * ((-1.0, 1.0) if mirrored else (1.0, 1.0)), HARMONICS)
