"""All measures of one evaluation, with their intervals, from the answers and from the pairs."""

from __future__ import annotations

import numpy as np

from resight.evaluate import ranking
from resight.evaluate.bootstrap import Statistic, estimate
from resight.evaluate.calibration import expected_calibration_error
from resight.evaluate.open_set import auroc, balanced_mean, known_named, new_found, weighted_mean
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.pair_bootstrap import PairFigures
from resight.evaluate.result import Figure, Figures, Missing
from resight.evaluate.review_effort import proposals, share_for_review
from resight.types import Doubles

_NO_KNOWN = "no query is of an individual that the gallery holds"
_NO_NEW = "no query is of an individual that the gallery lacks"
_NOT_CALIBRATED = "the method gave no probabilities: the gallery is too small to calibrate on"


def ranking_figures(outcomes: Outcomes, seed: int) -> Figures:
    """Top-1, top-5, MAP@5 without and with 'new individual' as an entry."""
    individuals = outcomes.individuals

    def mean(values: Doubles) -> Figure:
        if np.isnan(values).all():
            return Missing(_NO_KNOWN)
        return estimate(lambda weights: weighted_mean(values, weights), individuals, seed)

    return {
        "top1": mean(ranking.hits(outcomes, 1)),
        "top5": mean(ranking.hits(outcomes, 5)),
        "map5": mean(ranking.average_precision(outcomes)),
        "map5_new": Missing(_NOT_CALIBRATED)
        if outcomes.p is None
        else mean(ranking.average_precision_with_new(outcomes)),
    }


def open_set_figures(outcomes: Outcomes, seed: int) -> Figures:
    """BAKS, BAUS, and AUROC of known against new."""
    individuals = outcomes.individuals
    known, found = known_named(outcomes), new_found(outcomes)
    knownness = outcomes.knownness
    no_known, no_new = not outcomes.known.any(), bool(outcomes.known.all())

    def figure(statistic: Statistic, reason: str) -> Figure:
        return Missing(reason) if reason else estimate(statistic, individuals, seed)

    return {
        "baks": figure(lambda w: balanced_mean(known, individuals, w), _NO_KNOWN if no_known else ""),
        "baus": figure(lambda w: balanced_mean(found, individuals, w), _NO_NEW if no_new else ""),
        "auroc_new": figure(
            lambda w: auroc(knownness, outcomes.known, w),
            _NO_KNOWN if no_known else _NO_NEW if no_new else "",
        ),
    }


def calibration_figures(outcomes: Outcomes, seed: int) -> Figures:
    """Expected calibration error of the first candidate's probability, over queries that are answerable."""
    if outcomes.p is None:
        return {"ece": Missing(_NOT_CALIBRATED)}
    asked = outcomes.answerable
    if not asked.any():
        return {"ece": Missing("no query has anything comparable in the gallery")}
    p, right = outcomes.p[asked, 0], outcomes.named_right[asked]
    individuals = outcomes.individuals[asked]
    return {"ece": estimate(lambda w: expected_calibration_error(p, right, w), individuals, seed)}


def pair_figures(figures: PairFigures) -> Figures:
    """The verification measures, under their names."""
    return {
        "auc": figures.auc,
        "tpr_at_fpr_1pct": figures.tpr_at_fpr_1pct,
        "tpr_at_fpr_01pct": figures.tpr_at_fpr_01pct,
        "eer": figures.eer,
    }


def further_figures(outcomes: Outcomes, pairs: PairFigures, seed: int) -> Figures:
    """Shown beside the measures: BAKS and BAUS together, undecided, review effort, best mean accuracy."""
    individuals = outcomes.individuals
    known, found = known_named(outcomes), new_found(outcomes)
    undecided = outcomes.undecided.astype(np.float64)
    confidence, right = proposals(outcomes)

    def geometric_mean(weights: Doubles) -> Doubles:
        baks = balanced_mean(known, individuals, weights)
        return np.sqrt(baks * balanced_mean(found, individuals, weights))

    def review(wrong_rate: float) -> Figure:
        return estimate(lambda w: share_for_review(confidence, right, wrong_rate, w), individuals, seed)

    both = outcomes.known.any() and not outcomes.known.all()
    return {
        "baks_baus_geometric_mean": estimate(geometric_mean, individuals, seed)
        if both
        else Missing(_NO_NEW if outcomes.known.any() else _NO_KNOWN),
        "undecided": estimate(lambda w: weighted_mean(undecided, w), individuals, seed),
        "review_effort_1pct_wrong": review(0.01),
        "review_effort_5pct_wrong": review(0.05),
        "best_mean_accuracy": pairs.mean_accuracy,
    }
