"""Detectors trained from few boxes, on clips and films that they have not seen.

    python benchmarks/detection.py --into WORK [--data ../shared/data] [--cage CAGE] [--epochs 30]

fish_boxes: a fifth of the clips is kept for the test. fin_boxes: no clips are stated, so a fifth of the photographs;
they are few, so that learning begins with what was learned from fish_boxes, if it was.
The cage's heads: learned on every 20th frame of the first pass, tested on the films of the other passes, whose water,
light and camera are others; heads of which less than a third can be seen count neither way. Each detector is measured
as the ONNX model that users run. Started again, trainings go on, and what is done is kept.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from resight.cli.console import progress
from resight.detect.labels import BoxedPhoto, read_boxes
from resight.detect.onnx import OnnxDetector
from resight.evaluate.detection import DetectionFigures, detection_figures
from resight.learn.detector import Exported
from resight.learn.export import export_detector
from resight.learn.recipe import DetectorRecipe
from resight.learn.train_detector import train_detector
from resight.media.photo import read_photo
from resight.media.video import Frame, frames
from resight.simulate.film import films_of
from resight.simulate.truth import read_truth

SEED, TEST = 0, 0.2
LEARNED, TESTED = 20, 60  # every so manieth frame of the cage's films
RECIPES = {
    "fish_boxes": DetectorRecipe(width=640, height=352, epochs=18, patience=18),
    "fin_boxes": DetectorRecipe(width=640, height=448, epochs=16, held_out=0.15, patience=16),
    "cage": DetectorRecipe(width=320, height=192, epochs=12),
}


@dataclass(frozen=True)
class Result:
    """A detector's figures on what it has not seen."""

    name: str
    learned: int
    tested: int
    boxes: int
    figures: DetectionFigures


def parted(photos: Sequence[BoxedPhoto]) -> tuple[list[BoxedPhoto], list[BoxedPhoto]]:
    """Photos to learn from, and those of other clips, or other photos, to test on."""
    names = sorted({photo.clip or str(photo.path) for photo in photos})
    order = np.random.default_rng(SEED).permutation(names)
    taken = set(order[: max(1, round(TEST * len(order)))].tolist())
    of = [(photo, (photo.clip or str(photo.path)) in taken) for photo in photos]
    return [photo for photo, test in of if not test], [photo for photo, test in of if test]


def cage_frames(cage: Path, folder: Path, first_pass: bool) -> Path:
    """Frames of the films as pictures, with a table of the heads in them; the last column tells who hardly shows."""
    table = folder / "boxes.csv"
    if table.exists():
        return table
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for path in films_of(cage):
        truth = read_truth(path)
        if (truth.pass_ == 0) is not first_pass:
            continue
        for one in frames(truth.film, every=LEARNED if first_pass else TESTED):
            if not isinstance(one, Frame):
                continue
            name = f"{truth.film.stem}-{one.number:05}.jpg"
            cv2.imwrite(str(folder / name), one.pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            here = np.flatnonzero(truth.detections.frames == one.number)
            shows = (truth.inside[here] > 0.5) & (truth.visible[here] > 1 / 3)
            rows += [
                [name, truth.film.stem, *truth.detections.boxes[row], int(s)]
                for row, s in zip(here, shows, strict=True)
            ]
            if not len(here):
                rows.append([name, truth.film.stem, "", "", "", "", 1])
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "clip", "x", "y", "w", "h", "shows"], *rows])
    return table


def cage_boxes(table: Path) -> tuple[list[BoxedPhoto], list[np.ndarray]]:
    """The heads that show, and those that hardly do, of every picture."""
    photos, _ = read_boxes(table)
    hidden: dict[Path, list[list[float]]] = {photo.path: [] for photo in photos}
    for row in csv.DictReader(table.open(encoding="utf-8")):
        if row["shows"] == "0":
            hidden[table.parent / row["path"]].append([float(row[name]) for name in "xywh"])
    apart = [np.array(hidden[photo.path], np.float64).reshape(-1, 4) for photo in photos]
    seen = [
        BoxedPhoto(
            photo.path, np.array([b for b in photo.boxes.tolist() if b not in a.tolist()]).reshape(-1, 4), photo.clip
        )
        for photo, a in zip(photos, apart, strict=True)
    ]
    return seen, apart


def measured(
    name: str, recipe: DetectorRecipe, learn: list[BoxedPhoto], test: list[BoxedPhoto],
    ignored: list[np.ndarray] | None, folder: Path,
) -> Result:  # fmt: skip
    """Train, export, and measure the ONNX model."""
    model = folder / "detector.onnx"
    with progress() as tell:
        done = train_detector(recipe, learn, folder, tell)
        export_detector(Exported(done.network, recipe.height, recipe.width), recipe.height, recipe.width, model)
        detector = OnnxDetector(model, least=0.01, tiled=False, threads=2)
        found = []
        for number, photo in enumerate(test):
            found += detector.detect([read_photo(photo.path).pixels])
            tell(f"{name}: looking", number + 1, len(test))
    figures = detection_figures(found, [photo.boxes for photo in test], ignored)
    return Result(name, len(learn), len(test), sum(len(photo.boxes) for photo in test), figures)


def main() -> None:
    """Train and measure; print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cage", type=Path)
    parser.add_argument("--sets", nargs="+", default=["fish_boxes", "fin_boxes"])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    results = []
    for name in [*(asked.sets if asked.data else []), *(["cage"] if asked.cage else [])]:
        recipe = RECIPES[name] if asked.epochs is None else RECIPES[name].model_copy(update={"epochs": asked.epochs})
        if name == "fin_boxes" and (other := asked.into / "fish_boxes" / "weights.pt").exists():
            recipe = recipe.model_copy(update={"start": str(other)})
        ignored = None
        if name == "cage":
            learn, _ = cage_boxes(cage_frames(asked.cage, asked.into / "cage-learn", True))
            test, ignored = cage_boxes(cage_frames(asked.cage, asked.into / "cage-test", False))
        else:
            learn, test = parted(read_boxes(asked.data / name / "boxes.csv")[0])
        results.append(measured(name, recipe, learn, test, ignored, asked.into / name))
    table = Table(title="Detectors on clips that they have not seen")
    for heading in ("set", "learned from", "tested on", "boxes", "AP 0.5", "AP 0.75", "AP 0.5:0.95", "mean IoU"):
        table.add_column(heading, justify="left" if heading == "set" else "right")
    for one in results:
        figures = one.figures
        numbers = (figures.ap50, figures.ap75, figures.ap, figures.overlap)
        table.add_row(one.name, str(one.learned), str(one.tested), str(one.boxes), *(f"{n:.3f}" for n in numbers))
    Console(width=120).print(table)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in results], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
