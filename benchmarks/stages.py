"""How long each stage of naming one photo takes, by local features: search, shortlist, verification.

python -m benchmarks.stages TABLE [--method patches:inside+mask] [--queries 100]

All photos of TABLE are the gallery; some of them are asked about, on one processor. One row a stage: milliseconds a
query, and a photo that the stage looks at: of the search and the votes every photo; of pairs and geometry each of the
shortlist; of the second look the likest of that.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import faiss
import numpy as np

from resight.config import settings
from resight.evaluate.tables import read_annotations
from resight.match.again import look_again
from resight.match.comparable import comparable, elsewhere
from resight.match.correspondence import Neighbours, correspond
from resight.match.geometry import agreement
from resight.match.local import feature_index, search_among
from resight.match.votes import votes
from resight.method import INSIDE
from resight.types import LocalFeatures
from resight.work.processes import local_processes


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("table", type=Path)
    asked.add_argument("--method", default=INSIDE)
    asked.add_argument("--queries", type=int, default=100)
    given = asked.parse_args()
    photos, _ = read_annotations(given.table, given.method, local_processes(settings().workers))
    spots, labels = photos.descriptors, photos.labels
    assert isinstance(spots, LocalFeatures), "a method that compares spots"
    faiss.omp_set_num_threads(1)
    search = search_among(labels.individual)
    index = feature_index(iter([spots]), spots, len(spots.vectors))
    rows = np.random.default_rng(0).permutation(len(labels))[: given.queries]
    stages = "search for the nearest keypoints", "votes, shortlist", "pairs", "geometry", "second look"
    spent, looked_at = np.zeros(len(stages)), np.zeros(len(stages), np.int64)
    whose = np.unique(labels.individual, return_inverse=True)[1]
    for row in rows:
        query, of = spots.take(np.array([row])), labels.take(np.array([row]))
        allowed = (comparable(of, labels) & elsewhere(of, labels))[0][spots.owners]
        times = [time.perf_counter()]
        distances, keypoints = index.search(query.vectors.astype(np.float32), search.background, allowed)
        found = Neighbours(distances, keypoints, np.where(keypoints >= 0, spots.owners[keypoints], -1))
        times.append(time.perf_counter())
        counted = votes(found, len(labels), search.votes)
        best = np.argsort(-counted, kind="stable")[: search.shortlist]
        shortlist = best[counted[best] > 0]
        times.append(time.perf_counter())
        pairs = correspond(found, shortlist, search.pairs)
        times.append(time.perf_counter())
        agreed, shares = agreement(query, spots, shortlist, pairs)
        times.append(time.perf_counter())
        likest = np.argsort(-agreed, kind="stable")[: search.again]
        again = shortlist[likest]
        look_again(query, spots, again, pairs.take(likest), shares[likest], found.background, whose[again])
        times.append(time.perf_counter())
        looked_at += (len(labels), len(labels), len(shortlist), len(shortlist), len(again))
        spent += np.diff(times)
    print(f"{len(labels)} photos, {len(spots.vectors)} keypoints, {len(rows)} queries\n")
    print("| stage | ms a query | ms a photo looked at |\n|---|---|---|")
    for stage, seconds, seen in zip(stages, spent.tolist(), looked_at.tolist(), strict=True):
        print(f"| {stage} | {1e3 * seconds / len(rows):.2f} | {1e3 * seconds / seen:.4f} |")


if __name__ == "__main__":
    main()
