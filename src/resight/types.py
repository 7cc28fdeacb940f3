"""The words every stage speaks: frozen dataclasses that check what they are given.

Pixels are always RGB, 8 bit, upright; boxes are in pixels of the upright photo; matrices have one row
for each annotation, so that row *i* of every array in a container speaks of the same animal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Strings = npt.NDArray[np.str_]


class Side(StrEnum):
    """Which side of the animal is seen. Markings differ by side; UNKNOWN may be compared with all."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"
    BACK = "back"
    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright photo: top-left corner, width and height.

    >>> Box(10, 20, 30, 40).clipped(25, 100)
    Box(x=10, y=20, w=15, h=40)
    """

    x: float
    y: float
    w: float
    h: float

    def __post_init__(self) -> None:
        if not all(np.isfinite((self.x, self.y, self.w, self.h))) or self.w <= 0 or self.h <= 0:
            raise ValueError(f"a box needs finite numbers and a positive width and height, not {self}")

    def clipped(self, width: float, height: float) -> Box:
        """The part of the box inside a photo of this size; ValueError where nothing is left."""
        x, y = max(self.x, 0), max(self.y, 0)
        return Box(x, y, min(self.x + self.w, width) - x, min(self.y + self.h, height) - y)


@dataclass(frozen=True, slots=True)
class Place:
    """A position on the Earth, WGS 84, in degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"latitude {self.lat}, longitude {self.lon} is not a place on Earth")


@dataclass(frozen=True, slots=True)
class Record:
    """What is stated of one annotation before its photo is opened: a file of a folder, or a table's row.

    `identity` is None where nobody has named the animal. `box` None means the whole photo. `taken_at` and
    `place` are what the table states, and win over what the photo's own EXIF says. Records of one `track`, where that
    is not empty, show one animal in frames of a film, in their order.
    """

    path: Path
    identity: str | None = None
    side: Side = Side.UNKNOWN
    part: str = ""
    encounter: str = ""
    box: Box | None = None
    taken_at: datetime | None = None
    place: Place | None = None
    mask: Path | None = None
    track: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file or a row that could not be used, and why, in words for people."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A decoded photo: upright RGB pixels (H, W, 3), and what the file itself says of time and place.

    `alpha` (H, W) is there where the file has a transparency channel that hides something: 0 where hidden.
    """

    path: Path
    sha256: str
    pixels: Pixels
    alpha: Mask | None = None
    taken_at: datetime | None = None
    place: Place | None = None

    def __post_init__(self) -> None:
        _check_pixels(self.pixels, self.alpha)

    @property
    def width(self) -> int:
        """Pixels across, upright."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down, upright."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Chip:
    """One animal cut out of its photo at the working size: RGB (h, w, 3), and where the animal is.

    `mask` (h, w) is 255 on the animal, 0 on the background, or None where nothing is known.
    `to_photo` (2, 3) maps a point (x, y, 1) of the chip to the upright photo.
    """

    pixels: Pixels
    to_photo: Doubles
    mask: Mask | None = None
    side: Side = Side.UNKNOWN

    def __post_init__(self) -> None:
        _check_pixels(self.pixels, self.mask)
        if self.to_photo.shape != (2, 3):
            raise ValueError(f"to_photo is a 2 x 3 matrix, not {self.to_photo.shape}")


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes found in the frames of one video, one row each, in the order of the frames.

    `frames` (n,) number the frames from 0; `boxes` (n, 4) are x and y of the top-left corner, width and height, in
    pixels of the upright frame; `scores` (n,) tell from 0 to 1 how sure the detector was.
    """

    frames: Ints
    boxes: Doubles
    scores: Floats

    def __post_init__(self) -> None:
        n = len(self.frames)
        if self.boxes.shape != (n, 4) or self.scores.shape != (n,):
            raise ValueError("detections need one box of four numbers and one score for each frame number")
        if bool((np.diff(self.frames) < 0).any()):
            raise ValueError("detections must be in the order of their frames")
        if not np.isfinite(self.boxes).all() or bool((self.boxes[:, 2:] <= 0).any()):
            raise ValueError("boxes need finite numbers and a positive width and height")

    def __len__(self) -> int:
        return len(self.frames)

    def take(self, rows: Sequence[int] | Ints | Bools) -> Detections:
        """These detections; rows must rise."""
        chosen = np.asarray(rows)
        return Detections(self.frames[chosen], self.boxes[chosen], self.scores[chosen])


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector for each annotation: (n, d) float32."""

    vectors: Floats

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.vectors.dtype != np.float32:
            raise ValueError(f"embeddings are (n, d) float32, not {self.vectors.shape} {self.vectors.dtype}")

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, rows: Sequence[int] | Ints) -> Embeddings:
        """These annotations, in this order."""
        return Embeddings(self.vectors[np.asarray(rows, dtype=np.int64)])

    @staticmethod
    def joined(parts: Sequence[Embeddings]) -> Embeddings:
        """Several containers one after another."""
        return Embeddings(np.concatenate([part.vectors for part in parts]))


@dataclass(frozen=True, slots=True)
class LocalFeatures:
    """Keypoints of many annotations, packed: those of annotation i are rows offsets[i] to offsets[i + 1].

    `positions` (m, 2) and `scales` (m,) are in pixels of the upright photo, `angles` (m,) in degrees, `vectors`
    (m, d) uint8. `sizes` (n, 2) hold the width and height, in the same pixels, of what was described, so that
    positions can be compared across photos.
    """

    offsets: Ints
    sizes: Floats
    positions: Floats
    scales: Floats
    angles: Floats
    vectors: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        m = len(self.vectors)
        if self.offsets[0] != 0 or self.offsets[-1] != m or bool((np.diff(self.offsets) < 0).any()):
            raise ValueError("offsets must rise from 0 to the number of keypoints")
        if self.sizes.shape != (len(self.offsets) - 1, 2):
            raise ValueError("sizes must hold one width and height for each annotation")
        if self.positions.shape != (m, 2) or self.scales.shape != (m,) or self.angles.shape != (m,):
            raise ValueError("positions, scales, angles and vectors must have one row for each keypoint")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> Ints:
        """How many keypoints each annotation has, (n,)."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> Ints:
        """The annotation of each keypoint, (m,)."""
        return np.repeat(np.arange(len(self)), self.counts)

    def take(self, rows: Sequence[int] | Ints) -> LocalFeatures:
        """These annotations, in this order."""
        chosen = np.asarray(rows, dtype=np.int64)
        counts = self.counts[chosen]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        keep = np.arange(offsets[-1]) + np.repeat(self.offsets[chosen] - offsets[:-1], counts)
        return replace(
            self,
            offsets=offsets,
            sizes=self.sizes[chosen],
            positions=self.positions[keep],
            scales=self.scales[keep],
            angles=self.angles[keep],
            vectors=self.vectors[keep],
        )

    @staticmethod
    def joined(parts: Sequence[LocalFeatures]) -> LocalFeatures:
        """Several containers one after another."""
        counts = np.concatenate([part.counts for part in parts])
        return LocalFeatures(
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            sizes=np.concatenate([part.sizes for part in parts]),
            positions=np.concatenate([part.positions for part in parts]),
            scales=np.concatenate([part.scales for part in parts]),
            angles=np.concatenate([part.angles for part in parts]),
            vectors=np.concatenate([part.vectors for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Together:
    """Several descriptors of the same annotations, in the order in which the method names them.

    >>> seen = Embeddings(np.eye(3, dtype=np.float32))
    >>> len(Together((seen, seen)).take([2, 0]))
    2
    """

    parts: tuple[Embeddings | LocalFeatures, ...]

    def __post_init__(self) -> None:
        if len({len(part) for part in self.parts}) != 1:
            raise ValueError("descriptors that belong together need one row for each annotation in every part")

    def __len__(self) -> int:
        return len(self.parts[0])

    def take(self, rows: Sequence[int] | Ints) -> Together:
        """These annotations, in this order."""
        return Together(tuple(part.take(rows) for part in self.parts))

    @staticmethod
    def joined(containers: Sequence[Together]) -> Together:
        """Several containers one after another; ValueError where their parts are not of the same kinds."""
        return Together(tuple(map(_one_after_another, zip(*(one.parts for one in containers), strict=True))))


Descriptors = Embeddings | LocalFeatures | Together


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of many annotations, one row each; an empty string is 'not known'.

    `side` holds values of `Side`. `photo` tells which annotations lie in one photo: those of the query's own
    photo are never its candidates.
    """

    individual: Strings
    side: Strings
    part: Strings
    encounter: Strings
    photo: Strings

    def __post_init__(self) -> None:
        if len({len(column) for column in self.columns}) != 1:
            raise ValueError("every column of labels needs one row for each annotation")

    @property
    def columns(self) -> tuple[Strings, Strings, Strings, Strings, Strings]:
        """The five columns, in the order of the fields."""
        return self.individual, self.side, self.part, self.encounter, self.photo

    def __len__(self) -> int:
        return len(self.individual)

    @classmethod
    def named(cls, individual: Strings) -> Labels:
        """Labels of which nothing is known but the names (n,), each of a photo of its own."""
        nothing = np.full(len(individual), "", np.str_)
        return cls(
            np.asarray(individual, np.str_),
            np.full(len(individual), Side.UNKNOWN.value, np.str_),
            nothing,
            nothing,
            np.array([f"photo {row}" for row in range(len(individual))], np.str_),
        )

    def take(self, rows: Sequence[int] | Ints | Bools) -> Labels:
        """These annotations, in this order."""
        chosen = np.asarray(rows)
        return Labels(*(column[chosen] for column in self.columns))


class Verdict(StrEnum):
    """What is proposed for a query: a known individual, a new one, or 'ask a person'."""

    KNOWN = "known"
    NEW = "new"
    UNDECIDED = "undecided"


class Basis(StrEnum):
    """What probabilities rest on: the catalogue's own names, other animals, or nothing: then there are none."""

    OWN = "own"
    USUAL = "usual"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two annotations are thought alike: matched points, and the weight of each pair.

    `query` and `gallery` (k, 2) are in pixels of the upright photos, or of whatever picture is shown beside them;
    `weights` (k,). Empty arrays where the method compares whole vectors.
    """

    query: Floats
    gallery: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.weights)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An individual proposed for a query; `annotation` is the row of its most similar photo.

    `p` is the probability that this is the animal, None where the catalogue cannot calibrate yet.
    """

    individual: str
    score: float
    annotation: int
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one query: candidates, best first, the chance of a new animal, and the verdict.

    `basis` is what its probabilities rest on.
    """

    candidates: tuple[Candidate, ...]
    verdict: Verdict
    p_new: float | None = None
    basis: Basis = Basis.NONE

    @property
    def individual(self) -> str | None:
        """The name proposed, where the verdict is KNOWN."""
        return self.candidates[0].individual if self.verdict is Verdict.KNOWN else None


def _one_after_another(parts: Sequence[Embeddings | LocalFeatures]) -> Embeddings | LocalFeatures:
    vectors = [part for part in parts if isinstance(part, Embeddings)]
    if len(vectors) == len(parts):
        return Embeddings.joined(vectors)
    if vectors:
        raise ValueError("embeddings and local features cannot stand one after another")
    return LocalFeatures.joined([part for part in parts if isinstance(part, LocalFeatures)])


def _check_pixels(pixels: Pixels, mask: Mask | None) -> None:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"pixels are (height, width, 3) uint8, not {pixels.shape} {pixels.dtype}")
    if mask is not None and (mask.shape != pixels.shape[:2] or mask.dtype != np.uint8):
        raise ValueError(f"a mask is {pixels.shape[:2]} uint8, not {mask.shape} {mask.dtype}")
