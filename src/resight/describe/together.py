"""Several describers of the same chips, so that what one overlooks another may see: `together:NAME&NAME`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.method import MASKS, open_describer, parted
from resight.types import Chip, Mask, Together

BETWEEN = "&"


def together(argument: str) -> Describer:
    """Two describers or more, by their names with & between them: `rootsift:inside&onnx:model.onnx`."""
    names = argument.split(BETWEEN)
    if len(names) < 2 or not all(names):
        raise ResightError(
            "together takes two describers or more with & between them, in quotation marks for the shell: "
            "'together:rootsift:inside&onnx:model.onnx+mask'"
        )
    return TogetherDescriber(tuple(map(_opened, names)))


@dataclass(frozen=True)
class TogetherDescriber:
    """Describes each chip in several ways; each way sees it in the size that it asks for, and no larger."""

    describers: tuple[Describer, ...]
    name: str = "together"

    @property
    def fingerprint(self) -> str:
        """Those of its describers, in their order."""
        return "+".join([self.name, *(one.fingerprint for one in self.describers)])

    @property
    def size(self) -> int:
        """The largest that one of them asks for."""
        return max(one.size for one in self.describers)

    def describe(self, chips: Sequence[Chip]) -> Together:
        """For each chip what every describer says of it."""
        parts = [one.describe([shrunk(chip, one.size) for chip in chips]) for one in self.describers]
        return Together(tuple(part for part in parts if not isinstance(part, Together)))


def shrunk(chip: Chip, size: int) -> Chip:
    """The chip with a longer side of at most `size` pixels; a smaller one as it is.

    >>> shrunk(Chip(np.zeros((30, 60, 3), np.uint8), np.eye(2, 3)), 20).pixels.shape
    (10, 20, 3)
    """
    height, width = chip.pixels.shape[:2]
    factor = size / max(height, width)
    if factor >= 1:
        return chip
    h, w = max(1, round(height * factor)), max(1, round(width * factor))
    mask: Mask | None = None
    if chip.mask is not None:
        soft = cv2.resize(chip.mask, (w, h), interpolation=cv2.INTER_AREA)
        mask = np.where(soft > 127, 255, 0).astype(np.uint8)
    larger = np.diag([width / w, height / h, 1.0])
    pixels = np.asarray(cv2.resize(chip.pixels, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    return replace(chip, pixels=pixels, to_photo=chip.to_photo @ larger, mask=mask)


def _opened(name: str) -> Describer:
    described, matched = parted(name)
    if MASKS.search(described) or matched:
        raise ResightError(
            f"{name}: masks and matcher are of the whole method, and stand at its end, not behind one of the "
            "describers that it puts together"
        )
    found = open_describer(name)
    if isinstance(found, TogetherDescriber):
        raise ResightError(f"{name}: what is put together cannot be put together once more; name all in one row")
    return found
