"""Animals before a background that stands still, as in a tank or a pen seen from above: what differs from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from resight.detect.seam import Found
from resight.errors import ResightError, VideoError
from resight.media.file_names import shown
from resight.media.video import Frame, frames, video_facts
from resight.types import Doubles, Pixels

SAMPLED = 31  # frames of which the background is the median: an animal that moves is in few of them at one place
NOISES = 8.0  # so many times the usual difference from the background is no noise
LEAST = 12.0  # grey levels


class StillBackground:
    """What differs from the median of a film's frames, in one piece and large enough.

    `least` is the fewest pixels of an animal. Raises VideoError where the film cannot be read, and ResightError where
    it has too few frames.
    """

    def __init__(self, film: Path, least: int = 40) -> None:
        facts = video_facts(film)
        stated = round((facts.seconds or 0) * (facts.rate or 0))
        kept = _sample(film, max(1, stated // SAMPLED))
        if len(kept) < 3:
            raise VideoError(f"{shown(film)}: {len(kept)} frames are too few to tell what stands still in them")
        self._background = np.median(np.stack(kept), axis=0).astype(np.float32)
        away = np.abs(np.stack(kept[:: max(1, len(kept) // 8)]).astype(np.float32) - self._background)
        self._threshold = max(LEAST, NOISES * float(np.median(away)))
        self._least = least

    @property
    def fingerprint(self) -> str:
        """The hash of the background, and the threshold."""
        digest = hashlib.sha256(self._background.tobytes()).hexdigest()[:12]
        return f"still-background-1-{digest}-{self._threshold:.1f}-{self._least}"

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        """One answer for each frame of the film; the score tells how far a piece stands out."""
        return [self._one(picture) for picture in pictures]

    def _one(self, picture: Pixels) -> Found:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        if grey.shape != self._background.shape:
            raise ResightError(f"a picture of {grey.shape[1]} x {grey.shape[0]} pixels is not of this film")
        away = cv2.GaussianBlur(np.abs(grey - self._background), (0, 0), 1.0)
        mask = (away > self._threshold).astype(np.uint8)
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        boxes: list[list[float]] = []
        scores: list[float] = []
        for number in range(1, len(stats)):
            if stats[number, cv2.CC_STAT_AREA] >= self._least:
                boxes.append([float(value) for value in stats[number, :4]])
                strength = float(away[pieces == number].mean())
                scores.append(strength / (strength + self._threshold))
        told: Doubles = np.array(boxes, np.float64).reshape(-1, 4)
        return Found(told, np.array(scores, np.float32))


def _sample(film: Path, every: int) -> list[Pixels]:
    """Grey frames from all of a film, so manieth ones, or fewer where a rate or a length is stated wrong or not."""
    kept: list[Pixels] = []
    apart = 1
    taken = (one for one in frames(film, every=every) if isinstance(one, Frame))
    for place, one in enumerate(taken):
        if place % apart == 0:
            kept.append(np.asarray(cv2.cvtColor(one.pixels, cv2.COLOR_RGB2GRAY), np.uint8))
        if len(kept) == 2 * SAMPLED:
            kept, apart = kept[::2], 2 * apart
    return kept
