"""Local features of the animal inside its mask: SIFT's keypoints, described by RootSIFT or by their surroundings.

SIFT (Lowe 2004) by OpenCV; each vector divided by its sum, square roots taken, so that Euclidean distance compares
Hellinger kernels (Arandjelović and Zisserman 2012); packed into one byte a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from resight.describe.colour import COLOURS, spot_colours
from resight.describe.packed import packed
from resight.describe.surroundings import SHAPE, embedded, histograms, rooted, shipped
from resight.types import Chip, Doubles, LocalFeatures, Mask, Pixels

# A square-rooted unit vector of 128 numbers hardly ever holds one above 0.5, so 0..0.5 fills the byte.
UNIT = 510.0
INSET = 0.09
FEATURES, MANY = 400, 800
FEWEST = 100  # keypoints inside the mask; with fewer, the whole of a narrow animal counts


@dataclass(frozen=True)
class RootSift:
    """RootSIFT at a stated working size: the strongest keypoints of the animal, packed.

    `upright` keeps every keypoint's angle at zero, so that stripes match only stripes of the same direction: for
    animals that always stand the same way. `contrast` is SIFT's threshold; low, because fur and
    wet skin are faint. `inset` is the width of the disc, as a share of the chip, that must fit into the mask round a
    keypoint: of an antelope the outline shows the posture and the background, legs are alike on all, and only the
    flank is its own. Of a fluke the edge itself is. `colour` appends the colours round each keypoint.
    """

    size: int = 448
    features: int = FEATURES
    upright: bool = False
    contrast: float = 0.004
    edge: float = 20.0
    inset: float = 0.0
    colour: bool = False
    learned: bool = False

    @property
    def name(self) -> str:
        """How methods call it."""
        return "patches" if self.learned else "rootsift"

    @cached_property
    def fingerprint(self) -> str:
        """Method, version and parameters; OpenCV's major version, whose SIFT they share."""
        parameters = self.size, self.features, self.upright, self.contrast, self.edge, self.inset, self.colour
        recipe = f"5 {parameters} {cv2.__version__[0]} {shipped().fingerprint if self.learned else ''}"
        return f"{self.name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    def describe(self, chips: Sequence[Chip]) -> LocalFeatures:
        """Keypoints of each chip, strongest first."""
        return LocalFeatures.joined([self._none(), *map(self._describe, chips)])

    def reduced(self, richer: LocalFeatures) -> LocalFeatures:
        """What this describer would have given, out of what one with more keypoints, or colours, has given."""
        owners, offsets = richer.owners, richer.offsets
        kept = np.flatnonzero(np.arange(len(owners)) - offsets[owners] < self.features)
        return replace(
            richer,
            offsets=np.concatenate([[0], np.cumsum(np.minimum(richer.counts, self.features))]).astype(np.int64),
            positions=richer.positions[kept],
            scales=richer.scales[kept],
            angles=richer.angles[kept],
            vectors=richer.vectors[kept, : self._numbers],
        )

    def places(self, chip: Chip) -> Doubles:
        """The keypoints (n, 6), strongest first: x, y, diameter, angle in degrees, response, OpenCV's octave."""
        sift = cv2.SIFT.create(nfeatures=0, contrastThreshold=self.contrast, edgeThreshold=self.edge)
        grey = _grey(chip)
        found = sift.detect(grey, chip.mask if chip.mask is None or not self.inset else self._inside(chip.mask))
        if len(found) < min(FEWEST, self.features):
            found = sift.detect(grey, chip.mask)
        places = np.array([(*p.pt, p.size, p.angle, p.response, p.octave) for p in found]).reshape(-1, 6)
        if self.upright:
            # Several orientations at one place are one keypoint when the angle is not used.
            places[:, 3] = 0.0
            _, first = np.unique(places[:, :3], axis=0, return_index=True)
            places = places[first]
        order = np.lexsort((places[:, 0], places[:, 1], -places[:, 4]))[: self.features]
        return np.asarray(places[order])

    def _describe(self, chip: Chip) -> LocalFeatures:
        grey, chosen = _grey(chip), self.places(chip)
        vectors = self._vectors(grey, chosen)
        if self.colour:
            vectors = np.hstack([vectors, spot_colours(chip.pixels, chosen[:, :2], chosen[:, 2])])
        height, width = grey.shape
        across, down = chip.to_photo[0, 0], chip.to_photo[1, 1]
        # Pixel centres are whole numbers in both; the affine map is between pixel edges.
        positions = (chosen[:, :2] + 0.5) @ chip.to_photo[:, :2].T + chip.to_photo[:, 2] - 0.5
        return LocalFeatures(
            offsets=np.array([0, len(vectors)], dtype=np.int64),
            sizes=np.array([[width * across, height * down]], dtype=np.float32),
            positions=positions.astype(np.float32),
            scales=(chosen[:, 2] * np.sqrt(across * down)).astype(np.float32),
            angles=chosen[:, 3].astype(np.float32),
            vectors=vectors,
        )

    @property
    def _numbers(self) -> int:
        return (shipped().numbers if self.learned else SHAPE) + COLOURS * self.colour

    def _vectors(self, grey: Pixels, places: Doubles) -> npt.NDArray[np.uint8]:
        if self.learned:
            return packed(embedded(histograms(grey, places, shipped().widths), shipped()))
        found = rooted(histograms(grey, places, [1.0]))
        return np.asarray(np.clip(np.rint(found * UNIT), 0, 255), np.uint8)

    def _inside(self, mask: Mask) -> Mask:
        width = max(1, round(max(mask.shape) * self.inset))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
        return np.asarray(cv2.erode(mask, disc), dtype=np.uint8)

    def _none(self) -> LocalFeatures:
        """The features of no chip at all."""
        row, pair = np.zeros(0, np.float32), np.zeros((0, 2), np.float32)
        vectors = np.zeros((0, self._numbers), np.uint8)
        return LocalFeatures(np.zeros(1, np.int64), pair, pair, row, row, vectors)


def _grey(chip: Chip) -> Pixels:
    return np.asarray(cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
