"""Films of an upload become pictures of single animals: each is followed, and the best pictures of every track cut out.

A film at a time; what is done is done, so an opening that was interrupted goes on with the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
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

FOLDER = "films"
LEAST = 0.1  # as `resight track`: unsure boxes go on with tracks of sure ones
NO_DETECTOR = (
    "a film needs a detector, which finds the animals in it: train one on the page Jobs, or put an ONNX model into the "
    "folder 'detectors' of the catalogue, and send the film again"
)


def follow_films(
    catalogue: Path, upload: Upload, tell: Callable[[str, int, int], None]
) -> tuple[list[Path], list[Rejection]]:
    """A table of pictures for each film in which animals were found, and what could not be used."""
    films = [item for item in upload.items() if item.suffix in FILM_SUFFIXES]
    if not films:
        return [], []
    model = kept_detector(catalogue)
    if model is None:
        return [], [Rejection(Path(item.place), NO_DETECTOR) for item in films]
    detector = OnnxDetector(model, LEAST, threads=settings().workers)
    tables, rejected = [], []
    for number, item in enumerate(films, start=1):
        try:
            table, unread = _followed(upload, item, detector, f"Film {number} of {len(films)}", tell)
        except (VideoError, NothingFoundError) as error:
            rejected.append(Rejection(Path(item.place), str(error).replace(str(item.path), item.place)))
            continue
        tables.append(table)
        rejected += [Rejection(Path(item.place), one.reason) for one in unread]
    return tables, rejected


def _followed(
    upload: Upload, item: Item, detector: OnnxDetector, which: str, tell: Callable[[str, int, int], None]
) -> tuple[Path, list[Rejection]]:
    folder = upload.folder / FOLDER / film_mark(item.path)
    table = folder / "metadata.csv"
    if table.exists():  # it is written last
        return table, []
    shutil.rmtree(folder, ignore_errors=True)

    def looked(seconds: float, total: float | None) -> None:
        tell(f"{which}: looking for animals (seconds of film)", round(seconds), round(total or 0))

    found, unread = detect_film(detector, item.path, 1, looked)
    _tracks, again = follow_film(
        item.path, found, folder, lambda what, done, total: tell(f"{which}: {what.lower()}", done, total), every=1
    )
    return table, unread + [one for one in again if one not in unread]
