"""A film's boxes to tracks, and the folder of what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resight.errors import NothingFoundError
from resight.media.video import video_facts
from resight.track.crops import write_crops
from resight.track.dbscan import Clustering, dbscan_tracks
from resight.track.files import write_tracks
from resight.track.motion import motion_tracks
from resight.track.picture import tracks_figure
from resight.types import Detections, Ints, Rejection


def follow_film(
    film: Path, found: Detections, into: Path, tell: Callable[[str, int, int], None],
    clustering: Clustering | None = None, most: int = 12,
) -> tuple[Ints, list[Rejection]]:  # fmt: skip
    """Join boxes by motion, or by clustering where it is given; write the tracks, a figure and the best pictures.

    Gives the track of each box, and what of the film could not be read. NothingFoundError where there is no box.
    """
    if not len(found):
        raise NothingFoundError(f"{film}: no animal was found in any frame; try a smaller --least, or another detector")
    tell("Joining boxes to tracks", 0, 0)
    facts = video_facts(film)
    tracks = dbscan_tracks(found, clustering) if clustering else motion_tracks(found, size=(facts.width, facts.height))
    into.mkdir(parents=True, exist_ok=True)
    write_tracks(into / f"{film.stem}.tracks.csv", found, tracks)
    tracks_figure(found, tracks, film.name).savefig(into / f"{film.stem}.tracks.png")
    return tracks, write_crops(into, film, found, tracks, most=most, progress=lambda n, of: tell("Cutting out", n, of))
