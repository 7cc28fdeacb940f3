"""Embeddings by any ONNX image model: the user's own, or an export of a published one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from resight.errors import ResightError
from resight.types import Chip, Embeddings, Floats

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)
GREY = 124
DEFAULT_SIZE = 224


class OnnxDescriber:
    """Unit-length embeddings from an ONNX model that takes (n, 3, h, w) RGB, normalised as for ImageNet.

    Chips are padded to a square, never squeezed; what lies outside the mask becomes grey. An output of more than
    two axes is averaged over its pixels. Raises ResightError where the file is not such a model.
    """

    name = "onnx"

    def __init__(self, model: Path, batch: int = 16) -> None:
        import onnxruntime

        self._path, self._batch = model, batch
        options = onnxruntime.SessionOptions()
        # One thread each: photos are spread over processes, which is faster than threads within one photo.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a dozen kinds, none of them public
            raise ResightError(f"{model} cannot be opened as an ONNX model: {error}") from error
        entry = self._session.get_inputs()[0]
        if len(entry.shape) != 4 or entry.shape[1] != 3:
            raise ResightError(f"{model} takes {entry.shape}; an image model takes (n, 3, height, width)")
        if isinstance(entry.shape[0], int):
            self._batch = entry.shape[0] if entry.shape[0] > 0 else batch
        self._input = entry.name
        self._height, self._width = (s if isinstance(s, int) and s > 0 else DEFAULT_SIZE for s in entry.shape[2:])

    @property
    def size(self) -> int:
        """The longer side of the model's input, pixels."""
        return max(self._height, self._width)

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the model's file, and the version of the preparation."""
        with self._path.open("rb") as file:
            return f"onnx-1-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"

    def describe(self, chips: Sequence[Chip]) -> Embeddings:
        """One unit-length vector for each chip."""
        if not chips:
            # Only the model knows how long its vectors are.
            return Embeddings(self._run(np.zeros((1, 3, self._height, self._width), np.float32))[:0])
        images = [_prepared(chip, self._height, self._width) for chip in chips]
        found = [self._run(np.stack(images[i : i + self._batch])) for i in range(0, len(images), self._batch)]
        vectors = np.concatenate(found)
        return Embeddings(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))

    def _run(self, images: Floats) -> Floats:
        wanted = len(images)
        if isinstance(self._session.get_inputs()[0].shape[0], int) and wanted < self._batch:
            images = np.concatenate([images, np.repeat(images[-1:], self._batch - wanted, axis=0)])
        output = np.asarray(self._session.run(None, {self._input: images})[0], dtype=np.float32)[:wanted]
        return output.reshape(*output.shape[:2], -1).mean(axis=2) if output.ndim > 2 else output


def _prepared(chip: Chip, height: int, width: int) -> Floats:
    pixels = chip.pixels
    if chip.mask is not None:
        pixels = np.where(chip.mask[..., None] > 127, pixels, GREY).astype(np.uint8)
    factor = min(width / pixels.shape[1], height / pixels.shape[0])
    w, h = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    canvas = np.full((height, width, 3), GREY, np.uint8)
    top, left = (height - h) // 2, (width - w) // 2
    canvas[top : top + h, left : left + w] = cv2.resize(
        pixels, (w, h), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    )
    return np.ascontiguousarray(((canvas.astype(np.float32) / 255 - MEAN) / DEVIATION).transpose(2, 0, 1))
