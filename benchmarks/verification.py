"""Verification over every pair of embeddings: resight beside the usual way of notebooks.

    python benchmarks/verification.py [--json results.json]

The usual way: scipy's pdist for the distances, pdist with a lambda for same or different, a loop over 200
thresholds for the rates. It is quadratic in memory, so it runs at a size it can bear. Each run has a
process of its own, so that peak memory is that run's alone; times are the best of several runs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.spatial.distance import pdist

from resight.evaluate.pair_bins import bin_embedding_pairs
from resight.evaluate.pair_bootstrap import estimate_pairs
from resight.evaluate.pairs import embedding_pairs
from resight.types import Doubles, Floats, Strings

SMALL, LARGE, DIMENSIONS, INDIVIDUALS, THRESHOLDS = 2_000, 14_000, 128, 715, 200
WAYS = {
    "notebook": "notebook: pdist, lambda, 200 thresholds",
    "one thread": "resight, exact at every threshold",
    "resight": "the same, a thread for each core",
    "intervals": "the same, with bootstrap intervals",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One way at one size."""

    way: str
    n: int
    pairs: int
    seconds: float
    pairs_per_second: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Same- and different-accuracy at each threshold, (t,)."""

    thresholds: Doubles
    same_accuracy: Doubles
    different_accuracy: Doubles


def embeddings(n: int) -> tuple[Floats, Strings]:
    """Unit vectors (n, 128) float32 round 715 individuals' centres, some photos much worse than others."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(INDIVIDUALS, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    who = rng.integers(0, INDIVIDUALS, n)
    noise = 0.14 * rng.gamma(4, 0.25, size=(n, 1))
    vectors = centres[who] + noise * rng.normal(size=(n, DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), who.astype(np.str_)


def notebook(vectors: Floats, individuals: Strings) -> Rates:
    """The usual way."""
    codes = individuals.astype(np.float64)[:, None]
    distances = pdist(vectors)
    differ = pdist(codes, lambda a, b: a[0] != b[0]).astype(bool)
    thresholds = np.linspace(distances.min(), distances.max(), THRESHOLDS)
    same_accuracy, different_accuracy = [], []
    for threshold in thresholds:
        said_same = distances <= threshold
        true_positive = np.sum(said_same & ~differ)
        false_positive = np.sum(said_same & differ)
        true_negative = np.sum(~said_same & differ)
        false_negative = np.sum(~said_same & ~differ)
        same_accuracy.append(true_positive / (true_positive + false_negative))
        different_accuracy.append(true_negative / (true_negative + false_positive))
    return Rates(thresholds, np.array(same_accuracy), np.array(different_accuracy))


def largest_difference() -> float:
    """Between the two ways' accuracies at the notebook's thresholds, at the size that both can bear."""
    vectors, individuals = embeddings(SMALL)
    usual = notebook(vectors, individuals)
    # The two ends are distances of real pairs, which rounding may put on either side: step off them.
    inner = slice(1, -1)
    roc = embedding_pairs(vectors, individuals, at=-usual.thresholds)
    place = np.searchsorted(-roc.thresholds, usual.thresholds[inner])
    gaps = (
        roc.tpr[place] - usual.same_accuracy[inner],
        1 - roc.fpr[place] - usual.different_accuracy[inner],
    )
    return float(max(np.abs(gap).max() for gap in gaps))


def measure(way: str, n: int, repeats: int) -> Run:
    """Time one way at one size, in this process."""
    vectors, individuals = embeddings(n)
    best = min(_timed(way, vectors, individuals) for _ in range(repeats))
    pairs = n * (n - 1) // 2
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(way, n, pairs, best, pairs / best, peak_mib)


def _timed(way: str, vectors: Floats, individuals: Strings) -> float:
    start = perf_counter()
    if way == "notebook":
        notebook(vectors, individuals)
    else:
        threads = 1 if way == "one thread" else os.cpu_count() or 1
        roc = embedding_pairs(vectors, individuals, threads=threads)
        roc.auc(), roc.eer(), roc.tpr_at_fpr(0.01), roc.tpr_at_fpr(0.001), roc.best()
        if way == "intervals":
            estimate_pairs(roc, bin_embedding_pairs(vectors, individuals, roc, seed=0), seed=0)
    return perf_counter() - start


def _in_own_process(way: str, n: int, repeats: int) -> Run:
    command = [sys.executable, __file__, "--way", way, "--n", str(n), "--repeats", str(repeats)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout))


def main() -> None:
    """Measure, print one table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the best counts")
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process and print JSON")
    parser.add_argument("--n", type=int, default=SMALL, help="the number of embeddings, with --way")
    asked = parser.parse_args()
    if asked.way:
        print(json.dumps(asdict(measure(asked.way, asked.n, asked.repeats))))
        return
    sizes = (
        ("notebook", SMALL),
        ("one thread", SMALL),
        ("one thread", LARGE),
        ("resight", LARGE),
        ("intervals", LARGE),
    )
    runs = [_in_own_process(way, n, asked.repeats) for way, n in sizes]
    gap = largest_difference()
    table = Table(title=f"Pairs of {DIMENSIONS}-dimensional embeddings, {INDIVIDUALS} individuals")
    for name in ("way", "embeddings", "pairs", "seconds", "pairs per second", "times as fast", "peak MiB"):
        table.add_column(name, justify="left" if name == "way" else "right")
    for run in runs:
        ratio = run.pairs_per_second / runs[0].pairs_per_second
        cells = (f"{run.n:,}", f"{run.pairs:,}", f"{run.seconds:.2f}", f"{run.pairs_per_second:,.0f}")
        table.add_row(WAYS[run.way], *cells, f"{ratio:.0f}", f"{run.peak_mib:.0f}")
    console = Console(width=130)
    console.print(table)
    console.print(f"largest difference of an accuracy at {THRESHOLDS} thresholds, {SMALL:,} embeddings: {gap:.1e}")
    if asked.json:
        results = {"runs": [asdict(run) for run in runs], "largest_difference": gap}
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
