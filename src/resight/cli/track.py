"""resight detect and resight track: where animals are in a film, and who goes on as whom."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resight.cli.console import Tell, list_rejected, progress, say
from resight.errors import ResightError
from resight.types import Rejection

if TYPE_CHECKING:
    from resight.types import Detections


class Way(StrEnum):
    """How boxes become tracks."""

    MOTION = "motion"
    DBSCAN = "dbscan"


Model = Annotated[Path, typer.Option(help="A detector: an ONNX model, yours or another's (YOLO, RT-DETR).")]
Every = Annotated[int, typer.Option(help="Look at every so manieth frame.", min=1)]


def detect(
    film: Annotated[Path, typer.Argument(help="A video.", metavar="VIDEO")],
    model: Model,
    table: Annotated[Path, typer.Option(help="Write the boxes here: frame, x, y, w, h, score.")],
    every: Every = 1,
    least: Annotated[float, typer.Option(help="Drop boxes with a smaller score.", min=0, max=1)] = 0.25,
) -> None:
    """Find animals in the frames of a film.

    Example: resight detect cage.mp4 --model detector.onnx --table boxes.csv
    """
    import numpy as np

    from resight.track.dbscan import NOISE
    from resight.track.files import write_tracks

    if not table.parent.is_dir():
        raise ResightError(f"{table} cannot be written: there is no folder {table.parent}")
    with progress() as tell:
        found, rejected = found_in(film, model, every, least, tell)
    write_tracks(table, found, np.full(len(found), NOISE))
    list_rejected(rejected, in_json=False)
    say(f"{len(found)} boxes in {len(np.unique(found.frames))} frames: {table}")
    if rejected:
        raise typer.Exit(1)


def track(
    film: Annotated[Path, typer.Argument(help="A video.", metavar="VIDEO")],
    into: Annotated[Path, typer.Option(help="The folder for the tracks and their best pictures.")],
    model: Annotated[Path | None, typer.Option(help="A detector: an ONNX model.")] = None,
    boxes: Annotated[Path | None, typer.Option(help="Boxes found before: a table, or a .txt of MOT Challenge.")] = None,
    way: Annotated[
        Way,
        typer.Option(help="motion: by where each animal is expected; dbscan: by clustering, as the thesis FishNet."),
    ] = Way.MOTION,
    scaled: Annotated[bool, typer.Option("--scaled", help="With dbscan: frames scaled to 0 to 1 first.")] = False,
    most: Annotated[int, typer.Option(help="Pictures of a track at most.", min=1)] = 12,
    every: Annotated[
        int | None,
        typer.Option(help="Look at every so manieth frame; with --boxes: which were looked at.  [default: 1]", min=1),
    ] = None,
    least: Annotated[
        float | None,
        typer.Option(help="Drop boxes with a smaller score.  [default: 0.1; with --boxes: none]", min=0, max=1),
    ] = None,
) -> None:
    """Follow animals through a film, and cut out the best pictures of each.

    The folder gets FILM.tracks.csv, FILM.tracks.png, and metadata.csv for `resight add`, `identify` and `train`: each
    track is an encounter.

    Example: resight track cage.mp4 --model detector.onnx --into heads
    """
    from resight.track.crops import check_new
    from resight.track.dbscan import Clustering
    from resight.track.files import read_tracks
    from resight.track.follow import follow_film

    if (model is None) == (boxes is None):
        raise ResightError("name a detector with --model, or boxes found before with --boxes")
    if scaled and way is not Way.DBSCAN:
        raise ResightError("--scaled goes with --way dbscan only")
    # Looking for animals takes long.
    check_new(into / "metadata.csv", film)
    with progress() as tell:
        rejected: list[Rejection] = []
        if boxes is not None:
            found, _ = read_tracks(boxes)
            if least is not None:
                found = found.take(found.scores >= least)
        else:
            assert model is not None
            every = every or 1
            found, rejected = found_in(film, model, every, 0.1 if least is None else least, tell)
        clustering = Clustering(scaled=scaled) if way is Way.DBSCAN else None
        joined, again = follow_film(film, found, into, tell, clustering, most, every)
        # What cannot be read was told when the boxes were looked for, if they were.
        rejected += [one for one in again if one not in rejected]
    list_rejected(rejected, in_json=False)
    say(f"{joined.max() + 1} tracks of {len(found)} boxes; {(joined < 0).sum()} boxes belong to none.")
    say(f"The pictures: {into / 'metadata.csv'}")
    if rejected:
        raise typer.Exit(1)


def found_in(film: Path, model: Path, every: int, least: float, tell: Tell) -> tuple[Detections, list[Rejection]]:
    """The boxes that a detector finds in a film, and what of it could not be read."""
    from resight.config import settings
    from resight.detect.film import detect_film
    from resight.detect.onnx import OnnxDetector

    detector = OnnxDetector(model, least, threads=settings().workers)

    def told(seconds: float, total: float | None) -> None:
        tell("Looking for animals (seconds of film)", round(seconds), round(total or 0))

    return detect_film(detector, film, every, told)
