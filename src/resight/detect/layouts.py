"""What detectors of different families put out, read as boxes: (n, 4) x, y, w, h in input pixels, and scores (n,).

`outputs` are the arrays of one picture, without the batch axis, in the order of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from resight.detect.seam import Found
from resight.types import Doubles, Floats

Layout = Callable[[Sequence[Floats], tuple[int, int]], Found]


def resight(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """Our own export: corners (n, 4) in pixels, and scores (n,)."""
    del size
    corners, scores = outputs
    return Found(_from_corners(corners), np.asarray(scores, np.float32).reshape(-1))


def yolo5(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """YOLOv5, v7: rows (n, 5 + classes) of centre, size, objectness and classes, all between 0 and 1 but the box."""
    del size
    rows = outputs[0]
    return Found(_from_centres(rows[:, :4]), np.asarray(rows[:, 4] * rows[:, 5:].max(axis=1), np.float32))


def yolo8(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """YOLOv8, 9, 11: columns (4 + classes, n) of centre, size and classes."""
    del size
    rows = outputs[0].T
    return Found(_from_centres(rows[:, :4]), np.asarray(rows[:, 4:].max(axis=1), np.float32))


def yolo10(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """YOLOv10, 26, and exports with suppression inside: rows (n, 6) of corners, score and class."""
    del size
    rows = outputs[0]
    return Found(_from_corners(rows[:, :4]), np.asarray(rows[:, 4], np.float32))


def yolox(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """YOLOX (Ge et al. 2021): rows (n, 5 + classes) that count from the cells of grids of 8, 16 and 32 pixels."""
    height, width = size
    cells = []
    for stride in (8, 16, 32):
        rows, columns = np.mgrid[: height // stride, : width // stride]
        steps = np.full(rows.size, stride)
        cells.append(np.stack([columns.ravel(), rows.ravel(), steps], axis=1))
    x, y, stride_of = np.concatenate(cells).T
    told = outputs[0].astype(np.float64)
    centres = np.stack(
        [
            (told[:, 0] + x) * stride_of,
            (told[:, 1] + y) * stride_of,
            np.exp(told[:, 2]) * stride_of,
            np.exp(told[:, 3]) * stride_of,
        ],
        axis=1,
    )
    return Found(_from_centres(centres), np.asarray(told[:, 4] * told[:, 5:].max(axis=1), np.float32))


def rtdetr(outputs: Sequence[Floats], size: tuple[int, int]) -> Found:
    """RT-DETR and DETR: logits (n, classes) and boxes (n, 4) of centre and size as shares, in either order."""
    height, width = size
    one, other = outputs[:2]
    shares, logits = (one, other) if _are_shares(one) else (other, one)
    scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
    boxes = _from_centres(shares * np.array([width, height, width, height]))
    return Found(boxes, np.asarray(scores.max(axis=1), np.float32))


LAYOUTS: dict[str, Layout] = {
    "resight": resight, "yolo5": yolo5, "yolo8": yolo8, "yolo10": yolo10, "yolox": yolox, "rtdetr": rtdetr,
}  # fmt: skip


def guessed(outputs: Sequence[Floats], size: tuple[int, int]) -> str | None:
    """The layout that outputs of these shapes have; None where they have none that is known.

    YOLOX and YOLOv5 have the same shapes at first sight. They differ in what the numbers are: YOLOX's boxes count
    cells, so that of its many boxes hardly any lies further than a grid away.
    """
    height, width = size
    first = outputs[0]
    if len(outputs) >= 2 and first.ndim == 2 and outputs[1].ndim == 1 and first.shape[1] == 4:
        return "resight"
    if len(outputs) >= 2 and first.ndim == outputs[1].ndim == 2 and 4 in (first.shape[1], outputs[1].shape[1]):
        return "rtdetr"
    if first.ndim != 2:
        return None
    if first.shape[1] == 6 and first.shape[0] <= 1000:
        return "yolo10"
    if first.shape[0] < first.shape[1] and first.shape[0] >= 5:
        return "yolo8"
    if first.shape[1] < 6:
        return None
    on_grids = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
    cells = len(first) == on_grids and float(np.abs(first[:, :2]).max()) < max(height, width) / 4
    return "yolox" if cells else "yolo5"


def _are_shares(one: Floats) -> bool:
    return one.shape[1] == 4 and bool((one >= 0).all()) and bool((one <= 1).all())


def _from_centres(rows: Floats | Doubles) -> Doubles:
    told = np.asarray(rows, np.float64)
    return np.concatenate([told[:, :2] - told[:, 2:4] / 2, told[:, 2:4]], axis=1)


def _from_corners(rows: Floats | Doubles) -> Doubles:
    told = np.asarray(rows, np.float64)
    return np.concatenate([told[:, :2], told[:, 2:4] - told[:, :2]], axis=1)
