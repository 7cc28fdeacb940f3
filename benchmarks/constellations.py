"""Looking up patterns of spots among many animals: the index beside a loop over all pairs, on drawn patterns.

    python benchmarks/constellations.py [--animals 100 1000 10000] [--queries 100] [--looped 2]

Every pattern has 12 to 30 spots. A query is one of them seen again: turned by any angle, half to twice as large, 30%
of its spots missing, as many as a tenth added that are none, every place off by 1% of the pattern's length and every
radius by 15%. The loop lays the query over every animal by two spots each at a time, which is what one writes first;
it is timed on `--looped` of the animals and its time for all is extrapolated from them. One thread.
"""

from __future__ import annotations

import argparse
import time

import cv2
import numpy as np

from resight.match.constellations import ConstellationGallery
from resight.types import Doubles, Floats, LocalFeatures

WIDTH, HEIGHT = 1.0, 0.6
CLOSEST = 0.045
NOISE, MISSING, ADDED, SIZE_NOISE = 0.01, 0.3, 0.1, 0.15


def drawn(animals: int, rng: np.random.Generator) -> LocalFeatures:
    """So many animals' spots, none too near to another."""
    return packed([_apart(rng.random((40, 2)) * (WIDTH, HEIGHT))[: rng.integers(12, 31)] for _ in range(animals)], rng)


def packed(patterns: list[Doubles], rng: np.random.Generator) -> LocalFeatures:
    """Places as local features, on photos a thousand pixels wide, with radii of their own."""
    counts = [len(pattern) for pattern in patterns]
    m = sum(counts)
    return LocalFeatures(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sizes=np.full((len(counts), 2), (1000 * WIDTH, 1000 * HEIGHT), np.float32),
        positions=(1000 * np.concatenate(patterns)).astype(np.float32),
        scales=(20 * np.exp(rng.normal(0, 0.35, m))).astype(np.float32),
        angles=np.zeros(m, np.float32),
        vectors=np.zeros((m, 1), np.uint8),
    )


def seen_again(animal: LocalFeatures, rng: np.random.Generator) -> LocalFeatures:
    """One animal's spots in another photo."""
    n = len(animal.positions)
    kept = np.sort(rng.permutation(n)[: round(n * (1 - MISSING))])
    added = rng.random((round(n * ADDED), 2)) * (1000 * WIDTH, 1000 * HEIGHT)
    places = np.concatenate([animal.positions[kept] + rng.normal(0, 1000 * NOISE, (len(kept), 2)), added])
    radii = np.concatenate([animal.scales[kept], 20 * np.exp(rng.normal(0, 0.35, len(added)))])
    turn, factor = rng.uniform(0, 2 * np.pi), 2 ** rng.uniform(-1, 1)
    cos, sin = np.cos(turn), np.sin(turn)
    return LocalFeatures(
        offsets=np.array([0, len(places)], np.int64),
        sizes=animal.sizes,
        positions=(factor * places @ np.array([[cos, sin], [-sin, cos]])).astype(np.float32),
        scales=(factor * radii * np.exp(rng.normal(0, SIZE_NOISE, len(radii)))).astype(np.float32),
        angles=np.zeros(len(places), np.float32),
        vectors=np.zeros((len(places), 1), np.uint8),
    )


def looped(query: LocalFeatures, animals: LocalFeatures) -> Floats:
    """Spots of the query that lie on one of each animal's, under the best similarity that two spots give."""
    found = np.zeros(len(animals), np.float32)
    ours = query.positions[:, 0] + 1j * query.positions[:, 1]
    i, j = (pair.ravel() for pair in np.nonzero(~np.eye(len(ours), dtype=np.bool_)))
    for row in range(len(animals)):
        span = slice(int(animals.offsets[row]), int(animals.offsets[row + 1]))
        theirs = animals.positions[span, 0] + 1j * animals.positions[span, 1]
        for a in range(len(theirs)):
            for b in range(a):
                factor = (theirs[b] - theirs[a]) / (ours[j] - ours[i])
                moved = theirs[a] + factor[:, None] * (ours[None] - ours[i, None])
                near = np.abs(moved[:, :, None] - theirs).min(axis=2) < 30
                possible = (np.abs(factor) > 0.4) & (np.abs(factor) < 2.5)
                found[row] = max(found[row], float((near.sum(axis=1) * possible).max(initial=0)))
    return found


def main() -> None:
    """One table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--animals", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--looped", type=int, default=2, help="animals that the loop is timed on")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    print("| animals | seconds to build | MB | ms a look-up | ms of the loop (extrapolated) | rank-1 |")
    print("|---|---|---|---|---|---|")
    for n in given.animals:
        rng = np.random.default_rng(n)
        animals = drawn(n, rng)
        started = time.process_time()
        gallery = ConstellationGallery(animals)
        built = time.process_time() - started
        asked = rng.permutation(n)[: given.queries]
        queries = [seen_again(animals.take([row]), rng) for row in asked]
        everyone = np.ones((1, n), np.bool_)
        started = time.process_time()
        first = [int(gallery.scores(query, everyone)[0].argmax()) for query in queries]
        ours = (time.process_time() - started) / len(queries)
        started = time.process_time()
        looped(queries[0], animals.take(np.arange(given.looped)))
        theirs = (time.process_time() - started) / given.looped * n
        right = np.mean(np.array(first) == asked)
        cells = f"{n:,} | {built:.1f} | {gallery.index.size / 1e6:.0f} | {1000 * ours:.0f} | {1000 * theirs:,.0f}"
        print(f"| {cells} | {right:.3f} |", flush=True)


def _apart(places: Doubles) -> Doubles:
    kept: list[Doubles] = []
    for place in places:
        if all(np.hypot(*(place - other)) > CLOSEST for other in kept):
            kept.append(place)
    return np.array(kept)


if __name__ == "__main__":
    main()
