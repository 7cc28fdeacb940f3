"""Comparison heads over all pairs at once, beside a loop over pairs; and mining by linear assignment. Made-up vectors.

    python benchmarks/heads.py [--photos 9000] [--features 512] [--threads 2] [--loop 2000] [--exact 20]

Every way is asked for all queries against all gallery photos, in a process of its own, whose peak memory is given with
the answer's own share of it. What would take too long is measured on a part, and multiplied: the loop on so many pairs,
the exact shared map on so many queries. Agreement of the low rank with the exact answers is by query: the mean rank
correlation, and how much of the first 1 and the first 5 is the same.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import spearmanr

from resight.match.chi2 import Chi2, margins
from resight.match.comparison import Even, Head, L1Head, NeuralHead, SharedHead, in_blocks, logits
from resight.match.low_rank import low_rank
from resight.types import Floats

HIDDEN, UNITS, RANKS = 32, 32, (4, 8, 12, 16)


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is asked, and of which part the slow ways are measured."""

    photos: int
    features: int
    threads: int
    loop: int
    exact: int


def vectors(asked: Asked, seed: int) -> Floats:
    """Vectors of individuals with two photos each, so that there is something alike."""
    rng = np.random.default_rng(0)
    animals = rng.standard_normal((asked.photos, asked.features), dtype=np.float32)
    noise = np.random.default_rng(seed).standard_normal(animals.shape, dtype=np.float32)
    return np.asarray(animals + np.float32(0.7) * noise, np.float32)


def head(kind: str, features: int) -> Head:
    """A head with made-up weights that calls likeness alike, as a trained one does."""
    rng = np.random.default_rng(1)
    even = Even(np.zeros(features, np.float32), np.ones(features, np.float32))

    def drawn(*shape: int, size: float = 1.0, about: float = 0.0) -> Floats:
        return np.asarray(about + size * rng.standard_normal(shape), np.float32)

    if kind == "neural":
        first, second = drawn(HIDDEN, features, size=0.05), drawn(HIDDEN, features, size=0.05)
        return NeuralHead(even, first, second, drawn(HIDDEN), drawn(HIDDEN), 0.0)
    if kind == "l1":
        return L1Head(even, drawn(features, size=0.02, about=-0.02), 1.0)
    spread = np.quantile(vectors(Asked(200, features, 1, 0, 0), 2), np.linspace(0, 1, 512)).astype(np.float32)
    towards = np.array([0, 0.5, -1, -0.1], np.float32)
    return SharedHead(
        even, drawn(UNITS, 4, size=0.5) + towards, drawn(UNITS), np.abs(drawn(UNITS, size=0.2)), 0.0,
        np.abs(drawn(features, size=0.05)), 0.0, spread,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that passed, and seconds that processors worked: the fewer of both, where others use the machine too."""

    passed: float
    worked: float


def timed(work: Callable[[], object], times: float = 1.0) -> Took:
    """How long it takes, times a factor where it is a part of what is asked."""
    passed, worked = time.perf_counter(), time.process_time()
    work()
    return Took((time.perf_counter() - passed) * times, (time.process_time() - worked) * times)


def loop(asked: Asked, kind: str) -> Took:
    """For all pairs, one after another, by vectors as they are."""
    trained, ours, theirs = head(kind, asked.features), vectors(asked, 3), vectors(asked, 4)
    rows = np.random.default_rng(0).integers(0, asked.photos, (asked.loop, 2))
    of_pair = PAIRS[kind]

    def work() -> None:
        for one, other in rows.tolist():
            of_pair(trained, ours[one], theirs[other])

    return timed(work, asked.photos**2 / asked.loop)


def neural_pair(trained: NeuralHead, a: Floats, b: Floats) -> float:
    """The neural head on one pair, both orders."""
    hidden = [np.maximum(trained.first @ x + trained.second @ y + trained.bias, 0) for x, y in ((a, b), (b, a))]
    return float((hidden[0] + hidden[1]) @ trained.weights / 2 + trained.offset)


def l1_pair(trained: L1Head, a: Floats, b: Floats) -> float:
    """The L1 head on one pair."""
    return float(np.abs(a - b) @ trained.weights + trained.offset)


def shared_pair(trained: SharedHead, a: Floats, b: Floats) -> float:
    """DeepWhale's comparator on one pair."""
    apart = a - b
    four = np.stack([a + b, a * b, np.abs(apart), apart * apart])
    layer = np.maximum(trained.hidden @ four + trained.hidden_bias[:, None], 0)
    return float((trained.output @ layer + trained.output_bias) @ trained.weights + trained.offset)


PAIRS: dict[str, Callable[..., float]] = {"neural": neural_pair, "l1": l1_pair, "shared": shared_pair}


def whole(asked: Asked, kind: str) -> Took:
    """For all pairs as one matrix; the exact shared map on a part of the queries."""
    trained, ours, theirs = head(kind, asked.features), vectors(asked, 3), vectors(asked, 4)
    part = ours[: asked.exact] if kind == "shared" else ours
    return timed(lambda: logits(trained, part, theirs), len(ours) / len(part))


def approximate(asked: Asked, rank: int) -> Took:
    """For all pairs by a shared map of low rank, making the vectors longer among them."""
    trained, ours, theirs = head("shared", asked.features), vectors(asked, 3), vectors(asked, 4)
    assert isinstance(trained, SharedHead)

    def work() -> Floats:
        low = low_rank(trained, rank)
        longer = low.longer(theirs)
        return in_blocks(lambda rows: low.logits(rows, longer), ours, len(theirs))

    return timed(work)


def chi_squared(asked: Asked, queries: int) -> Took:
    """For all pairs by the weighted chi-squared similarity of features that are not negative, on so many queries."""
    ours, theirs = np.abs(vectors(asked, 3)), np.abs(vectors(asked, 4))
    fitted = Chi2(np.ones(2 * asked.features, np.float32), 0.0)
    return timed(lambda: margins(fitted, ours[:queries], theirs), asked.photos / queries)


def assignment(asked: Asked, noise: float) -> Took:
    """To mine pairs of 6,000 photos of 2,000 animals by linear assignment."""
    from resight.learn.mined import scorer
    from resight.learn.pairs import assigned

    seen, who = vectors(replace(asked, photos=6000), 3), np.arange(6000) % 2000
    trained = head("l1", asked.features)
    return timed(lambda: assigned(scorer(trained, seen), who, noise, np.random.default_rng(0)))


def agreement(asked: Asked) -> list[tuple[int, float, float, float]]:
    """Of each rank: the mean rank correlation with the exact answers, and the overlap of the first 1 and 5."""
    trained, ours, theirs = head("shared", asked.features), vectors(asked, 3)[:50], vectors(asked, 4)[:2000]
    assert isinstance(trained, SharedHead)
    exact = logits(trained, ours, theirs)
    found = []
    for rank in RANKS:
        low = low_rank(trained, rank)
        near = low.logits(ours, low.longer(theirs))
        correlation = float(np.mean([spearmanr(a, b).statistic for a, b in zip(exact, near, strict=True)]))
        first, fifth = (_overlap(_best(exact), _best(near), k) for k in (1, 5))
        found.append((rank, correlation, first, fifth))
    return found


def _overlap(some: list[list[int]], others: list[list[int]], k: int) -> float:
    return float(np.mean([len(set(a[:k]) & set(b[:k])) / k for a, b in zip(some, others, strict=True)]))


def _best(answers: Floats) -> list[list[int]]:
    rows: list[list[int]] = np.argsort(-answers, axis=1)[:, :5].tolist()
    return rows


def _alone(function: Callable[..., Took], *given: object) -> tuple[Took, float]:
    """What a function gives in a process of its own, and that process' peak memory, MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_with_peak, (function, given))


def _with_peak(function: Callable[..., Took], given: tuple[object, ...]) -> tuple[Took, float]:
    return function(*given), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Every way, one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("photos", 9000), ("features", 512), ("threads", 2), ("loop", 2000), ("exact", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = Asked(**vars(parser.parse_args()))
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(asked.threads)
    matrix = asked.photos**2 * 4 / 1e6
    print(f"{asked.photos} x {asked.photos} photos, {asked.features} features; the answers alone take {matrix:.0f} MB")
    print("| comparison | way | seconds | of processors | peak MB | measured on |")
    print("|---|---|---|---|---|---|")

    def row(comparison: str, way: str, on: str, function: Callable[..., Took], *given: object) -> None:
        took, peak = _alone(function, asked, *given)
        times = f"{took.passed:,.1f} | {took.worked:,.1f}"
        print(f"| {comparison} | {way} | {times} | {peak:.0f} | {on} |", flush=True)

    for kind in PAIRS:
        row(kind, "loop over pairs", f"{asked.loop} pairs, extrapolated", loop, kind)
        part = f"{asked.exact} queries, extrapolated" if kind == "shared" else "all"
        row(kind, "one matrix, exact", part, whole, kind)
    for rank in RANKS:
        row("shared", f"one matrix, rank {rank}", "all", approximate, rank)
    queries = min(1000, asked.photos)
    row("chi2", "one matrix, exact", f"{queries} queries, extrapolated", chi_squared, queries)
    for noise in (100.0, 1.0):
        row("mining", f"linear assignment of 6,000 photos, noise {noise:g}", "all", assignment, noise)
    print("\n| rank | Spearman | top-1 | top-5 |\n|---|---|---|---|")
    for rank, correlation, first, fifth in agreement(asked):
        print(f"| {rank} | {correlation:.4f} | {first:.3f} | {fifth:.3f} |")


if __name__ == "__main__":
    main()
