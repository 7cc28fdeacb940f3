"""Detectors as ONNX models: our own, and other people's exports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from resight.chip.padded import DEVIATION, GREY, MEAN
from resight.detect.bars import without_bars
from resight.detect.layouts import LAYOUTS, guessed
from resight.detect.seam import Found, best_of_overlapping
from resight.errors import ResightError
from resight.types import Floats, Pixels

SIZE = 640  # of a model that leaves it open
LARGER = 1.6  # so many times larger than the input, and a picture is also looked at in tiles
SHARED = 0.25  # of a tile with the next one, so that an animal on the seam is whole in one of them
CUT = 2.0  # pixels from a tile's inner edge: what touches it is cut off, and whole in the next tile


class OnnxDetector:
    """Boxes by an ONNX model of the YOLO family, RT-DETR, or our own training.

    A picture, without black bars, is fitted into the model's input, never squeezed; one that is much larger than the
    input is looked at in overlapping tiles besides, unless `tiled` is False. Boxes below `least` are dropped. `layout`
    is guessed from what the model puts out, or named: resight, yolo5, yolo8, yolo10, yolox, rtdetr.

    Raises ResightError where the file is no such model.
    """

    def __init__(
        self, model: Path, least: float = 0.25, tiled: bool = True, layout: str | None = None, threads: int = 1
    ) -> None:
        import onnxruntime

        self._path, self._least, self._tiled = model, least, tiled
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a dozen kinds, none of them public
            raise ResightError(f"{model} cannot be opened as an ONNX model: {error}") from error
        entries = self._session.get_inputs()
        if len(entries[0].shape) != 4 or entries[0].shape[1] not in (3, "3"):
            raise ResightError(f"{model} takes {entries[0].shape}; a detector takes (n, 3, height, width)")
        self._names = [entry.name for entry in entries]
        self._height, self._width = (s if isinstance(s, int) and s > 0 else SIZE for s in entries[0].shape[2:])
        about = self._session.get_modelmeta().custom_metadata_map
        # Ours says so itself; the world's detectors take RGB between 0 and 1, but for YOLOX, which takes 0 to 255.
        self._layout = layout or about.get("resight.layout")
        self._ours = about.get("resight.layout") == "resight"
        if self._layout is not None and self._layout not in LAYOUTS:
            raise ResightError(f"there is no layout {self._layout!r}: it is one of {', '.join(LAYOUTS)}")

    @property
    def size(self) -> tuple[int, int]:
        """The model's input: height, width."""
        return self._height, self._width

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the model's file, and how it is used."""
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        return f"detector-2-{digest}-{self._least:g}{'-tiled' if self._tiled else ''}"

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        """One answer for each picture (h, w, 3), RGB, of any size."""
        return [self._between_bars(picture) for picture in pictures]

    def _between_bars(self, picture: Pixels) -> Found:
        rows, columns = without_bars(picture)
        found = self._in_tiles(picture[rows, columns])
        return Found(found.boxes + np.array([columns.start, rows.start, 0, 0]), found.scores)

    def _in_tiles(self, picture: Pixels) -> Found:
        found = [self._once(picture)]
        height, width = picture.shape[:2]
        if self._tiled and max(height / self._height, width / self._width) > LARGER:
            # What fits into the part that two tiles share is whole in one of them, and seen better there.
            sizes = found[0].boxes[:, 2:] / (self._width, self._height)
            found = [found[0].take(np.asarray(sizes.max(axis=1) > SHARED, np.bool_))]
            for top, left in tiles(height, width, self._height, self._width):
                tile = picture[top : top + self._height, left : left + self._width]
                found.append(_whole(self._once(tile), top, left, tile.shape[:2], (height, width)))
        boxes = np.concatenate([one.boxes for one in found])
        scores = np.concatenate([one.scores for one in found])
        return best_of_overlapping(_inside(Found(boxes, scores), width, height))

    def _once(self, picture: Pixels) -> Found:
        """The picture as one input."""
        factor = min(self._height / picture.shape[0], self._width / picture.shape[1])
        h, w = (max(1, round(side * factor)) for side in picture.shape[:2])
        canvas = np.full((self._height, self._width, 3), GREY if self._ours else 114, np.uint8)
        canvas[:h, :w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        found = self._run(canvas)
        kept = found.take(found.scores >= self._least)
        return Found(kept.boxes / factor, kept.scores)

    def _run(self, canvas: Pixels) -> Found:
        feeds: dict[str, object] = {self._names[0]: self._prepared(canvas)}
        if len(self._names) > 1:
            # RT-DETR's own export scales the boxes itself, and asks for the size.
            feeds[self._names[1]] = np.array([[self._width, self._height]], np.int64)
        outputs = [np.asarray(one) for one in self._session.run(None, feeds)]
        rows = [one[0] for one in outputs if one.ndim]
        if len(feeds) > 1 and len(rows) == 3:
            return _scaled(rows)
        if self._layout is None:
            self._layout = guessed(rows, self.size)
            if self._layout is None:
                shapes = ", ".join(str(one.shape) for one in outputs)
                raise ResightError(
                    f"{self._path} puts out {shapes}, which is none of the layouts known: {', '.join(LAYOUTS)}"
                )
            if self._layout == "yolox":
                return self._run(canvas)
        return LAYOUTS[self._layout](rows, self.size)

    def _prepared(self, canvas: Pixels) -> Floats:
        light = canvas.astype(np.float32)
        light = np.asarray(light[:, :, ::-1] if self._layout == "yolox" else light / 255, np.float32)
        if self._ours:
            light = (light - MEAN) / DEVIATION
        return np.ascontiguousarray(light.transpose(2, 0, 1)[None], dtype=np.float32)


def tiles(height: int, width: int, tile_height: int, tile_width: int) -> Iterator[tuple[int, int]]:
    """The top-left corners of tiles that cover a picture and share a part with the next; (top, left).

    >>> list(tiles(100, 250, 100, 100))
    [(0, 0), (0, 75), (0, 150)]
    """
    for top in _starts(height, tile_height):
        for left in _starts(width, tile_width):
            yield top, left


def _starts(length: int, tile: int) -> list[int]:
    if length <= tile:
        return [0]
    steps = int(np.ceil((length - tile) / (tile * (1 - SHARED))))
    return [round(step * (length - tile) / steps) for step in range(steps + 1)]


def _whole(found: Found, top: int, left: int, tile: tuple[int, int], picture: tuple[int, int]) -> Found:
    """What a tile shows whole, in the picture's pixels."""
    x, y, w, h = found.boxes.T
    cut = (x < CUT) & (left > 0) | (y < CUT) & (top > 0)
    cut |= (x + w > tile[1] - CUT) & (left + tile[1] < picture[1])
    cut |= (y + h > tile[0] - CUT) & (top + tile[0] < picture[0])
    kept = found.take(~cut)
    return Found(kept.boxes + np.array([left, top, 0, 0]), kept.scores)


def _inside(found: Found, width: int, height: int) -> Found:
    low = np.clip(found.boxes[:, :2], 0, (width, height))
    high = np.clip(found.boxes[:, :2] + found.boxes[:, 2:], 0, (width, height))
    boxes = np.concatenate([low, high - low], axis=1)
    return Found(boxes, found.scores).take(np.asarray((boxes[:, 2:] > 1).all(axis=1), np.bool_))


def _scaled(rows: Sequence[Floats]) -> Found:
    """RT-DETR's own export: labels, corners, scores, in some order."""
    corners = next(one for one in rows if one.ndim == 2 and one.shape[1] == 4)
    scores = next(one for one in rows if one.ndim == 1 and one.dtype.kind == "f")
    return LAYOUTS["resight"]([corners, scores], (0, 0))
