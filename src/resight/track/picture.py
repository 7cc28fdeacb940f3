"""A picture of tracks over the frames of a film: who was in sight when, and where."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure

from resight.track.dbscan import NOISE
from resight.types import Detections, Doubles, Ints


def tracks_figure(detections: Detections, tracks: Ints, title: str) -> Figure:
    """Two panels, frames from left to right: where each box was across the picture, and a bar for each track."""
    figure = Figure((11, 7), layout="constrained")
    FigureCanvasAgg(figure)
    where, bars = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    middles = detections.boxes[:, 0] + detections.boxes[:, 2] / 2
    free = tracks == NOISE
    where.scatter(detections.frames[free], middles[free], s=6, color="#bbbbbb", label="in no track", linewidths=0)
    numbers = np.unique(tracks[~free])
    lanes = _lanes(detections, tracks, numbers)
    for place, number in enumerate(numbers.tolist()):
        rows = tracks == number
        colour = _colour(place)
        where.plot(detections.frames[rows], middles[rows], ".-", color=colour, ms=4, lw=1)
        span = detections.frames[rows]
        bars.barh(lanes[place], span[-1] - span[0] + 1, left=span[0], height=0.8, color=colour)
    where.set_ylabel("middle of the box, pixels from the left")
    where.set_title(f"{title}: {len(numbers)} tracks of {len(detections)} boxes")
    bars.set_ylabel("tracks at a time")
    bars.set_xlabel("frame")
    bars.set_yticks([])
    bars.set_ylim(max(lanes, default=0) + 1, -1)
    if free.any():
        where.legend(loc="upper right")
    return figure


def _colour(place: int) -> Doubles:
    """Neighbours get hues far apart: steps of the golden angle."""
    return np.asarray(hsv_to_rgb([(place * 0.618034) % 1, 0.75, 0.75]))


def _lanes(detections: Detections, tracks: Ints, numbers: Ints) -> list[int]:
    """A lane for each track, the first that is free when it begins."""
    ends: list[int] = []
    lanes = []
    spans = [detections.frames[tracks == number][[0, -1]] for number in numbers]
    for first, last in spans:
        lane = next((place for place, end in enumerate(ends) if end < first), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = int(last)
        lanes.append(lane)
    return lanes
