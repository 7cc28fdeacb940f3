"""Spots of pigment as keypoints: where each lies, how large and how round it is; and, where asked for, the eye first.

Melanophore spots on the gill cover and behind the eye of a salmon, the warts of a toad, the white spots of an
antelope. What is kept of a spot besides its place and its size does not depend on its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from resight.describe.eye import Eye, EyeFinder, boxed_eye, ringed_eye, whole
from resight.describe.outline import Outlines, contrast, outlines, size_of
from resight.errors import ResightError
from resight.types import Bools, Chip, Doubles, LocalFeatures

SIZE = 640  # pixels: a spot of a fiftieth of a head is then 13 pixels wide
SMALLEST, LARGEST = 0.012, 0.08  # of the animal's size: radius of a disc of a spot's area
ROUGHEST = 1.3  # Heywood circularity; seams and folds are rougher
LONGEST = 3.0  # length over width
SOLID = 0.85  # of the convex hull
STEEP = 0.8  # peaks a radius; shade and ripples of light have softer edges
MOST = 80
BESIDE = 1.2  # of the eye's radius: what is nearer to its middle is pupil, iris or socket
COLUMNS = 5  # circularity, contrast, elongation, solidity, and 255 for an eye


@dataclass(frozen=True)
class Spots:
    """Dark spots, or with `light` light ones, of each chip; those of the clearest contrast first, at most `most`.

    `scales` are radii of discs of the same areas, `angles` the direction of the longer axis, 0 to 180 degrees.
    With an `eye` finder the first keypoint of every annotation is the eye: its scale is the eye's radius, its angle the
    head line, from the snout backwards. No eye, no keypoints at all: what has no origin is not compared.
    `eye_made` says in one line how eyes are found.
    """

    size: int = SIZE
    light: bool = False
    eye: EyeFinder | None = None
    eye_made: str = ""
    most: int = MOST
    name: str = "spots"

    @cached_property
    def fingerprint(self) -> str:
        """Method, version and parameters; OpenCV's major version, whose morphology they share."""
        recipe = f"1 {self.size, self.light, self.eye_made, self.most} {cv2.__version__[0]}"
        return f"spots-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    def describe(self, chips: Sequence[Chip]) -> LocalFeatures:
        """Spots of each chip, deepest first."""
        return LocalFeatures.joined([_none(), *map(self._describe, chips)])

    def _describe(self, chip: Chip) -> LocalFeatures:
        mask = whole(chip)
        found = outlines(contrast(chip.pixels, mask, self.light))
        eye = None
        if self.eye is not None:
            dark = outlines(contrast(chip.pixels, mask)) if self.light else found
            eye = self.eye(chip, dark)
            if eye is None:
                return _packed(found.take(np.zeros(0, np.int64)), None, chip)
            apart = found.places - eye.place
            found = found.take(np.hypot(apart[:, 0], apart[:, 1]) > BESIDE * eye.radius)
        spots = found.take(spot_like(found, size_of(mask)))
        return _packed(spots.take(np.arange(min(len(spots), self.most))), eye, chip)


def spots(argument: str) -> Spots:
    """Spots of pigment.

    `light` looks for light spots, `eye` puts the eye first, by its ring, and `eye=FILE.onnx` by a detector of eyes.
    """
    wanted = [word for word in argument.split(",") if word]
    light, made = False, ""
    eye: EyeFinder | None = None
    for word in wanted:
        option, _, file = word.partition("=")
        if word == "light":
            light = True
        elif word == "eye":
            eye, made = ringed_eye, "ringed-1"
        elif option == "eye":
            eye, made = _by_detector(Path(file).expanduser())
        else:
            raise ResightError(f"spots takes 'light', 'eye' and 'eye=FILE.onnx' after the colon, not {word!r}")
    return Spots(light=light, eye=eye, eye_made=made)


def spot_like(found: Outlines, size: float) -> Bools:
    """Which outlines may be spots of an animal of this size, pixels: neither fold nor shade."""
    radii = found.radii / size
    like: Bools = (radii > SMALLEST) & (radii < LARGEST) & (found.circularities < ROUGHEST)
    return like & (found.elongations < LONGEST) & (found.solidities > SOLID) & (found.steepness > STEEP)


def _by_detector(model: Path) -> tuple[EyeFinder, str]:
    from resight.detect.onnx import OnnxDetector

    if not model.is_file():
        raise ResightError(f"there is no detector of eyes {model}: give the path of an .onnx file after 'eye='")
    detector = OnnxDetector(model, tiled=False)
    return boxed_eye(detector), detector.fingerprint


def _packed(spots: Outlines, eye: Eye | None, chip: Chip) -> LocalFeatures:
    places, radii, angles, looks = spots.places, spots.radii, spots.angles, _looks(spots)
    if eye is not None:
        places, radii = np.vstack([eye.place, places]), np.append(eye.radius, radii)
        angles = np.append(eye.angle, angles)
        looks = np.vstack([np.array([[0, 0, 0, 0, 255]], np.uint8), looks])
    height, width = chip.pixels.shape[:2]
    across, down = chip.to_photo[0, 0], chip.to_photo[1, 1]
    # Pixel centres are whole numbers in both; the affine map is between pixel edges.
    positions = (places + 0.5) @ chip.to_photo[:, :2].T + chip.to_photo[:, 2] - 0.5
    return LocalFeatures(
        offsets=np.array([0, len(places)], np.int64),
        sizes=np.array([[width * across, height * down]], np.float32),
        positions=positions.astype(np.float32),
        scales=(radii * np.sqrt(across * down)).astype(np.float32),
        angles=angles.astype(np.float32),
        vectors=looks,
    )


def _looks(spots: Outlines) -> npt.NDArray[np.uint8]:
    """What does not depend on the size, as bytes: circularity 1 to 2, contrast, elongation 1 to 4, solidity."""
    columns = (
        spots.circularities - 1,
        spots.contrasts,
        (spots.elongations - 1) / 3,
        spots.solidities,
        np.zeros(len(spots)),
    )
    shares: Doubles = np.stack(columns, axis=1)
    packed: npt.NDArray[np.uint8] = np.clip(np.rint(255 * shares), 0, 255).astype(np.uint8)
    return packed


def _none() -> LocalFeatures:
    """The features of no chip at all."""
    row, pair = np.zeros(0, np.float32), np.zeros((0, 2), np.float32)
    return LocalFeatures(np.zeros(1, np.int64), pair, pair, row, row, np.zeros((0, COLUMNS), np.uint8))
