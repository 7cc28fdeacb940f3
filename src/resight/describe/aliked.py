"""Local features learned from pictures of one place seen twice: ALIKED (Zhao et al. 2023), inside the animal's mask."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from resight.describe.rootsift import INSET
from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.types import Chip, Floats, LocalFeatures, Mask
from resight.weights import Weights

if TYPE_CHECKING:
    from resight.describe.aliked_network import Aliked

ALIKED = Weights(
    name="aliked-n16.pth",
    sha256="5be8704840ed662d9d8c561bf7279c222092674e7eb05fd0feab94899e9d82f2",
    url="https://github.com/Shiaoming/ALIKED/raw/main/models/aliked-n16.pth",
    licence="BSD-3-Clause",
)
NUMBERS = 128
UNIT = 320.0  # the numbers of a unit vector hardly ever leave -0.4..0.4, which so fills the byte
MIDDLE = 128  # the byte of 0
LEAST = 0.02  # score of a keypoint; a chip of one colour has peaks of 0.01
EXTENT = 32.0  # pixels of the chip that a keypoint speaks of; all have the same
FEWEST = 100  # keypoints inside; with fewer, the whole of a narrow animal counts
MISSING = "aliked and lightglue need PyTorch: run pip install 'resight[lightglue]'"


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
    the first chip comes; ResightError where they, or PyTorch, cannot be had.
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
        network = self._network
        import torch

        from resight.describe.aliked_network import STRIDE, keypoints

        height, width = chip.pixels.shape[:2]
        whole = np.full((height, width), 255, np.uint8) if chip.mask is None else chip.mask
        # Padded at the end only, so that places need not be moved back.
        below, right = -height % STRIDE, -width % STRIDE
        pixels = cv2.copyMakeBorder(chip.pixels, 0, below, 0, right, cv2.BORDER_REPLICATE)
        threads = torch.get_num_threads()
        # One thread: photos are spread over processes, which is faster than threads within one photo.
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                levels = network.levels(torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1))
                scores = network.scores(levels)[:height, :width]
                places = keypoints(scores, torch.from_numpy(self._inside(whole) > 127), self.features, LEAST)
                if len(places) < min(FEWEST, self.features):
                    places = keypoints(scores, torch.from_numpy(whole > 127), self.features, LEAST)
                return places.numpy(), network.vectors(levels, places).numpy()
        finally:
            torch.set_num_threads(threads)

    def _inside(self, mask: Mask) -> Mask:
        if not self.inset or mask.all():
            return mask
        width = max(1, round(max(mask.shape) * self.inset))
        return np.asarray(cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))), np.uint8)

    @cached_property
    def _network(self) -> Aliked:
        try:
            import torch

            from resight.describe.aliked_network import Aliked
            from resight.learn.packaged import packaged_weights
        except ImportError as error:
            raise ResightError(MISSING) from error
        network = Aliked()
        network.load_state_dict(torch.load(packaged_weights(ALIKED), map_location="cpu", weights_only=True))
        return network.eval()


def packed(vectors: Floats) -> npt.NDArray[np.uint8]:
    """Vectors of length 1 in one byte a number; distances keep their order to within a hundredth.

    >>> packed(np.float32([[0, -0.1, 0.1]])).tolist()
    [[128, 96, 160]]
    """
    found: npt.NDArray[np.uint8] = np.clip(np.rint(vectors * UNIT) + MIDDLE, 0, 255).astype(np.uint8)
    return found


def unpacked(vectors: npt.NDArray[np.uint8]) -> Floats:
    """The vectors that were packed, of length 1 again."""
    found = (vectors.astype(np.float32) - MIDDLE) / np.float32(UNIT)
    unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def _none() -> LocalFeatures:
    """The features of no chip at all."""
    row, pair = np.zeros(0, np.float32), np.zeros((0, 2), np.float32)
    return LocalFeatures(np.zeros(1, np.int64), pair, pair, row, row, np.zeros((0, NUMBERS), np.uint8))
