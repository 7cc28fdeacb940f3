"""Boxes and tracks of a film on disk: our own table, and MOT Challenge's."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.track.dbscan import NOISE
from resight.types import Detections, Ints

COLUMNS = ("frame", "track", "x", "y", "w", "h", "score")


def write_tracks(path: Path, detections: Detections, tracks: Ints) -> None:
    """A row for each box: frame from 0, track (empty where it belongs to none), x, y, w, h in pixels, score."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for frame, track, box, score in zip(
        detections.frames.tolist(), tracks.tolist(), detections.boxes.tolist(), detections.scores.tolist(), strict=True
    ):
        table.writerow([frame, "" if track == NOISE else track, *(f"{n:.1f}" for n in box), f"{score:.3f}"])
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text.getvalue(), encoding="utf-8")
    unfinished.replace(path)


def read_tracks(path: Path) -> tuple[Detections, Ints]:
    """Boxes and their tracks (n,), -1 for none, from our table, or from a .txt of MOT Challenge (frames from 1).

    Raises ResightError where the file is neither.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = _mot(file.read()) if path.suffix == ".txt" else _own(list(csv.DictReader(file)))
        rows.sort(key=lambda row: row[0])
        told = np.array(rows, np.float64).reshape(-1, 7)
        detections = Detections(told[:, 0].astype(np.int64), told[:, 2:6], told[:, 6].astype(np.float32))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ResightError(
            f"{path}: this is no table of boxes ({error!r}): it needs the columns frame, x, y, w, h, and may have "
            "track and score, or is a .txt file of MOT Challenge"
        ) from error
    return detections, told[:, 1].astype(np.int64)


def _own(rows: list[dict[str, str]]) -> list[list[float]]:
    return [
        [
            int(row["frame"]), float(row.get("track") or NOISE),
            *(float(row[name]) for name in "xywh"), float(row.get("score") or 1),
        ]
        for row in rows
    ]  # fmt: skip


def _mot(text: str) -> list[list[float]]:
    rows = [line.split(",") for line in text.splitlines() if line.strip()]
    # In ground truth the seventh number is 1 for what counts, in detections it is the score; -1 stands for no track.
    return [
        [int(row[0]) - 1, float(row[1]), *(float(cell) for cell in row[2:6]), float(row[6]) if len(row) > 6 else 1]
        for row in rows
    ]
