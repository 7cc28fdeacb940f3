"""Boxes in the frames of a film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resight.detect.seam import Detector
from resight.media.video import frames
from resight.types import Detections, Rejection


def detect_film(
    detector: Detector, film: Path, every: int = 1, progress: Callable[[float, float | None], None] | None = None
) -> tuple[Detections, list[Rejection]]:
    """Boxes in every so manieth frame, numbered as in the film, and what of it could not be read.

    `progress` is told the seconds done and in all. VideoError where the file is no film.
    """
    numbers, boxes, scores, rejected = [], [np.zeros((0, 4))], [np.zeros(0, np.float32)], []
    for one in frames(film, every=every, progress=progress):
        if isinstance(one, Rejection):
            rejected.append(one)
            continue
        found = detector.detect([one.pixels])[0]
        numbers += [one.number] * len(found)
        boxes.append(found.boxes)
        scores.append(found.scores)
    return Detections(np.array(numbers, np.int64), np.concatenate(boxes), np.concatenate(scores)), rejected
