"""FishNet on the simulated sea cage: from films to a trained model, measured on fish that it has not seen.

    python benchmarks/fishnet.py CAGE --into WORK [--recipe recipe.toml] [--json results.json]
    python benchmarks/fishnet.py ../shared/data/fs48 --fs48 --into WORK [--recipe recipe.toml]

CAGE is a folder of `resight simulate`. The heads are cut out where the truth says they are, so that what is measured
is recognition alone. Three tenths of the fish, both sides of each, are kept for the test; the model learns from the
others. Same pairs are counted within a pass of a fish and across passes; across passes the water, the light and the
camera are others. Started again, everything that is done is kept, and the training goes on.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from rich.console import Console
from rich.table import Table

from resight.cli.console import progress
from resight.describe.onnx import OnnxDescriber
from resight.evaluate.pair_bins import bin_matrix_pairs
from resight.evaluate.pair_bootstrap import estimate_pairs
from resight.evaluate.pairs import matrix_pairs
from resight.evaluate.projection import projection_figure
from resight.evaluate.result import Estimate, Missing
from resight.evaluate.run import Annotations
from resight.evaluate.splits import withheld_individuals
from resight.evaluate.tables import read_annotations
from resight.evaluate.thesis import thesis_figures
from resight.learn.curves import curves_figure
from resight.learn.export import export_embedder
from resight.learn.models import build
from resight.learn.recipe import Recipe, read_recipe
from resight.learn.train import train
from resight.match.open import open_gallery
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.crops import Names, write_crops
from resight.types import Bools, Embeddings, Floats, Side, Strings
from resight.work.processes import local_processes

TEST, SEED, PICTURES = 0.3, 0, 24


@dataclass(frozen=True)
class Row:
    """One method's figures: TPR at FPR 1% and AUC within a pass and across passes, top-1 across, with intervals."""

    method: str
    within: tuple[float, float, float]
    within_auc: float
    across: tuple[float, float, float]
    across_auc: float
    top1: float
    thesis_tpr: float | None
    thesis_auc: float | None


class Imagenet(torch.nn.Module):
    """MobileNetV2 as ImageNet left it: averaged features of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.body = build("fishnet2", imagenet=True).body

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures (n, 3, h, w) to vectors (n, 1280)."""
        return torch.nn.functional.normalize(self.body(pictures).mean(dim=(2, 3)), dim=1)


def cut_heads(cage: Path, heads: Path, tell: Callable[[str, int, int], None]) -> Path:
    """The heads of all films by the truth, as a table."""
    table, films = heads / "metadata.csv", films_of(cage)
    done = {row["film"] for row in csv.DictReader(table.open(encoding="utf-8"))} if table.exists() else set()
    for number, path in enumerate(films):
        truth = read_truth(path)
        tell("Cutting out heads", number, len(films))
        if truth.film.name not in done:
            whole = (truth.inside > 0.97) & (truth.visible > 0.6)
            write_crops(
                heads, truth.film, truth.detections.take(whole), truth.track[whole] - 1, names_of(truth),
                encounter=f"pass-{truth.pass_ + 1}", part="head", most=PICTURES,
            )  # fmt: skip
    return table


def names_of(truth: Truth) -> Names:
    """Who each track is, by the truth."""
    n = int(truth.track.max(initial=0))
    first = [int(np.argmax(truth.track == number + 1)) for number in range(n)]
    return Names(tuple(str(truth.individual[row]) for row in first), tuple(Side(str(truth.side[row])) for row in first))


def parted(table: Path) -> tuple[Path, Path]:
    """The table in two: fish to learn from, and fish to test on."""
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    taken = set(withheld_individuals(np.array([row["identity"] for row in rows]), TEST, SEED).tolist())
    paths = table.with_name("learn.csv"), table.with_name("test.csv")
    for path, chosen in zip(paths, (False, True), strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(row for row in rows if (row["identity"] in taken) is chosen)
    return paths


def measured(method: str, test: Path) -> Row:
    """Figures of a method on the test fish."""
    annotations, _ = read_annotations(test, method, local_processes(2))
    labels, scores = annotations.labels, all_scores(annotations)
    flank = np.char.add(np.char.add(labels.individual, " "), labels.side)
    counted = None
    if isinstance(annotations.descriptors, Embeddings):
        counted = thesis_figures(annotations.descriptors.vectors, flank)
    same_pass = labels.encounter[:, None] == labels.encounter
    once = np.triu(np.ones(scores.shape, bool), k=1)
    within, within_auc = tpr(scores, flank, once & same_pass)
    across, across_auc = tpr(scores, flank, once & ~same_pass)
    return Row(
        method, within, within_auc, across, across_auc, top1(scores, flank, ~same_pass),
        None if counted is None else counted.tpr_at, None if counted is None else counted.auc,
    )  # fmt: skip


def all_scores(annotations: Annotations) -> Floats:
    """How alike every picture is to every other; what local features say one way and the other, added up."""
    described, labels = annotations.descriptors, annotations.labels
    if isinstance(described, Embeddings):
        return np.asarray(described.vectors @ described.vectors.T, np.float32)
    gallery = open_gallery(described, labels.individual)
    allowed = ~np.eye(len(labels), dtype=bool)
    rows = [np.arange(start, min(start + 32, len(labels))) for start in range(0, len(labels), 32)]
    one_way = np.concatenate([gallery.scores(described.take(part), allowed[part]) for part in rows])
    return np.asarray(one_way + one_way.T, np.float32)


def tpr(scores: Floats, flank: Strings, allowed: Bools) -> tuple[tuple[float, float, float], float]:
    """TPR at FPR 1% with its interval, over fish, and AUC."""
    roc = matrix_pairs(scores, flank, flank, allowed)
    figures = estimate_pairs(roc, bin_matrix_pairs(scores, flank, flank, allowed, roc, SEED), SEED)
    at = figures.tpr_at_fpr_1pct
    if isinstance(at, Missing) or not isinstance(at, Estimate):
        return (float("nan"),) * 3, float("nan")
    return (at.value, at.low or 0.0, at.high or 1.0), roc.auc()


def top1(scores: Floats, flank: Strings, allowed: Bools) -> float:
    """How often the most alike picture of another pass is of the same side of the same fish."""
    best = np.where(allowed, scores, -np.inf).argmax(axis=1)
    return float((flank[best] == flank).mean())


def before_after(test: Path, methods: Sequence[str], picture: Path) -> None:
    """The test fish as points, a row of two panels for each method, one below the other."""
    rows = []
    for method in methods:
        annotations, _ = read_annotations(test, method, local_processes(2))
        assert isinstance(annotations.descriptors, Embeddings)
        labels = annotations.labels
        flank = np.char.add(np.char.add(labels.individual, " "), labels.side)
        figure = projection_figure(annotations.descriptors.vectors, flank)
        assert figure is not None
        drawn = io.BytesIO()
        figure.savefig(drawn)
        rows.append(np.asarray(Image.open(drawn).convert("RGB")))
    Image.fromarray(np.concatenate(rows)).save(picture)


def koi(data: Path, into: Path, recipe: Recipe) -> Table:
    """The real fish of fs48: half of them to learn from, half to test on, never within a clip."""
    rows = list(csv.DictReader((data / "metadata.csv").open(encoding="utf-8")))
    taken = set(withheld_individuals(np.array([row["identity"] for row in rows]), 0.5, SEED).tolist())
    paths = into / "learn.csv", into / "test.csv"
    into.mkdir(parents=True, exist_ok=True)
    for path, chosen in zip(paths, (False, True), strict=True):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            own = [row for row in rows if (row["identity"] in taken) is chosen]
            writer.writerows({**row, "path": (data / row["path"]).absolute()} for row in own)
    with progress() as tell:
        done = train(recipe, [paths[0]], into / recipe.model.name, tell)
    model = into / recipe.model.name / "model.onnx"
    export_embedder(done.network, recipe.data.size, model, {})
    camera = np.array([row["camera"] for row in csv.DictReader(paths[1].open(encoding="utf-8"))])
    table = Table(title=f"fs48: {len(taken)} fish that were not learned from, never within a clip")
    for heading in ("method", "same camera: TPR", "top-1", "across cameras: TPR", "top-1", "both: TPR", "top-1"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for method in (f"onnx:{into.parent / 'imagenet.onnx'}", "rootsift:colour", f"onnx:{model}"):
        annotations, _ = read_annotations(paths[1], method, local_processes(2))
        scores, labels = all_scores(annotations), annotations.labels
        other_clip = labels.encounter[:, None] != labels.encounter
        cells = []
        for kind in (camera[:, None] == camera, camera[:, None] != camera, np.ones(scores.shape, bool)):
            (value, low, high), _ = tpr(scores, labels.individual, np.triu(kind & other_clip, k=1))
            named = top1(scores, labels.individual, kind & other_clip)
            cells += [f"{value:.3f} ({low:.3f}–{high:.3f})", f"{named:.3f}"]
        table.add_row(method.removeprefix(f"onnx:{into.parent}"), *cells)
    return table


def table_of(rows: Sequence[Row]) -> Table:
    """One table, in the manner of the thesis' Table 4.1."""
    table = Table(title="Unseen fish of the simulated cage")
    for heading in ("method", "within: TPR", "AUC", "across: TPR", "AUC", "top-1", "thesis' TPR", "thesis' AUC"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for row in rows:
        shares = [f"{v:.3f} ({low:.3f}–{high:.3f})" for v, low, high in (row.within, row.across)]
        thesis = ["–" if v is None else f"{v:.4f}" for v in (row.thesis_tpr, row.thesis_auc)]
        table.add_row(
            row.method, shares[0], f"{row.within_auc:.4f}", shares[1], f"{row.across_auc:.4f}", f"{row.top1:.3f}",
            *thesis,
        )  # fmt: skip
    return table


def main() -> None:
    """Film, cut, learn, measure; print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cage", type=Path, help="with --fs48: that folder of real fish")
    parser.add_argument("--fs48", action="store_true")
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--only-before", action="store_true", help="measure what needs no training, and stop")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    recipe = read_recipe(asked.recipe, Recipe) if asked.recipe else Recipe()
    before = asked.into / "imagenet.onnx"
    if not before.exists():
        export_embedder(Imagenet(), recipe.data.size, before, {})
    if asked.fs48:
        Console(width=150).print(koi(asked.cage, asked.into / "fs48", recipe))
        return
    with progress() as tell:
        learn, test = parted(cut_heads(asked.cage, asked.into / "heads", tell))
    methods = [f"onnx:{before}", "rootsift"]
    if not asked.only_before:
        folder = asked.into / recipe.model.name
        with progress() as tell:
            done = train(recipe, [learn], folder, tell)
        export_embedder(done.network, recipe.data.size, folder / "model.onnx", {})
        OnnxDescriber(folder / "model.onnx")
        curves_figure(done.history).savefig(folder / "curves.png")
        methods.append(f"onnx:{folder / 'model.onnx'}")
        before_after(test, (methods[0], methods[-1]), folder / "before-after.png")
    rows = [measured(method, test) for method in methods]
    Console(width=150).print(table_of(rows))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
