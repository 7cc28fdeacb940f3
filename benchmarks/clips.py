"""Koi of fs48 clip by clip: what single frames, one camera's frames and whole clips are worth, by identify's own rule.

    python -m benchmarks.clips --data ../shared/data [--clips 60]

A clip shows one fish in 18 frames of three cameras. All frames of a seeded sample of clips are asked about among all
photos, once without those of their own clip, and once without those of their own camera too, for frames of other clips
by the same camera are alike in light and angle. What scores mean is learned under the same rule, each lesson asked
without its own clip. Every frame is answered: alone, with the other frames of its clip by its camera, and with all of
its clip. The share of frames whose first name is right, with a 95% interval by a bootstrap over the 24 fish; how far
the probability of that name is off; and the share of frames left to a person at one wrong name in a hundred given
without one.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.identify import described, nothing_of, shown
from resight.config import settings
from resight.evaluate.measures import calibration_figures, ranking_figures
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.review_effort import proposals, share_for_review
from resight.identify.answer import Chances, Shortlist, answered, chances, shortlist
from resight.identify.calibration import Calibration, adapted
from resight.identify.decide import PRESETS
from resight.identify.experience import encounters_of_each, experience
from resight.identify.ranking import rank
from resight.identify.together import Heard, together
from resight.identify.usual import learned, usual
from resight.match.comparable import Sides, comparable
from resight.match.open import matcher_for
from resight.match.seam import Gallery
from resight.method import open_method
from resight.types import Basis, Bools, Descriptors, Floats, Ints, Labels, Strings

METHOD = "patches:colour+mask"
BATCH = 32


def cameras(table: Path, labels: Labels) -> Strings:
    """The camera of each photo."""
    with table.open(newline="", encoding="utf-8") as file:
        of = {
            hashlib.sha256((table.parent / row["path"]).read_bytes()).hexdigest(): row["camera"]
            for row in csv.DictReader(file)
        }
    return np.array([of[photo] for photo in labels.photo.tolist()])


def asked(
    gallery: Gallery, descriptors: Descriptors, labels: Labels, rows: Ints, never: Bools, before: Calibration | None
) -> tuple[list[Shortlist], list[Chances], float]:
    """What each of these photos says alone, and what is thought of a new animal; `never` (n, n) is not compared."""
    allowed = comparable(labels.take(rows), labels, Sides.ANY) & ~never[rows]
    scores: Floats = np.zeros(allowed.shape, np.float32)
    for start in range(0, len(rows), BATCH):
        some = slice(start, start + BATCH)
        scores[some] = gallery.scores(descriptors.take(rows[some]), allowed[some])
    ranking = rank(scores, allowed, labels.individual)
    lists = [shortlist(ranking, row, len(ranking.individuals)) for row in range(len(rows))]
    lessons = experience(gallery, descriptors.take, labels, Sides.ANY, excluded=lambda some: never[some])
    calibration = learned(lessons, encounters_of_each(labels), before)
    if calibration is None:
        raise SystemExit("too few clips to learn what scores mean")
    calibration = adapted(calibration, [one.scores for one in lists])
    return lists, [chances(one, calibration) for one in lists], calibration.share_new


def figures(heard: Sequence[Heard], truth: Strings) -> str:
    """The three figures of one way to answer."""
    found = [answered(one.candidates, one.chances, Basis.OWN, PRESETS["never-ask"]) for one in heard]
    outcomes = Outcomes.of(found, truth, set(truth.tolist()))
    sure, right = proposals(outcomes)
    review = share_for_review(sure, right, 0.01, np.ones(len(truth)))
    top1, off = ranking_figures(outcomes, seed=0)["top1"], calibration_figures(outcomes, seed=0)["ece"]
    return f"{shown(top1)} | {shown(off)} | {float(review):.0%}"


def main() -> None:
    """Ask, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--cache", type=Path, default=settings().cache / "benchmarks")
    given = parser.parse_args()
    annotations, _ = described(given.data, "fs48", METHOD, given.cache)
    labels, descriptors = annotations.labels, annotations.descriptors
    camera = cameras(given.data / "fs48" / "metadata.csv", labels)
    clips = np.random.default_rng(0).permutation(np.unique(labels.encounter))[: given.clips]
    rows = np.flatnonzero(np.isin(labels.encounter, clips))
    matcher = matcher_for(descriptors)
    gallery = matcher.gallery(descriptors, labels)
    before = usual(open_method(METHOD).fingerprint, matcher.name)
    same_clip = labels.encounter[:, None] == labels.encounter[None]
    same_camera = camera[:, None] == camera[None]
    groups = {
        "each photo alone": nothing_of(len(rows)),
        "a clip's photos of one camera": np.char.add(labels.encounter, camera)[rows],
        "all photos of a clip": labels.encounter[rows],
    }
    print("| compared with | answered together | right | probability off | left to a person |\n|---|---|---|---|---|")
    for against, never in (
        ("other clips", same_clip),
        ("other clips, by other cameras", same_clip | same_camera),
    ):
        lists, found, share_new = asked(gallery, descriptors, labels, rows, never, before)
        for what, group in groups.items():
            query = replace(labels.take(rows), encounter=group)
            heard = together(lists, found, [frozenset()] * len(rows), query, share_new)
            print(f"| {against} | {what} | {figures(heard, query.individual)} |", flush=True)


if __name__ == "__main__":
    main()
