"""Matching a query against a gallery: resight beside the straightforward loop over pairs, descriptors given.

    python benchmarks/matching.py --data ../shared/data/nyaladata [--queries 40] [--sides apart]

The loop is what one writes first: every query set against every gallery set, brute-force neighbours, the ratio test,
one affine RANSAC, and the inliers summed over each individual's photos. Both are asked the same seeded queries in the
same run, each query's own encounter left out. With sides apart the loop has half the photos to look at; the search
passes over the other half, but has looked at it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks.identify import chosen, described
from resight.config import settings
from resight.identify.ranking import rank
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.local import local_gallery
from resight.types import Bools, Floats, LocalFeatures

RATIO = 0.8


def pairwise(query: LocalFeatures, gallery: LocalFeatures, allowed: Bools) -> Floats:
    """Inliers of one affine RANSAC for every allowed photo, one after another."""
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    ours = query.vectors.astype(np.float32)
    scores = np.zeros(len(gallery), np.float32)
    for row in np.flatnonzero(allowed):
        span = slice(int(gallery.offsets[row]), int(gallery.offsets[row + 1]))
        pairs = matcher.knnMatch(ours, gallery.vectors[span].astype(np.float32), k=2)
        good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < RATIO * two[1].distance]
        if len(good) < 3:
            continue
        source = query.positions[[match.queryIdx for match in good]]
        target = gallery.positions[span][[match.trainIdx for match in good]]
        _, inliers = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=10)
        scores[row] = 0 if inliers is None else inliers.sum()
    return scores


def main() -> None:
    """Both ways on the same queries, one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--sides", choices=[side.value for side in Sides], default=Sides.ANY.value)
    parser.add_argument("--cache", type=Path, default=settings().cache / "benchmarks")
    given = parser.parse_args()
    method = chosen(given.data.parent, given.data.name) if given.method == "auto" else given.method
    annotations, _ = described(given.data.parent, given.data.name, method, given.cache)
    features, labels = annotations.descriptors, annotations.labels
    assert isinstance(features, LocalFeatures), "this benchmark compares local features"
    rows = np.sort(np.random.default_rng(0).permutation(len(labels))[: given.queries])
    asked = labels.take(rows)
    allowed = comparable(asked, labels, Sides(given.sides)) & elsewhere(asked, labels)

    started = time.perf_counter()
    gallery = local_gallery(features, labels.individual)
    built = time.perf_counter() - started
    started = time.perf_counter()
    ours = gallery.scores(features.take(rows), allowed)
    our_seconds = (time.perf_counter() - started) / len(rows)
    started = time.perf_counter()
    theirs = np.stack([pairwise(features.take([row]), features, allowed[i]) for i, row in enumerate(rows)])
    their_seconds = (time.perf_counter() - started) / len(rows)

    print(f"{len(labels)} photos in the gallery, {len(rows)} queries; the index was built in {built:.1f} s")
    print("| way | seconds a query | top-1 | times as fast |")
    print("|---|---|---|---|")
    for name, scores, seconds in (("loop over pairs", theirs, their_seconds), ("resight", ours, our_seconds)):
        ranking = rank(scores, allowed, labels.individual)
        first = [ranking.individuals[ranking.order(i)[0]] == asked.individual[i] for i in range(len(rows))]
        print(f"| {name} | {seconds:.3f} | {np.mean(first):.3f} | {their_seconds / seconds:.0f} |")


if __name__ == "__main__":
    main()
