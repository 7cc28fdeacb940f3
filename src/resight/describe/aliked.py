"""Local features learned from pictures of one place seen twice: ALIKED (Zhao et al. 2023), inside the animal's mask."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from resight.describe.packed import UNIT, packed
from resight.describe.rootsift import INSET
from resight.describe.seam import Describer
from resight.describe.torch_file import read_weights
from resight.errors import ResightError
from resight.learn.packaged import packaged_weights
from resight.types import Bools, Chip, Floats, LocalFeatures, Mask
from resight.weights import Weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ALIKED = Weights(
    name="aliked-n16.pth",
    sha256="5be8704840ed662d9d8c561bf7279c222092674e7eb05fd0feab94899e9d82f2",
    url="https://github.com/Shiaoming/ALIKED/raw/main/models/aliked-n16.pth",
    licence="BSD-3-Clause",
)
NUMBERS = 128
LEAST = 0.02  # score of a keypoint; a chip of one colour has peaks of 0.01
EXTENT = 32.0  # pixels of the chip that a keypoint speaks of; all have the same
FEWEST = 100  # keypoints inside; with fewer, the whole of a narrow animal counts
GRAPHS = "aliked-levels.onnx", "aliked-vectors.onnx"  # the layers without their weights: see training/aliked.py
STRIDE = 32  # of the coarsest map
RADIUS = 2  # pixels round a keypoint in which it is the highest
TEMPERATURE = 0.1  # of the mean that places a keypoint between pixels


def aliked(argument: str) -> Describer:
    """ALIKED's keypoints.

    `inside` keeps off the animal's edge, and a number is how many are kept: `aliked:inside,256`.
    """
    wanted = set(argument.split(",")) - {""}
    numbers = [int(word) for word in wanted if word.isdecimal() and int(word) > 0]
    if strange := sorted(word for word in wanted if word != "inside" and not (word.isdecimal() and int(word) > 0)):
        raise ResightError(f"aliked takes 'inside' and how many keypoints are kept after the colon, not {strange[0]!r}")
    if len(numbers) > 1:
        raise ResightError(f"aliked takes one number of keypoints after the colon, not {len(numbers)}")
    return AlikedDescriber(features=numbers[0] if numbers else 512, inset=INSET if "inside" in wanted else 0.0)


@dataclass(frozen=True)
class AlikedDescriber:
    """ALIKED-N(16) at a stated working size: its highest peaks on the animal, all of one scale and upright.

    The network sees the whole chip, for a mask cut into it would be an edge with keypoints of its own. `inset` is the
    width of the disc, as a share of the chip, that must fit into the mask round a keypoint. Weights are looked for when
    the first chip comes; ResightError where they cannot be had.
    """

    size: int = 512
    features: int = 512
    inset: float = 0.0
    name: str = field(default="aliked", init=False)

    @cached_property
    def fingerprint(self) -> str:
        """The weights' hash, the version and the parameters."""
        recipe = f"1 {self.size} {self.features} {self.inset} {LEAST} {UNIT} {ALIKED.sha256}"
        return f"aliked-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    def describe(self, chips: Sequence[Chip]) -> LocalFeatures:
        """Keypoints of each chip, the highest first."""
        return LocalFeatures.joined([_none(), *map(self._describe, chips)])

    def _describe(self, chip: Chip) -> LocalFeatures:
        places, vectors = self._found(chip)
        height, width = chip.pixels.shape[:2]
        across, down = chip.to_photo[0, 0], chip.to_photo[1, 1]
        # Pixel centres are whole numbers in both; the affine map is between pixel edges.
        positions = (places + 0.5) @ chip.to_photo[:, :2].T + chip.to_photo[:, 2] - 0.5
        return LocalFeatures(
            offsets=np.array([0, len(vectors)], dtype=np.int64),
            sizes=np.array([[width * across, height * down]], dtype=np.float32),
            positions=positions.astype(np.float32),
            scales=np.full(len(vectors), EXTENT * np.sqrt(across * down), np.float32),
            angles=np.zeros(len(vectors), np.float32),
            vectors=packed(vectors),
        )

    def _found(self, chip: Chip) -> tuple[Floats, Floats]:
        """Places on the chip (m, 2), and their vectors (m, 128)."""
        seen, told = self._networks
        height, width = chip.pixels.shape[:2]
        whole = np.full((height, width), 255, np.uint8) if chip.mask is None else chip.mask
        # Padded at the end only, so that places need not be moved back.
        below, right = -height % STRIDE, -width % STRIDE
        pixels = cv2.copyMakeBorder(chip.pixels, 0, below, 0, right, cv2.BORDER_REPLICATE)
        given = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(255)
        *levels, scores = seen.run(None, {"picture": given})
        places = keypoints(scores[:height, :width], self._inside(whole) > 127, self.features, LEAST)
        if len(places) < min(FEWEST, self.features):
            places = keypoints(scores[:height, :width], whole > 127, self.features, LEAST)
        names = [f"level{number}" for number in range(1, len(levels) + 1)]
        (vectors,) = told.run(None, {**dict(zip(names, levels, strict=True)), "places": places})
        return places, np.asarray(vectors, np.float32)

    def _inside(self, mask: Mask) -> Mask:
        if not self.inset or mask.all():
            return mask
        width = max(1, round(max(mask.shape) * self.inset))
        return np.asarray(cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))), np.uint8)

    @cached_property
    def _networks(self) -> tuple[InferenceSession, InferenceSession]:
        """From a picture to its maps and scores, and from maps and places to vectors."""
        weights = read_weights(packaged_weights(ALIKED))
        telling = {name: one for name, one in weights.items() if name.startswith("desc_head.")}
        # How many batches a layer has seen matters to training alone.
        seeing = {name: one for name, one in weights.items() if name not in telling and one.ndim}
        return _session(GRAPHS[0], seeing), _session(GRAPHS[1], telling)


def keypoints(scores: Floats, inside: Bools, most: int, least: float) -> Floats:
    """The highest peaks of the scores (h, w), the highest first: (m, 2: x, y), between pixels.

    `inside` (h, w) tells where they may be; `least` is the score that a peak must exceed.
    """
    width = 2 * RADIUS + 1
    peaks = (scores == cv2.dilate(scores, np.ones((width, width), np.uint8))) & inside & (scores > least)
    peaks[:RADIUS], peaks[-RADIUS:], peaks[:, :RADIUS], peaks[:, -RADIUS:] = False, False, False, False
    y, x = np.nonzero(peaks)
    highest = np.argsort(-scores[y, x], kind="stable")[:most]
    y, x = y[highest], x[highest]
    down, across = (grid.ravel() for grid in np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1])
    around = scores[y[:, None] + down, x[:, None] + across] / TEMPERATURE
    weights = np.exp(around - around.max(axis=1, keepdims=True, initial=-np.inf))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.stack([x + weights @ across, y + weights @ down], axis=1).astype(np.float32)


def _session(graph: str, weights: Mapping[str, npt.NDArray[np.generic]]) -> InferenceSession:
    """One of the graphs that come with resight, with the authors' numbers put into it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: photos are spread over processes, which is faster than threads within one photo.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(one)) for one in weights.values()]
    options.add_external_initializers(list(weights), values)
    with as_file(files("resight.models").joinpath(graph)) as file:
        return onnxruntime.InferenceSession(str(file), sess_options=options, providers=["CPUExecutionProvider"])


def _none() -> LocalFeatures:
    """The features of no chip at all."""
    row, pair = np.zeros(0, np.float32), np.zeros((0, 2), np.float32)
    return LocalFeatures(np.zeros(1, np.int64), pair, pair, row, row, np.zeros((0, NUMBERS), np.uint8))
