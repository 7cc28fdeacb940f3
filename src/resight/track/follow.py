"""A film's boxes to tracks, and the folder of what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from resight.errors import NothingFoundError
from resight.track.bounds import picture_of
from resight.track.crops import check_new, write_crops
from resight.track.dbscan import Clustering, dbscan_tracks
from resight.track.files import write_tracks
from resight.track.motion import motion_tracks
from resight.track.picture import tracks_figure
from resight.types import Detections, Ints, Rejection


def follow_film(
    film: Path, found: Detections, into: Path, tell: Callable[[str, int, int], None],
    clustering: Clustering | None = None, most: int = 12, every: int | None = None,
) -> tuple[Ints, list[Rejection]]:  # fmt: skip
    """Join boxes by motion, or by clustering where it is given; write the tracks, a figure and the best pictures.

    `every` tells that every so manieth frame was looked at, where that is known. Gives the track of each box, and what
    of the film could not be read. NothingFoundError where there is no box, ResightError where the folder has tracks of
    this film already, or of another one of its name; nothing is written then.
    """
    check_new(into / "metadata.csv", film)
    if not len(found):
        raise NothingFoundError(f"{film}: no animal was found in any frame; try a smaller --least, or another detector")
    tell("Joining boxes to tracks", 0, 0)
    if clustering:
        tracks = dbscan_tracks(found, clustering)
    else:
        # Who has swum behind a black bar has left the picture.
        inside = picture_of(film)
        shifted = replace(found, boxes=found.boxes - (inside.x, inside.y, 0, 0))
        tracks = motion_tracks(shifted, size=(inside.w, inside.h), every=every)
    into.mkdir(parents=True, exist_ok=True)
    write_tracks(into / f"{film.stem}.tracks.csv", found, tracks)
    tracks_figure(found, tracks, film.name).savefig(into / f"{film.stem}.tracks.png")
    return tracks, write_crops(into, film, found, tracks, most=most, progress=lambda n, of: tell("Cutting out", n, of))
