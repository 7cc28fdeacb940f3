"""Two ways to follow animals: the thesis' clustering of boxes, and by motion; on the cage, and on eight zebrafish.

    python benchmarks/tracking.py CAGE [--data ../shared/data] [--detector detector.onnx] [--figures FOLDER]

The cage's boxes are the true ones, each side off by 3% of the box, in all frames ("in sight all the time"), and
without those in which another fish hides two thirds of the head ("with hiding"); and, with --detector, what a detector
found. Figures are means over the films of the second and third pass. The zebrafish have no truth: all eight are in
sight all through, so eight tracks of 501 frames would be perfect. Last, the time that 100,000 boxes take.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from resight.detect.contrast import StillBackground
from resight.detect.film import detect_film
from resight.detect.onnx import OnnxDetector
from resight.evaluate.tracking import tracking_figures
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.dbscan import Clustering, dbscan_tracks
from resight.track.motion import motion_tracks
from resight.track.picture import tracks_figure
from resight.types import Detections, Ints

SIZE = (1024.0, 576.0)
WAYS: dict[str, Callable[[Detections], Ints]] = {
    "dbscan": dbscan_tracks,
    "dbscan, scaled": lambda found: dbscan_tracks(found, Clustering(eps=0.7, scaled=True)),
    "motion": lambda found: motion_tracks(found, size=SIZE),
}


def jittered(found: Detections, seed: int) -> Detections:
    """Boxes as a detector would give them."""
    noise = np.random.default_rng(seed).normal(0, 0.03, found.boxes.shape) * np.tile(found.boxes[:, 2:], 2)
    return Detections(found.frames, found.boxes + noise, found.scores)


def on_films(
    truths: list[Truth], way: Callable[[Detections], Ints], detector: Path | None, hiding: bool
) -> list[float]:
    """IDF1, HOTA, detection and association, as means over films."""
    figures = []
    for number, truth in enumerate(truths):
        counted = (truth.inside > 0.5) & ((truth.visible > 1 / 3) | (not hiding))
        true = truth.detections.take(counted)
        found = jittered(true, number)
        if detector is not None:
            found, _ = detect_film(OnnxDetector(detector, least=0.1, tiled=False, threads=2), truth.film)
        told = tracking_figures(true, truth.track[counted], found, way(found))
        figures.append((told.idf1, told.hota, told.detection, told.association))
    return [float(value) for value in np.mean(figures, axis=0)]


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cage", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--detector", type=Path)
    parser.add_argument("--films", type=int, default=8)
    parser.add_argument("--figures", type=Path)
    asked = parser.parse_args()
    truths = [read_truth(path) for path in films_of(asked.cage)]
    truths = [truth for truth in truths if truth.pass_ > 0][: asked.films]
    table = Table(title=f"Tracks in {len(truths)} films of the cage")
    for heading in ("boxes", "way", "IDF1", "HOTA", "detection", "association"):
        table.add_column(heading, justify="left" if heading in ("boxes", "way") else "right")
    cases = [("true, in sight all the time", None, False), ("true, with hiding", None, True)]
    if asked.detector:
        cases.append(("found by the detector", asked.detector, True))
    for name, detector, hiding in cases:
        for way, run in WAYS.items():
            table.add_row(name, way, *(f"{value:.3f}" for value in on_films(truths, run, detector, hiding)))
    console = Console(width=110)
    console.print(table)
    if asked.figures:
        asked.figures.mkdir(parents=True, exist_ok=True)
        seen = truths[0].detections.take((truths[0].inside > 0.5) & (truths[0].visible > 1 / 3))
        tracks_figure(seen, motion_tracks(seen, size=SIZE), "The simulated cage").savefig(asked.figures / "tracks.png")
    if asked.data:
        film = asked.data / "zebrafish_video" / "test_A.avi"
        found, _ = detect_film(StillBackground(film), film)
        for way, tracks in (("dbscan", dbscan_tracks(found)), ("motion", motion_tracks(found, size=(1160, 938)))):
            lengths = np.sort(np.bincount(tracks[tracks >= 0]))[::-1].tolist()
            console.print(f"zebrafish, {way}: {len(lengths)} tracks, the longest {lengths[:9]} of 501 frames")
    rng = np.random.default_rng(0)
    many = Detections(
        np.repeat(np.arange(25_000), 4),
        np.column_stack([rng.uniform(0, 900, (100_000, 2)), rng.uniform(60, 200, (100_000, 2))]),
        np.ones(100_000, np.float32),
    )
    for way in ("dbscan", "motion"):
        before = time.perf_counter()
        WAYS[way](many)
        console.print(f"100,000 boxes, {way}: {time.perf_counter() - before:.1f} s")


if __name__ == "__main__":
    main()
