"""Ask a gallery about queries whose names are known, and measure the answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from resight.evaluate.calibration import reliability
from resight.evaluate.measures import (
    calibration_figures,
    further_figures,
    open_set_figures,
    pair_figures,
    ranking_figures,
)
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.pair_bins import bin_matrix_pairs
from resight.evaluate.pair_bootstrap import estimate_pairs
from resight.evaluate.pairs import matrix_pairs
from resight.evaluate.ranking import cumulative_match
from resight.evaluate.report import Curves
from resight.evaluate.result import Evaluation
from resight.evaluate.roc import RocCurve
from resight.evaluate.splits import SplitError, withheld_individuals
from resight.identify.answer import answer, answered, chances, shortlist
from resight.identify.calibration import Calibration, adapted, basis
from resight.identify.decide import Costs
from resight.identify.experience import encounters_of_each, experience
from resight.identify.ranking import rank
from resight.identify.together import together
from resight.identify.usual import learned, usual
from resight.match.comparable import Sides, comparable
from resight.match.open import matcher_for
from resight.match.seam import Gallery, Matcher
from resight.types import Bools, Descriptors, Embeddings, Floats, Ints, Labels, Strings

BATCH = 32
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Annotations:
    """Described annotations of one table: gallery or query.

    `tags` (n,) hold the column of `--exclude-same`: a query is never compared with a gallery annotation of the
    same tag; '' is like nothing. Without such a column all are ''. `groups` (n,) hold the column of `--together`:
    queries of one group show one animal, and are answered together; '' is alone.
    """

    labels: Labels
    descriptors: Descriptors
    tags: Strings
    groups: Strings

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Ints) -> Annotations:
        """These annotations, in this order."""
        return Annotations(self.labels.take(rows), self.descriptors.take(rows), self.tags[rows], self.groups[rows])


@dataclass(frozen=True, slots=True)
class Protocol:
    """How an evaluation is done.

    `withheld` is the share of individuals taken out where no query is of a new one; `lessons` is how many photos of the
    gallery are asked about, at most, to learn what scores mean.
    """

    sides: Sides
    costs: Costs
    seed: int = 0
    withheld: float = 1 / 3
    lessons: int = 400


def evaluate(
    gallery: Annotations,
    query: Annotations,
    protocol: Protocol,
    method: str,
    fingerprint: str,
    progress: Progress | None = None,
    matcher: Matcher | None = None,
) -> tuple[Evaluation, Curves]:
    """Every measure that applies, with intervals, and the curves behind them.

    Without a `matcher` that of this kind of descriptors is used.

    Ranking and verification use the gallery as it is. The open-set measures and the calibration error need
    queries of animals that the gallery lacks: where there are none, a seeded third of the individuals is taken
    out of the gallery and the queries are asked again. Calibration is learned from the gallery alone, each of
    its photos asked without its own encounter; of queries it sees only those that the gallery holds itself.
    """
    tell = progress or _silently
    matcher = matcher or matcher_for(gallery.descriptors)
    searched = matcher.gallery(gallery.descriptors, gallery.labels)
    same_table = gallery is query
    allowed = comparable(query.labels, gallery.labels, protocol.sides) & ~_same_tag(query.tags, gallery.tags)
    started = time.perf_counter()
    scores = _scores(searched, query.descriptors, allowed, lambda n: tell("asking", n, len(query)))
    seconds = (time.perf_counter() - started) / max(1, len(query))

    before = usual(fingerprint, matcher.name)
    answered = _asked(searched, gallery, query, scores, allowed, matcher, before, protocol, tell)
    ranked = _ranked(answered, _own(query, gallery, allowed))
    open_set, split = _open_set(answered, _own(query, gallery, allowed)), "gallery and query as given"
    if answered.known.all():
        try:
            taken = withheld_individuals(gallery.labels.individual, protocol.withheld, protocol.seed)
        except SplitError:
            taken = np.array([], dtype=np.str_)
        if len(taken):
            split = f"as given; for known against new, {len(taken)} individuals were taken out of the gallery"
            left = np.isin(gallery.labels.individual, taken)
            open_set = _without(searched, gallery, query, left, allowed, matcher, before, protocol, tell)

    counted = np.triu(allowed, k=1) if same_table else allowed
    names = query.labels.individual, gallery.labels.individual
    roc = matrix_pairs(scores, *names, counted)
    pairs = estimate_pairs(roc, bin_matrix_pairs(scores, *names, counted, roc, protocol.seed), protocol.seed)
    with_new = ranking_figures(open_set, protocol.seed)
    measures = {
        **ranking_figures(ranked, protocol.seed),
        "map5_new": with_new["map5_new"],
        **open_set_figures(open_set, protocol.seed),
        **pair_figures(pairs),
        **calibration_figures(open_set, protocol.seed),
    }
    evaluation = Evaluation(
        method=method,
        fingerprint=fingerprint,
        seed=protocol.seed,
        split=split,
        n_query=len(query),
        n_gallery=len(gallery),
        n_new=int((~open_set.known).sum()),
        n_unanswerable=int((~ranked.answerable).sum()),
        seconds_per_query=seconds,
        measures=measures,
        further=further_figures(open_set, pairs, protocol.seed),
    )
    curves = _curves(ranked, open_set, roc)
    if same_table and isinstance(gallery.descriptors, Embeddings):
        vectors = gallery.descriptors.vectors
        unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        curves = replace(curves, embedded=(unit, _flanks(gallery.labels, protocol.sides)))
    return evaluation, curves


def _asked(
    searched: Gallery,
    gallery: Annotations,
    query: Annotations,
    scores: Floats,
    allowed: Bools,
    matcher: Matcher,
    before: Calibration | None,
    protocol: Protocol,
    tell: Progress,
) -> Outcomes:
    """Answers to all queries, calibrated on this gallery."""
    lessons = experience(
        searched,
        gallery.descriptors.take,
        gallery.labels,
        protocol.sides,
        best_only=matcher.best_photo_only,
        excluded=lambda rows: _same_tag(gallery.tags[rows], gallery.tags),
        most=protocol.lessons,
        seed=protocol.seed,
        progress=lambda done, total: tell("calibrating", done, total),
    )
    ranking = rank(scores, allowed, gallery.labels.individual, matcher.best_photo_only)
    lists = [shortlist(ranking, row, max(1, len(ranking.individuals))) for row in range(len(scores))]
    calibration = learned(lessons, encounters_of_each(gallery.labels), before)
    if calibration is not None:
        calibration = adapted(calibration, [candidates.scores for candidates in lists])
    if calibration is None:
        found = [answer(candidates, None, protocol.costs) for candidates in lists]
    else:
        never: list[frozenset[str]] = [frozenset()] * len(lists)
        each = [chances(candidates, calibration) for candidates in lists]
        heard = together(lists, each, never, replace(query.labels, encounter=query.groups), calibration.share_new)
        found = [answered(one.candidates, one.chances, basis(calibration), protocol.costs) for one in heard]
    return Outcomes.of(found, query.labels.individual, set(gallery.labels.individual.tolist()))


def _without(
    searched: Gallery,
    gallery: Annotations,
    query: Annotations,
    left_out: Bools,
    allowed: Bools,
    matcher: Matcher,
    before: Calibration | None,
    protocol: Protocol,
    tell: Progress,
) -> Outcomes:
    """The same with some of the gallery taken out: unnamed there, so that nothing is compared with it."""
    names = np.where(left_out, "", gallery.labels.individual)
    smaller = replace(gallery, labels=replace(gallery.labels, individual=names))
    fewer = allowed & ~left_out[None]
    scores = _scores(
        searched, query.descriptors, fewer, lambda n: tell("asking, with individuals taken out", n, len(query))
    )
    return _open_set(
        _asked(searched, smaller, query, scores, fewer, matcher, before, protocol, tell), _own(query, smaller, fewer)
    )


def _own(query: Annotations, gallery: Annotations, allowed: Bools) -> Bools:
    """Whether any photo of a query's own individual may be compared with it, (q,)."""
    same = query.labels.individual[:, None] == gallery.labels.individual[None]
    own = (same & allowed).any(axis=1)
    # What another photo of its group can be compared with, it can be named by.
    return np.asarray(own | np.isin(query.groups, np.unique(query.groups[own & (query.groups != "")])), dtype=np.bool_)


def _ranked(outcomes: Outcomes, own: Bools) -> Outcomes:
    """For ranking: a known individual without a comparable photo cannot be found, and counts as wrong."""
    return replace(outcomes, answerable=outcomes.answerable & (own | ~outcomes.known))


def _open_set(outcomes: Outcomes, own: Bools) -> Outcomes:
    """For known against new: an individual without a comparable photo is as good as new."""
    return replace(outcomes, known=outcomes.known & own)


def _scores(searched: Gallery, queries: Descriptors, allowed: Bools, tell: Callable[[int], None]) -> Floats:
    found = np.zeros(allowed.shape, np.float32)
    for start in range(0, len(allowed), BATCH):
        rows = np.arange(start, min(start + BATCH, len(allowed)))
        found[rows] = searched.scores(queries.take(rows), allowed[rows])
        tell(len(rows) + start)
    return found


def _flanks(labels: Labels, sides: Sides) -> Strings:
    """Who is seen, and from which side where sides are kept apart; '' where nobody knows who."""
    if sides is Sides.ANY:
        return labels.individual
    flanks = np.char.add(np.char.add(labels.individual, " "), labels.side)
    return np.where(labels.individual == "", "", flanks).astype(np.str_)


def _same_tag(ours: Strings, theirs: Strings) -> Bools:
    same: Bools = (ours[:, None] == theirs[None]) & (ours != "")[:, None]
    return same


def _curves(ranked: Outcomes, open_set: Outcomes, roc: RocCurve) -> Curves:
    asked = open_set.answerable
    table = None
    if open_set.p is not None and asked.any():
        table = reliability(open_set.p[asked, 0], open_set.named_right[asked])
    return Curves(
        roc=roc,
        cumulative_match=cumulative_match(ranked) if ranked.known.any() else None,
        n_known=int(ranked.known.sum()),
        reliability=table,
    )


def _silently(what: str, done: int, total: int) -> None:
    del what, done, total
