"""Every measure over answers, against its definition spelt out query by query."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from resight.evaluate.calibration import brier, expected_calibration_error, reliability
from resight.evaluate.measures import (
    calibration_figures,
    further_figures,
    open_set_figures,
    pair_figures,
    ranking_figures,
)
from resight.evaluate.open_set import auroc
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.pair_bootstrap import PairFigures
from resight.evaluate.ranking import cumulative_match
from resight.evaluate.result import Estimate, Figure, Missing
from resight.evaluate.review_effort import proposals, share_for_review
from resight.types import Answer, Candidate, Verdict

GALLERY = ("Ada", "Bea", "Cleo", "Dot", "Eve", "Fay", "Gil")
NO_PAIRS = PairFigures(*[Missing("no pairs here")] * 5)
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])


@st.composite
def queries(draw: st.DrawFn) -> tuple[Answer, str]:
    """An answer and the truth; three times in four the truth is the first candidate, or one of two new animals."""
    names = draw(st.lists(st.sampled_from(GALLERY), unique=True, max_size=7))
    p = sorted((draw(SHARES) for _ in names), reverse=True)
    candidates = tuple(Candidate(name, share, 0, share) for name, share in zip(names, p, strict=True))
    verdict = draw(st.sampled_from([Verdict.KNOWN, Verdict.NEW, Verdict.UNDECIDED])) if names else Verdict.NEW
    likely = [*names[:1], *names[:1], "Hal", "Hal", "Ivy", ""]
    truth = draw(st.one_of(st.sampled_from(likely), st.sampled_from(GALLERY)))
    return Answer(candidates, verdict, draw(SHARES)), truth


Asked = list[tuple[Answer, str]]
ASKED = st.lists(queries(), min_size=1, max_size=20)


def outcomes_of(asked: Asked) -> Outcomes:
    return Outcomes.of([answer for answer, _ in asked], np.array([name for _, name in asked]), GALLERY)


def check(figure: Figure, values: list[float]) -> None:
    if not values:
        assert isinstance(figure, Missing)
        return
    assert isinstance(figure, Estimate)
    assert figure.value == pytest.approx(mean(values), abs=1e-12)


@given(ASKED)
def test_ranking(asked: Asked) -> None:
    figures = ranking_figures(outcomes_of(asked), seed=0)
    top1, top5, map5, map5_new = [], [], [], []
    for answer, truth in asked:
        names = [candidate.individual for candidate in answer.candidates]
        if truth in GALLERY:
            rank = names.index(truth) + 1 if truth in names else 99
            top1.append(float(rank == 1))
            top5.append(float(rank <= 5))
            map5.append(1 / rank if rank <= 5 else 0.0)
        entries = [(-(c.p or 0), 0, place, c.individual) for place, c in enumerate(answer.candidates)]
        entries.append((-(answer.p_new or 0), 1, 0, "NEW"))
        listed = [name for *_, name in sorted(entries)]
        right = truth if truth in GALLERY else "NEW"
        found = bool(names) and right in listed[:5]
        map5_new.append(1 / (listed.index(right) + 1) if found else 0.0)
    for name, values in (("top1", top1), ("top5", top5), ("map5", map5), ("map5_new", map5_new)):
        check(figures[name], values)


@given(ASKED)
def test_open_set(asked: Asked) -> None:
    outcomes = outcomes_of(asked)
    figures = open_set_figures(outcomes, seed=0)
    of_known: defaultdict[str, list[float]] = defaultdict(list)
    of_new: defaultdict[str, list[float]] = defaultdict(list)
    for number, (answer, truth) in enumerate(asked):
        if truth in GALLERY:
            of_known[truth].append(float(answer.verdict is Verdict.KNOWN and answer.individual == truth))
        else:
            said_new = answer.verdict is Verdict.NEW and bool(answer.candidates)
            of_new[truth or f"nameless {number}"].append(float(said_new))
    check(figures["baks"], [mean(values) for values in of_known.values()])
    check(figures["baus"], [mean(values) for values in of_new.values()])
    if of_known and of_new:
        baks, baus = figures["baks"], figures["baus"]
        both = further_figures(outcomes, NO_PAIRS, seed=0)["baks_baus_geometric_mean"]
        assert isinstance(baks, Estimate)
        assert isinstance(baus, Estimate)
        check(both, [float(np.sqrt(baks.value * baus.value))])
        knownness = np.clip(outcomes.knownness, -9, 9)
        check(figures["auroc_new"], [float(roc_auc_score(outcomes.known, knownness))])
    else:
        assert isinstance(figures["auroc_new"], Missing)


@given(ASKED, st.sampled_from([0.0, 0.01, 0.2, 0.5]))
def test_review_effort(asked: Asked, rate: float) -> None:
    confidence, right = proposals(outcomes_of(asked))
    most = 0
    for threshold in confidence[np.isfinite(confidence)]:
        taken = confidence >= threshold
        if (~right[taken]).sum() <= rate * taken.sum():
            most = max(most, int(taken.sum()))
    share = share_for_review(confidence, right, rate, np.ones(len(asked)))
    assert float(share) == pytest.approx(1 - most / len(asked))
    for (answer, truth), sure, is_right in zip(asked, confidence, right, strict=True):
        if not answer.candidates:
            assert sure == -np.inf
        elif (answer.p_new or 0) > (answer.candidates[0].p or 0):
            assert is_right == (truth not in GALLERY)
        else:
            assert is_right == (truth == answer.candidates[0].individual)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_calibration(stated: list[tuple[float, bool]]) -> None:
    p, right = np.array([share for share, _ in stated]), np.array([came for _, came in stated])
    table = reliability(p, right)
    error = float((table.count * np.abs(table.stated - table.right)).sum() / len(p))
    assert float(expected_calibration_error(p, right, np.ones(len(p)))) == pytest.approx(error, abs=1e-12)
    assert table.count.sum() == len(p)
    twice = np.append(p, p), np.append(right, right)
    doubled = expected_calibration_error(p, right, np.full(len(p), 2.0))
    assert float(doubled) == pytest.approx(float(expected_calibration_error(*twice, np.ones(2 * len(p)))))
    assert brier(p, right) == pytest.approx(mean((share - came) ** 2 for share, came in stated))


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.integers(0, 3)), min_size=1, max_size=25))
def test_weighted_auroc_is_that_of_repeated_queries(rows: list[tuple[float, bool, int]]) -> None:
    score, known, weights = (np.array(column) for column in zip(*rows, strict=True))
    repeated = np.repeat(known, weights)
    value = float(auroc(score, known, weights.astype(np.float64)))
    if repeated.all() or not repeated.any():
        assert np.isnan(value)
    else:
        assert value == pytest.approx(roc_auc_score(repeated, np.repeat(score, weights)))


def test_uncalibrated_answers_lack_what_needs_probabilities() -> None:
    known = Answer((Candidate("Ada", 7.0, 0), Candidate("Bea", 3.0, 1)), Verdict.KNOWN)
    new = Answer((Candidate("Bea", 1.0, 1),), Verdict.UNDECIDED)
    outcomes = Outcomes.of([known, new], np.array(["Ada", "Zoe"]), GALLERY)
    assert isinstance(ranking_figures(outcomes, 0)["map5_new"], Missing)
    assert isinstance(calibration_figures(outcomes, 0)["ece"], Missing)
    auroc_new = open_set_figures(outcomes, 0)["auroc_new"]
    assert isinstance(auroc_new, Estimate)
    assert auroc_new.value == 1.0
    undecided = further_figures(outcomes, NO_PAIRS, 0)["undecided"]
    assert isinstance(undecided, Estimate)
    assert undecided.value == 0.5
    assert cumulative_match(outcomes).tolist() == [1.0, 1.0]


def test_one_individual_has_a_value_but_no_interval() -> None:
    answer = Answer((Candidate("Ada", 1.0, 0, 0.9),), Verdict.KNOWN, 0.1)
    outcomes = Outcomes.of([answer] * 3, np.array(["Ada"] * 3), GALLERY)
    top1 = ranking_figures(outcomes, 0)["top1"]
    assert top1 == Estimate(1.0, reason="one individual alone gives no interval")
    ece = calibration_figures(outcomes, 0)["ece"]
    assert isinstance(ece, Estimate)
    assert ece.value == pytest.approx(0.1)


def test_all_new_and_nothing_at_all_say_why() -> None:
    answer = Answer((), Verdict.NEW, None)
    outcomes = Outcomes.of([answer, answer], np.array(["", "Zoe"]), [])
    assert "gallery holds" in str(ranking_figures(outcomes, 0)["top1"])
    assert isinstance(calibration_figures(outcomes, 0)["ece"], Missing)
    with pytest.raises(ValueError, match="no query"):
        cumulative_match(outcomes)
    empty = Outcomes.of([], np.array([], dtype=np.str_), GALLERY)
    figures = {
        **ranking_figures(empty, 0),
        **open_set_figures(empty, 0),
        **calibration_figures(empty, 0),
        **further_figures(empty, NO_PAIRS, 0),
    }
    assert all(isinstance(figure, Missing) for figure in figures.values())
    assert set(pair_figures(NO_PAIRS)) == {"auc", "tpr_at_fpr_1pct", "tpr_at_fpr_01pct", "eer"}


def test_broken_outcomes_are_errors() -> None:
    def outcomes(candidates: list[str], scores: list[float], p: float = 0.5) -> Outcomes:
        return Outcomes(
            truth=np.array(["Ada"]),
            known=np.array([True]),
            answerable=np.array([True]),
            candidates=np.array([candidates]),
            scores=np.array([scores]),
            verdicts=np.array(["known"]),
            p=np.full((1, len(scores)), p),
            p_new=np.array([p]),
        )

    assert len(outcomes(["Ada", ""], [1.0, -np.inf])) == 1
    with pytest.raises(ValueError, match="NaN"):
        outcomes(["Ada", "Bea"], [1.0, np.nan])
    with pytest.raises(ValueError, match="once"):
        outcomes(["Ada", "Ada"], [1.0, 0.5])
    with pytest.raises(ValueError, match="at least one candidate"):
        outcomes([""], [1.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        outcomes(["Ada"], [1.0], p=1.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        outcomes(["Ada"], [1.0], p=np.nan)
    with pytest.raises(ValueError, match="NaN"):
        auroc(np.array([np.nan]), np.array([True]), np.ones(1))
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability(np.array([np.nan]), np.array([True]))
