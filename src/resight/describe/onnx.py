"""Embeddings by any ONNX image model: the user's own, or an export of a published one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from resight.chip.look import Look, seen
from resight.chip.padded import normalised, padded
from resight.errors import ResightError
from resight.types import Chip, Embeddings, Floats

DEFAULT_SIZE = 224
# In a model's metadata: "0" where the lengths of its vectors say something, and how it is shown pictures.
UNIT, LOOK = "resight.unit", "resight.look"

Network = Callable[[Floats], Any]  # images (n, 3, h, w) in, the first output (n, ...)


class OnnxDescriber:
    """Embeddings from an ONNX model that takes (n, 3, h, w) RGB, normalised as for ImageNet.

    They are brought to length 1, but where the model's metadata says that their lengths count. Chips are padded to a
    square, never squeezed; what lies outside the mask becomes grey. A model that learned on grey or binarised pictures
    says so in its metadata, and is shown such. An output of more than two axes is averaged over
    its pixels. `engine` opens the model to calculate with, under the name by which its vectors are known; without one
    onnxruntime does. Raises ResightError where the file is not such a model.
    """

    def __init__(
        self, model: Path, batch: int = 16, name: str = "onnx", engine: Callable[[Path], Network] | None = None
    ) -> None:
        import onnxruntime

        self.name, self._path, self._batch = name, model, batch
        options = onnxruntime.SessionOptions()
        # One thread each: photos are spread over processes, which is faster than threads within one photo.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a dozen kinds, none of them public
            raise ResightError(f"{model} cannot be opened as an ONNX model: {error}") from error
        entry = session.get_inputs()[0]
        if len(entry.shape) != 4 or entry.shape[1] != 3:
            raise ResightError(f"{model} takes {entry.shape}; an image model takes (n, 3, height, width)")
        self._fixed = isinstance(entry.shape[0], int) and entry.shape[0] > 0
        if self._fixed:
            self._batch = entry.shape[0]
        told = session.get_modelmeta().custom_metadata_map
        self._unit, self._look = told.get(UNIT) != "0", _look(told.get(LOOK, Look.COLOUR), model)
        self._network = engine(model) if engine else lambda images: session.run(None, {entry.name: images})[0]
        self._height, self._width = (s if isinstance(s, int) and s > 0 else DEFAULT_SIZE for s in entry.shape[2:])

    @property
    def size(self) -> int:
        """The longer side of the model's input, pixels."""
        return max(self._height, self._width)

    @cached_property
    def fingerprint(self) -> str:
        """What calculates, the version of the preparation, and the hash of the model's file."""
        with self._path.open("rb") as file:
            return f"{self.name}-1-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"

    def describe(self, chips: Sequence[Chip]) -> Embeddings:
        """One vector for each chip."""
        if not chips:
            # Only the model knows how long its vectors are.
            return Embeddings(self._run(np.zeros((1, 3, self._height, self._width), np.float32))[:0])
        images = np.stack([padded(seen(chip, self._look), self._height, self._width) for chip in chips])
        found = [self._run(normalised(images[i : i + self._batch])) for i in range(0, len(images), self._batch)]
        vectors = np.concatenate(found)
        if not self._unit:
            return Embeddings(vectors)
        return Embeddings(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))

    def _run(self, images: Floats) -> Floats:
        wanted = len(images)
        if self._fixed and wanted < self._batch:
            images = np.concatenate([images, np.repeat(images[-1:], self._batch - wanted, axis=0)])
        output = np.asarray(self._network(images), dtype=np.float32)[:wanted]
        return output.reshape(*output.shape[:2], -1).mean(axis=2) if output.ndim > 2 else output


def model_file(describer: str, argument: str) -> Path:
    """The file named after the describer's colon; ResightError where there is none."""
    if not argument:
        raise ResightError(f"{describer} needs the model's file after a colon: {describer}:model.onnx")
    path = Path(argument).expanduser()
    if not path.is_file():
        raise ResightError(f"there is no model {path}: give the path of an .onnx file")
    return path


def _look(named: str, model: Path) -> Look:
    try:
        return Look(named)
    except ValueError as error:
        raise ResightError(f"{model} wants {named!r} pictures, which this version of resight does not know") from error
