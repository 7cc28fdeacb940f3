"""The best pictures of each track: sharp, large, whole, seen from the side."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappush, heapreplace
from pathlib import Path

import cv2
import numpy as np

from resight.chip.cut import cut
from resight.chip.quality import quality
from resight.errors import ResightError
from resight.media.video import Frame, frames
from resight.track.dbscan import NOISE
from resight.track.overlap import overlap
from resight.types import Box, Detections, Doubles, Ints, Photo, Pixels, Rejection, Side

SIZE = 448  # the longer side of a crop, at most
FINE = 224  # a box of so many pixels shows all that is needed
EDGE = 2.0  # a box so near to the frame's border is of an animal that goes on outside
UNSEEN = 100  # frames after which a track has ended
COLUMNS = (
    "path", "identity", "side", "part", "encounter", "film", "frame", "track", "quality",
    "film_x", "film_y", "film_w", "film_h",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of each track of a film: who it is, and which side is seen; both (n,), by the track's number."""

    identity: tuple[str, ...]
    side: tuple[Side, ...]


@dataclass(frozen=True, slots=True, order=True)
class Crop:
    """One picture of a track; the better one is greater."""

    quality: float
    frame: int
    track: int = field(compare=False)
    box: Box = field(compare=False)
    pixels: Pixels = field(compare=False)


def best_crops(
    film: Path,
    detections: Detections,
    tracks: Ints,
    most: int = 12,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Crop | Rejection]:
    """At most so many crops of every track, when it has ended, in the order of their frames.

    What of the film cannot be read comes as a rejection. Only the best crops of the tracks that go on are held.
    """
    usual = _usual_aspect(detections)
    open_: dict[int, list[Crop]] = {}
    last: dict[int, int] = {}
    total = int(detections.frames[-1]) + 1 if len(detections) else 0
    for one in frames(film):
        if isinstance(one, Rejection):
            yield one
            continue
        start, stop = np.searchsorted(detections.frames, [one.number, one.number + 1])
        here = detections.boxes[start:stop]
        for place, track in enumerate(tracks[start:stop].tolist()):
            if track == NOISE:
                continue
            crop = _cropped(film, one, here, place, track, usual)
            kept = open_.setdefault(track, [])
            last[track] = one.number
            if len(kept) < most:
                heappush(kept, crop)
            elif kept[0] < crop:
                heapreplace(kept, crop)
        for track in [track for track in open_ if one.number - last[track] > UNSEEN]:
            yield from sorted(open_.pop(track), key=lambda crop: crop.frame)
        if progress is not None:
            progress(one.number + 1, total)
    for track in sorted(open_):
        yield from sorted(open_[track], key=lambda crop: crop.frame)


def write_crops(
    folder: Path,
    film: Path,
    detections: Detections,
    tracks: Ints,
    names: Names | None = None,
    encounter: str = "",
    part: str = "",
    most: int = 12,
    progress: Callable[[int, int], None] | None = None,
) -> list[Rejection]:
    """The best crops of a film's tracks in a folder, and a table of them for `resight add` and `resight train`.

    The table is `metadata.csv`; another film's rows are added to it. A track is an encounter of its own unless
    `encounter` names one. Gives what could not be read.
    """
    table = folder / "metadata.csv"
    if table.exists() and film.name in {row["film"] for row in csv.DictReader(table.open(encoding="utf-8"))}:
        raise ResightError(f"{table} has crops of {film.name} already: name another folder, or delete this one")
    (folder / film.stem).mkdir(parents=True, exist_ok=True)
    rejected, rows = [], []
    for one in best_crops(film, detections, tracks, most, progress):
        if isinstance(one, Rejection):
            rejected.append(one)
            continue
        path = Path(film.stem) / f"track-{one.track:04}-frame-{one.frame:06}.jpg"
        cv2.imwrite(str(folder / path), one.pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
        who = (names.identity[one.track], str(names.side[one.track])) if names else ("", str(Side.UNKNOWN))
        met = encounter or f"{film.stem}-track-{one.track:04}"
        place = [f"{number:g}" for number in (one.box.x, one.box.y, one.box.w, one.box.h)]
        rows.append([path.as_posix(), *who, part, met, film.name, one.frame, one.track, f"{one.quality:.3f}", *place])
    new = not table.exists()
    with table.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            # The boxes are those in the film's frames, so they have names of their own: a crop is used whole.
            writer.writerow(COLUMNS)
        writer.writerows(rows)
    return rejected


def cropped(film: Path, frame: Frame, box: Box) -> tuple[Pixels, float]:
    """The pixels of a box, not enlarged, and how good they are for naming an animal, 0 to 1."""
    chip = cut(Photo(film, "", frame.pixels), box, min(SIZE, max(1, round(max(box.w, box.h)))))
    return chip.pixels, quality(chip, max(box.w, box.h) / FINE)


def _cropped(film: Path, frame: Frame, boxes: Doubles, place: int, track: int, usual: float) -> Crop:
    box = Box(*boxes[place].tolist())
    pixels, good = cropped(film, frame, box)
    height, width = frame.pixels.shape[:2]
    whole = box.x > EDGE and box.y > EDGE and box.x + box.w < width - EDGE and box.y + box.h < height - EDGE
    # An animal that turns away looks shorter than the others, and one behind another shares its place.
    side_on = min(1.0, box.w / box.h / usual)
    others = np.delete(boxes, place, axis=0)
    free = 1.0 - float(overlap(boxes[place], others).max(initial=0.0))
    return Crop(good * side_on * free * (1.0 if whole else 0.3), frame.number, track, box, pixels)


def _usual_aspect(detections: Detections) -> float:
    """The width over the height of a box of an animal that is seen from the side."""
    if not len(detections):
        return 1.0
    return float(np.quantile(detections.boxes[:, 2] / detections.boxes[:, 3], 0.9))
