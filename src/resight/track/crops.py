"""The best pictures of each track: sharp, large, whole, seen from the side."""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappush, heapreplace
from pathlib import Path

import cv2
import numpy as np

from resight.chip.cut import cut
from resight.chip.quality import quality
from resight.errors import PhotoError, ResightError
from resight.media.film_mark import film_mark
from resight.media.video import Frame, frames, video_facts
from resight.track.bounds import picture_of
from resight.track.dbscan import NOISE
from resight.track.overlap import overlap
from resight.types import Box, Detections, Doubles, Ints, Photo, Pixels, Rejection, Side

SIZE = 448  # the longer side of a crop, at most
FINE = 224  # a box of so many pixels shows all that is needed
EDGE = 2.0  # a box so near to the picture's border is of an animal that goes on outside
COLUMNS = (
    "path", "identity", "side", "part", "encounter", "date", "film", "frame", "track", "quality",
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
    seconds: float = field(compare=False)
    pixels: Pixels = field(compare=False)


def best_crops(
    film: Path,
    detections: Detections,
    tracks: Ints,
    most: int = 12,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Crop | Rejection]:
    """At most so many crops of every track, when it has ended, in the order of their frames.

    What of the film cannot be read comes as a rejection, and so do boxes outside of it. Only the best crops of the
    tracks that go on are held.
    """
    usual, inside = usual_aspect(detections.boxes), picture_of(film)
    open_: dict[int, list[Crop]] = {}
    last = dict(zip(tracks.tolist(), detections.frames.tolist(), strict=True))
    total = int(detections.frames[-1]) + 1 if len(detections) else 0
    held = 0
    for one in frames(film):
        if isinstance(one, Rejection):
            yield one
            continue
        held = one.number + 1
        start, stop = np.searchsorted(detections.frames, [one.number, one.number + 1])
        here = detections.boxes[start:stop]
        for place, track in enumerate(tracks[start:stop].tolist()):
            if track == NOISE:
                continue
            try:
                crop = crop_of(film, one, here, place, track, usual, inside)
            except PhotoError as error:
                yield Rejection(film, f"frame {one.number}: {error}")
                continue
            kept = open_.setdefault(track, [])
            if len(kept) < most:
                heappush(kept, crop)
            elif kept[0] < crop:
                heapreplace(kept, crop)
        for track in [track for track in open_ if last[track] <= one.number]:
            yield from sorted(open_.pop(track), key=lambda crop: crop.frame)
        if progress is not None:
            progress(one.number + 1, total)
    for track in sorted(open_):
        yield from sorted(open_[track], key=lambda crop: crop.frame)
    if beyond := int(np.count_nonzero(detections.frames >= held)):
        yield Rejection(
            film,
            f"{beyond} boxes are in frames that it lacks: it has {held}. Are they of another film, or was it cut off?",
        )


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

    The table is `metadata.csv`; another film's rows are added to it, all of them or none. A track is an encounter of
    its own unless `encounter` names one; its label holds a mark of the film and one of the tracks, for the next card
    has a film of that name, and another detector numbers other animals.
    Gives what could not be read. ResightError where there are crops of this film already, or of another one of its
    name, whatever its suffix.
    """
    table = folder / "metadata.csv"
    check_new(table, film)
    (folder / film.stem).mkdir(parents=True, exist_ok=True)
    rejected, rows, begun = [], [], video_facts(film).begun_at
    mark = f"{film_mark(film)}-{tracks_mark(detections, tracks)}"
    for one in best_crops(film, detections, tracks, most, progress):
        if isinstance(one, Rejection):
            rejected.append(one)
            continue
        path = Path(film.stem) / f"track-{one.track:04}-frame-{one.frame:06}.jpg"
        write_picture(folder / path, one.pixels)
        who = (names.identity[one.track], str(names.side[one.track])) if names else ("", str(Side.UNKNOWN))
        met = encounter or f"{film.stem}-{mark}-track-{one.track:04}"
        place = [f"{number:g}" for number in (one.box.x, one.box.y, one.box.w, one.box.h)]
        seen = [film.name, one.frame, one.track, f"{one.quality:.3f}"]
        rows.append([path.as_posix(), *who, part, met, taken(begun, one.seconds), *seen, *place])
    unfinished = table.with_name("metadata.csv.unfinished")
    before = table.read_bytes() if table.exists() else b""
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        file.write(before.decode())
        writer = csv.writer(file)
        if not before:
            # The boxes are those in the film's frames, so they have names of their own: a crop is used whole.
            writer.writerow(COLUMNS)
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(table)
    return rejected


def tracks_mark(detections: Detections, tracks: Ints) -> str:
    """Six characters that other boxes, or other tracks of them, do not have."""
    seen = hashlib.sha256()
    for column in (detections.frames, detections.boxes, tracks):
        seen.update(np.ascontiguousarray(column).tobytes())
    return seen.hexdigest()[:6]


def taken(begun_at: datetime | None, seconds: float) -> str:
    """When a frame was taken, to the second, as tables have it; empty where the film does not tell when it began."""
    return "" if begun_at is None else (begun_at + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def check_new(table: Path, film: Path) -> None:
    """ResightError where a table has crops of this film already, or of another one of its name, whatever its suffix."""
    for other in films_in(table):
        if Path(other).stem.casefold() == film.stem.casefold():
            raise ResightError(f"{table} has crops of {other} already: name another folder, or delete this one")


def films_in(table: Path) -> dict[str, int]:
    """The films whose crops a table lists, and how many tracks it has of each; none where there is no table.

    ResightError where the table is another one.
    """
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"film", "track"} <= set(rows.fieldnames or ()):
            raise ResightError(f"{table} is no table of tracks, and cannot be added to: name another folder")
        tracks = {(row["film"], row["track"]) for row in rows}
    return Counter(film for film, _ in tracks)


def cropped(film: Path, frame: Frame, box: Box) -> tuple[Pixels, float]:
    """The pixels of a box, not enlarged, and how good they are for naming an animal, 0 to 1."""
    chip = cut(Photo(film, "", frame.pixels), box, min(SIZE, max(1, round(max(box.w, box.h)))))
    return chip.pixels, quality(chip, max(box.w, box.h) / FINE)


def crop_of(film: Path, frame: Frame, boxes: Doubles, place: int, track: int, usual: float, inside: Box) -> Crop:
    """The crop of one of a frame's boxes (k, 4), the one at this place, and how good it is among its track's.

    `usual` is the width over the height of an animal that is seen from the side, `inside` where the frame's picture is.
    PhotoError where the box lies outside the frame.
    """
    box = Box(*boxes[place].tolist())
    pixels, good = cropped(film, frame, box)
    right, bottom = inside.x + inside.w - box.x - box.w, inside.y + inside.h - box.y - box.h
    whole = min(box.x - inside.x, box.y - inside.y, right, bottom) > EDGE
    # An animal that turns away looks shorter than the others, and one behind another shares its place.
    side_on = min(1.0, box.w / box.h / usual)
    others = np.delete(boxes, place, axis=0)
    free = 1.0 - float(overlap(boxes[place], others).max(initial=0.0))
    return Crop(good * side_on * free * (1.0 if whole else 0.3), frame.number, track, box, frame.seconds, pixels)


def usual_aspect(boxes: Doubles) -> float:
    """The width over the height of a box (k, 4) of an animal that is seen from the side."""
    if not len(boxes):
        return 1.0
    return float(np.quantile(boxes[:, 2] / boxes[:, 3], 0.9))


def write_picture(path: Path, pixels: Pixels) -> None:
    """RGB pixels (h, w, 3) as a JPEG file; ResightError where it cannot be written."""
    _, coded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    try:
        path.write_bytes(coded.tobytes())
    except OSError as error:
        raise ResightError(f"{path} cannot be written: {error.strerror}") from error
