"""Films of an upload become pictures of single animals: each is followed, and the best pictures of every track cut out.

A film at a time; what came of it is written down last, so an opening that was interrupted goes on with the next, and
knows what it found out before. Films that no detector could look at wait for one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resight.config import settings
from resight.detect.film import detect_film
from resight.detect.kept import kept_detector
from resight.detect.onnx import OnnxDetector
from resight.errors import NothingFoundError, VideoError
from resight.media.file_names import FILM_SUFFIXES
from resight.media.film_mark import film_mark
from resight.track.follow import follow_film
from resight.types import Rejection
from resight.web.uploads import Item, Upload

FOLDER, OUTCOME = "films", "outcome.json"
LEAST = 0.1  # as `resight track`: unsure boxes go on with tracks of sure ones


@dataclass(frozen=True, slots=True)
class Followed:
    """A table of pictures for each film in which animals were found, what could not be used, and what waits."""

    tables: tuple[Path, ...]
    rejected: tuple[Rejection, ...]
    waiting: tuple[Item, ...]


def follow_films(catalogue: Path, upload: Upload, tell: Callable[[str, int, int], None]) -> Followed:
    """Look at all films that were not looked at yet, if the catalogue has a detector."""
    films = [item for item in upload.items() if item.suffix in FILM_SUFFIXES]
    places = {item: upload.folder / FOLDER / film_mark(item.path) for item in films}
    new = [item for item in films if not (places[item] / OUTCOME).exists()]
    model = kept_detector(catalogue)
    if model is not None and new:
        detector = OnnxDetector(model, LEAST, threads=settings().workers)
        for number, item in enumerate(new, start=1):
            _look(item, places[item], detector, f"Film {number} of {len(new)}", tell)
        new = []
    tables, rejected = [], []
    for item in (item for item in films if item not in new):
        said = json.loads((places[item] / OUTCOME).read_text(encoding="utf-8"))
        rejected += [Rejection(Path(item.place), reason) for reason in said]
        if (table := places[item] / "metadata.csv").exists():
            tables.append(table)
    return Followed(tuple(tables), tuple(rejected), tuple(new))


def _look(item: Item, folder: Path, detector: OnnxDetector, which: str, tell: Callable[[str, int, int], None]) -> None:
    """Follow the animals of a film into its folder, and write down what of it could not be used."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def looked(seconds: float, total: float | None) -> None:
        tell(f"{which}: looking for animals (seconds of film)", round(seconds), round(total or 0))

    def cut(what: str, done: int, total: int) -> None:
        tell(f"{which}: {what.lower()}", done, total)

    try:
        found, unread = detect_film(detector, item.path, 1, looked)
        _tracks, again = follow_film(item.path, found, folder, cut, every=1)
        reasons = [one.reason for one in (*unread, *(one for one in again if one not in unread))]
    except (VideoError, NothingFoundError) as error:
        reasons = [str(error).replace(str(item.path), item.place)]
    unfinished = folder / f"{OUTCOME}.unfinished"
    unfinished.write_text(json.dumps(reasons), encoding="utf-8")
    unfinished.replace(folder / OUTCOME)
