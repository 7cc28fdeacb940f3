"""Comparison heads on real animals: half the individuals teach, the other half are recognised among themselves.

    python benchmarks/head_trials.py --data ../shared/data/humpback100 [--model model.onnx] [--epochs 40] [--work DIR]

Without a model the branch is MobileNetV2 as ImageNet left it, averaged, 1280 numbers. Individuals with at least
`--least` photos count. Each photo of the testing half is asked with itself left out; an individual is as alike as its
best photo. Every head is trained on the same vectors, by each way of mining, with the rest of its recipe as it comes.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from resight.evaluate.new_placed import average_precision_placed, tuned_threshold
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.splits import withheld_individuals
from resight.evaluate.tables import read_annotations
from resight.identify.ranking import rank
from resight.learn.export import export_embedder
from resight.learn.frozen import imagenet_features
from resight.learn.head_recipe import HeadTraining
from resight.learn.train_head import HeadEpoch, train_on_vectors
from resight.learn.verifications import fit_chi2
from resight.match.chi2 import Chi2Gallery
from resight.match.head import HeadGallery
from resight.match.seam import Gallery
from resight.match.whole import CosineGallery
from resight.types import Bools, Embeddings, Floats, Strings, Verdict
from resight.work.processes import in_this_process


def described(data: Path, model: Path | None, least: int, work: Path) -> tuple[Floats, Strings]:
    """Vectors (n, d) of the photos of individuals that have so many, and whose they are; kept for the next run."""
    kept = work / f"{data.name}-{model.stem if model else 'imagenet'}-{least}.npz"
    if kept.exists():
        with np.load(kept) as file:
            return file["vectors"], file["individual"]
    if model is None:
        model = work / "imagenet.onnx"
        export_embedder(imagenet_features(), 224, model, {})
    with (data / "metadata.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["identity"]]
    names, counts = np.unique([row["identity"] for row in rows], return_counts=True)
    enough = set(names[counts >= least].tolist())
    table = work / "chosen.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "identity"])
        writer.writerows([(data / r["path"]).resolve(), r["identity"]] for r in rows if r["identity"] in enough)
    found, _ = read_annotations(table, f"onnx:{model}", in_this_process)
    assert isinstance(found.descriptors, Embeddings)
    np.savez(kept, vectors=found.descriptors.vectors, individual=found.labels.individual)
    return found.descriptors.vectors, found.labels.individual


def among_first(gallery: Gallery, vectors: Floats, individual: Strings) -> tuple[float, float]:
    """Top-1 and top-5, each photo asked with itself left out."""
    allowed = ~np.eye(len(vectors), dtype=np.bool_)
    ranking = rank(gallery.scores(Embeddings(vectors), allowed), allowed, individual, best_only=True)
    places = np.array(
        [np.flatnonzero(ranking.individuals[ranking.order(i)] == individual[i])[0] for i in range(len(vectors))]
    )
    return float((places < 1).mean()), float((places < 5).mean())


def with_new_placed(gallery: Gallery, vectors: Floats, individual: Strings, seed: int) -> float:
    """MAP@5 with "new" in the list: a third of the individuals is taken out of the gallery, and half of them all tune.

    The threshold is tuned on the queries of one half of the individuals, and the figure is that of the others.
    """
    new = np.isin(individual, withheld_individuals(individual, 1 / 3, seed))
    allowed = ~np.eye(len(vectors), dtype=np.bool_) & ~new
    ranking = rank(gallery.scores(Embeddings(vectors), allowed), allowed, individual, best_only=True)
    order = np.stack([ranking.order(i)[:5] for i in range(len(vectors))])
    outcomes = Outcomes(
        individual, ~new, np.ones(len(vectors), np.bool_), ranking.individuals[order],
        np.take_along_axis(ranking.scores, order, axis=1).astype(np.float64),
        np.full(len(vectors), Verdict.KNOWN.value),
    )  # fmt: skip
    tunes = np.isin(individual, withheld_individuals(individual, 1 / 2, seed + 1))
    threshold = tuned_threshold(rows_of(outcomes, tunes))
    return float(average_precision_placed(rows_of(outcomes, ~tunes), threshold).mean())


def rows_of(outcomes: Outcomes, rows: Bools) -> Outcomes:
    """These queries."""
    return Outcomes(
        outcomes.truth[rows], outcomes.known[rows], outcomes.answerable[rows], outcomes.candidates[rows],
        outcomes.scores[rows], outcomes.verdicts[rows],
    )  # fmt: skip


def main() -> None:
    """Train every head by every way of mining, one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--least", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "head-trials")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    vectors, individual = described(asked.data, asked.model, asked.least, asked.work)
    names = np.unique(individual)
    testing = np.isin(individual, np.random.default_rng(asked.seed).permutation(names)[: len(names) // 2])
    seen, whose = vectors[testing], individual[testing]
    nowhere = np.full(int((~testing).sum()), "")
    print(f"{len(nowhere)} photos teach; {len(whose)} of {len(np.unique(whose))} other individuals are asked about")
    print(
        "| comparison | mining | top-1 | top-5 | map5, new placed | loss of pairs | accuracy | best epoch | seconds |"
    )
    print("|---|---|---|---|---|---|---|---|---|")

    def told(name: str, mining: str, gallery: Gallery, seconds: float, best: HeadEpoch | None = None) -> None:
        first, fifth = among_first(gallery, seen, whose)
        learned = f"{best.loss:.3f} | {best.accuracy:.3f} | {best.epoch + 1}" if best else "– | – | –"
        new = with_new_placed(gallery, seen, whose, asked.seed)
        print(f"| {name} | {mining} | {first:.3f} | {fifth:.3f} | {new:.3f} | {learned} | {seconds:.0f} |", flush=True)

    told("cosine", "–", CosineGallery(Embeddings(seen)), 0)
    started = time.perf_counter()
    fitted = fit_chi2(vectors[~testing], individual[~testing], nowhere, asked.seed)
    told("chi2", "random", Chi2Gallery(fitted, Embeddings(seen)), time.perf_counter() - started)
    for kind in ("l1", "neural", "shared"):
        for mining in ("random", "easy-to-hard", "assignment"):
            recipe = HeadTraining.model_validate(
                {"kind": kind, "mining": mining, "epochs": asked.epochs, "patience": asked.epochs, "seed": asked.seed}
            )
            started = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                done = train_on_vectors(
                    recipe, vectors[~testing], individual[~testing], nowhere, Path(folder), lambda *_: None
                )
            seconds = time.perf_counter() - started
            told(kind, mining, HeadGallery(done.head, Embeddings(seen)), seconds, done.best)


if __name__ == "__main__":
    main()
