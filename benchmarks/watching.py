"""A film of 1080 lines and 30 frames a second, watched by the clock on this machine: is it kept up with?

    python benchmarks/watching.py CAGE --detector detector.onnx --model model.onnx --heads HEADS.csv [--stride 2]

A film of the cage's second pass, enlarged to 1920 x 1080 and played at 30 frames a second, is watched against a
catalogue of the heads of the first pass. What counts is that every frame is read at the rate of the clock; the
detector looks at every so manieth (the stride). Told are the frames a second, the delay, where the time goes, and the
passings that were missed for the stride, against the truth.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path

import av
import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from resight.catalogue.folder import create
from resight.detect.onnx import OnnxDetector
from resight.identify.decide import PRESETS
from resight.identify.library import open_library
from resight.identify.run import calibrated
from resight.identify.sighting import Namer
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.media.video import Frame, frames
from resight.method import open_method
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.watch import Passing, Watched, watch
from resight.types import Record
from resight.work.add import add
from resight.work.processes import local_processes

RATE, SECONDS = 30, 45


def enlarged(truth: Truth, path: Path) -> None:
    """The film's first seconds as 1080p at 30 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.options = {"crf": "23", "preset": "veryfast"}
        for one in frames(truth.film):
            if not isinstance(one, Frame) or one.number >= RATE * SECONDS:
                break
            large = cv2.resize(one.pixels, (1920, 1080), interpolation=cv2.INTER_CUBIC)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(large, np.uint8), format="rgb24")))
        container.mux(stream.encode(None))


def who(truth: Truth, one: Passing) -> str:
    """The fish that a passing's best picture shows; '' for none."""
    best = one.crops[0]
    rows = np.flatnonzero(truth.detections.frames == best.frame)
    scale = 1920 / 1024
    middle = np.array([best.box.x + best.box.w / 2, best.box.y + best.box.h / 2]) / scale
    for row in rows:
        x, y, w, h = truth.detections.boxes[row]
        if x <= middle[0] <= x + w and y <= middle[1] <= y + h:
            return f"{truth.individual[row]}"
    return ""


def main() -> None:
    """Watch, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cage", type=Path)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--heads", type=Path, required=True)
    parser.add_argument("--strides", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args()
    truth = next(t for t in map(read_truth, films_of(asked.cage)) if t.pass_ == 1)
    table = Table(title=f"{SECONDS} s of 1080p at {RATE} frames a second, by the clock")
    for heading in ("stride", "read/s", "looked at/s", "passed over", "longest delay s", "detecting", "naming",
                    "fish shown", "missed", "passings", "first name right"):  # fmt: skip
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        enlarged(truth, work / "film.mp4")
        known = work / "known.csv"
        rows = [row for row in csv.DictReader(asked.heads.open(encoding="utf-8")) if row["encounter"] == "pass-1"]
        with known.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "path": (asked.heads.parent / row["path"]).absolute()} for row in rows)
        method = open_method(f"onnx:{asked.model}")
        with create(work / "salmon", method=method.name) as catalogue:
            records = [row for row in read_table(known) if isinstance(row, Record)]
            add(catalogue, records, method.name, method.fingerprint, local_processes(2), "benchmark")
            library = open_library(catalogue, method.fingerprint)
            calibration = calibrated(catalogue, library, Sides.APART)
            costs = PRESETS["balanced"]
            namer = Namer(library, method.preparation, method.describer, calibration, costs)
            shown = {
                str(truth.individual[row])
                for row in np.flatnonzero((truth.inside > 0.99) & (truth.visible > 0.7))
                if truth.detections.frames[row] < RATE * SECONDS
            }
            for stride in asked.strides:
                state: list[Watched] = []
                detector = OnnxDetector(asked.detector, least=0.3, tiled=False)
                naming, seen, right, passings = 0.0, set(), 0, 0
                for one in watch(work / "film.mp4", detector, stride, state.append):
                    if not isinstance(one, Passing):
                        continue
                    passings += 1
                    before = time.perf_counter()
                    said = namer.name([crop.pixels for crop in one.crops])
                    naming += time.perf_counter() - before
                    true = who(truth, one)
                    seen.add(true)
                    first = said.candidates[0].individual if said.candidates else ""
                    right += first == true
                last = state[-1]
                table.add_row(
                    str(stride), f"{last.read / last.seconds:.1f}", f"{last.looked_at / last.seconds:.1f}",
                    str(last.passed_over), f"{last.longest:.2f}", f"{last.detecting / last.seconds:.0%}",
                    f"{naming / last.seconds:.0%}", str(len(shown)), str(len(shown - seen)), str(passings), str(right),
                )  # fmt: skip
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
