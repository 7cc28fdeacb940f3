"""Ask the gallery about itself: each named photo as a query, its own encounter left out.

Each is asked twice: as it is, and as if its animal were new, without any photo of it. To strike its name from the first
answer would not do: without it a spot's nearest neighbours are others, and what strangers score is more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from resight.identify.calibration import DEEPEST, Experience
from resight.identify.ranking import Ranking, rank
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.seam import Gallery
from resight.types import Bools, Descriptors, Floats, Ints, Labels, Strings

Take = Callable[[Ints], Descriptors]
BATCH = 32
MOST = 400


def experience(
    gallery: Gallery,
    take: Take,
    labels: Labels,
    sides: Sides = Sides.APART,
    *,
    best_only: bool = False,
    excluded: Callable[[Ints], Bools] | None = None,
    most: int = MOST,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Experience:
    """Score a seeded sample of at most `most` named annotations against the rest of their gallery.

    `take` gives descriptors of gallery rows. `excluded` (rows) -> (rows, g) leaves out more than the query's own
    encounter. A photo without an encounter leaves out only itself.
    """
    chosen = _sample(labels, most, seed)
    scores = np.full((len(chosen), DEEPEST), np.nan, np.float32)
    strangers = scores.copy()
    truth = np.full(len(chosen), -1, np.int64)
    findable = np.zeros(len(chosen), np.bool_)

    def ask(rows: Ints, allowed: Bools) -> tuple[Floats, Ints, Bools]:
        ranking = rank(gallery.scores(take(rows), allowed), allowed, labels.individual, best_only)
        return _answers(ranking, labels.individual[rows])

    for places, allowed in _batches(chosen, labels, sides, excluded):
        rows = chosen[places]
        scores[places], truth[places], findable[places] = ask(rows, allowed)
        strangers[places] = scores[places]
        met = findable[places]
        if met.any():
            own = labels.individual[rows[met]][:, None] == labels.individual[None]
            strangers[places[met]], _, _ = ask(rows[met], allowed[met] & ~own)
        if progress is not None:
            progress(int(places[-1]) + 1, len(chosen))
    return Experience(scores, truth, findable, strangers, len(np.unique(labels.individual[labels.individual != ""])))


def named_rightly(
    gallery: Gallery, take: Take, labels: Labels, sides: Sides = Sides.APART, *, best_only: bool = False
) -> float:
    """The share of the named annotations that can be named whose own individual scores highest; 0 if none can."""
    chosen = _sample(labels, MOST, 0)
    right = met = 0
    for places, allowed in _batches(chosen, labels, sides, None):
        rows = chosen[places]
        ranking = rank(gallery.scores(take(rows), allowed), allowed, labels.individual, best_only)
        scores, column, findable = _answers(ranking, labels.individual[rows])
        # Where nobody is alike at all, the first name of the alphabet would be.
        right += int(((column == 0) & (scores[:, 0] > 0)).sum())
        met += int(findable.sum())
    return right / max(1, met)


def encounters_of_each(labels: Labels) -> Ints:
    """In how many encounters each named individual was met, (individuals,); without an encounter, each photo is one."""
    named = labels.individual != ""
    met = np.where(labels.encounter != "", labels.encounter, labels.photo)[named]
    pairs = np.unique(np.stack([labels.individual[named], met]), axis=1)
    return np.unique(pairs[0], return_counts=True)[1].astype(np.int64)


def _sample(labels: Labels, most: int, seed: int) -> Ints:
    """At most so many named rows, in order."""
    named = np.flatnonzero(labels.individual != "")
    return np.sort(np.random.default_rng(seed).permutation(named)[:most])


def _batches(
    chosen: Ints, labels: Labels, sides: Sides, excluded: Callable[[Ints], Bools] | None
) -> Iterator[tuple[Ints, Bools]]:
    """Places (b,) among the chosen rows, and with which rows of the gallery each may be compared, (b, g)."""
    for start in range(0, len(chosen), BATCH):
        places = np.arange(start, min(start + BATCH, len(chosen)))
        asked = labels.take(chosen[places])
        allowed = comparable(asked, labels, sides) & elsewhere(asked, labels)
        if excluded is not None:
            allowed &= ~excluded(chosen[places])
        yield places, allowed


def _answers(ranking: Ranking, names: Strings) -> tuple[Floats, Ints, Bools]:
    """The best scores of each query (q, d), the column of its own name (q,), and whether it has photos (q,).

    NaN where there are fewer, and -1 where the name is not among the best.
    """
    scores = np.full((len(names), DEEPEST), np.nan, np.float32)
    column = np.full(len(names), -1, np.int64)
    findable = np.zeros(len(names), np.bool_)
    for row, name in enumerate(names):
        order = ranking.order(row)
        own = np.flatnonzero(ranking.individuals[order] == name)
        best = order[:DEEPEST]
        scores[row, : len(best)] = ranking.scores[row, best]
        findable[row] = len(own) > 0
        if len(own) and own[0] < DEEPEST:
            column[row] = own[0]
    return scores, column, findable
