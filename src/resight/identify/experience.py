"""Ask the gallery about itself: each named photo as a query, its own encounter left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from resight.identify.calibration import DEEPEST, Experience
from resight.identify.ranking import rank
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.seam import Gallery
from resight.types import Bools, Descriptors, Ints, Labels

Take = Callable[[Ints], Descriptors]
BATCH = 32


def experience(
    gallery: Gallery,
    take: Take,
    labels: Labels,
    sides: Sides = Sides.APART,
    *,
    best_only: bool = False,
    excluded: Callable[[Ints], Bools] | None = None,
    most: int = 400,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Experience:
    """Score a seeded sample of at most `most` named annotations against the rest of their gallery.

    `take` gives descriptors of gallery rows. `excluded` (rows) -> (rows, g) leaves out more than the query's own
    encounter. A photo without an encounter leaves out only itself.
    """
    named = np.flatnonzero(labels.individual != "")
    chosen = np.sort(np.random.default_rng(seed).permutation(named)[:most])
    scores = np.full((len(chosen), DEEPEST), np.nan, np.float32)
    truth = np.full(len(chosen), -1, np.int64)
    findable = np.zeros(len(chosen), np.bool_)
    for start in range(0, len(chosen), BATCH):
        rows = chosen[start : start + BATCH]
        asked = labels.take(rows)
        allowed = comparable(asked, labels, sides) & elsewhere(asked, labels)
        if excluded is not None:
            allowed &= ~excluded(rows)
        ranking = rank(gallery.scores(take(rows), allowed), allowed, labels.individual, best_only)
        for i, name in enumerate(asked.individual):
            order = ranking.order(i)
            best = order[:DEEPEST]
            scores[start + i, : len(best)] = ranking.scores[i, best]
            own = np.flatnonzero(ranking.individuals[order] == name)
            findable[start + i] = len(own) > 0
            if len(own) and own[0] < len(best):
                truth[start + i] = own[0]
        if progress is not None:
            progress(start + len(rows), len(chosen))
    return Experience(scores, truth, findable, len(np.unique(labels.individual[chosen])))


def encounters_of_each(labels: Labels) -> Ints:
    """In how many encounters each named individual was met, (individuals,); without an encounter, each photo is one."""
    named = labels.individual != ""
    met = np.where(labels.encounter != "", labels.encounter, labels.photo)[named]
    pairs = np.unique(np.stack([labels.individual[named], met]), axis=1)
    return np.unique(pairs[0], return_counts=True)[1].astype(np.int64)
