"""Which pixels are the animal: background names the place, not the animal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path

import cv2
import numpy as np

from resight.chip.padded import DEVIATION, MEAN, normalised
from resight.config import settings
from resight.types import Floats, Mask, Pixels
from resight.weights import U2NETP, find_weights

Foreground = Callable[[Pixels], Mask]
KIND, PROBABLE = "resight.mask", "probability"  # in a model's metadata, where it gives probabilities
# How probable a pixel must be animal. Of animals that the network never learned it is seldom sure: at this, its masks
# overlap most with those of U-2-Net-p, on antelopes, lions, flukes, koi and tigers together.
LEAST = 0.15


class OnnxForeground:
    """A foreground network: RGB photo (H, W, 3) in, mask (H, W) out, 255 on what stands out.

    The network takes one normalised image (1, 3, s, s) and gives a map in [0, 1], as U-2-Net does (Qin et al.
    2020); its input is square, so the photo is squeezed. One of our own says in its metadata that its map holds
    probabilities.
    """

    def __init__(self, model: Path) -> None:
        import onnxruntime

        self._model = model
        options = onnxruntime.SessionOptions()
        # One thread each: photos are spread over processes, which is faster than threads within one photo.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Without its arena the network gives memory back between photos: 0.1 GB a process instead of 0.6.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
        entry = self._session.get_inputs()[0]
        self._input, self._size = entry.name, int(entry.shape[-1])
        self._output = self._session.get_outputs()[0].name
        self._probable = self._session.get_modelmeta().custom_metadata_map.get(KIND) == PROBABLE

    def __call__(self, pixels: Pixels) -> Mask:
        """The mask of one photo, 0 or 255, in the photo's own size."""
        small = np.asarray(cv2.resize(pixels, (self._size, self._size), interpolation=cv2.INTER_AREA), np.uint8)
        given = normalised(small[None]) if self._probable else _brightened(small)
        found = self._session.run([self._output], {self._input: given})[0][0, 0].astype(np.float32)
        height, width = pixels.shape[:2]
        level = cv2.resize(found if self._probable else _spread(found), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.where(level > (LEAST if self._probable else 0.5), 255, 0).astype(np.uint8)

    @cached_property
    def fingerprint(self) -> str:
        """The network's name, and the hash of its file."""
        with self._model.open("rb") as file:
            return f"{self._model.stem}-{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}"


def _brightened(small: Pixels) -> Floats:
    """A picture (s, s, 3) as U-2-Net was shown it: its brightest number is white."""
    light = small.astype(np.float32) / max(float(small.max()), 1e-6)
    return np.ascontiguousarray(((light - MEAN) / DEVIATION).transpose(2, 0, 1)[None], dtype=np.float32)


def _spread(found: Floats) -> Floats:
    """U-2-Net's map, spread from 0 to 1."""
    span = float(found.max() - found.min())
    return np.asarray((found - found.min()) / span if span > 0 else np.zeros_like(found), np.float32)


@cache
def shipped() -> OnnxForeground:
    """The foreground network that comes with resight."""
    with as_file(files("resight.models").joinpath("mask.onnx")) as model:
        return OnnxForeground(model)


@cache
def u2netp(offline: bool = False) -> OnnxForeground:
    """The general foreground network U-2-Net-p, by its weights' name; WeightsMissingError without them."""
    where = settings()
    return OnnxForeground(find_weights(U2NETP, where.model_copy(update={"offline": True}) if offline else where))


def believable(mask: Mask, least: float = 0.02, most: float = 0.98) -> bool:
    """Whether a mask can be of an animal: neither next to nothing nor everything.

    >>> believable(np.zeros((4, 4), np.uint8))
    False
    """
    return least <= float((mask > 127).mean()) <= most
