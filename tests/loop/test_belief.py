"""Looks and answers are weighed against each other."""

import math

import numpy as np
import pytest

from resight.loop.belief import Believed, believed, curve, log_odds

TRUST = 0.95


def told(looks: float, *said: bool | None, now: float | None = None) -> Believed:
    return believed(0, 1, (looks, looks if now is None else now), said, TRUST)


def test_an_answer_to_an_open_question_settles_it() -> None:
    assert told(0.0, True).settled(TRUST)
    assert told(0.0, False).settled(TRUST)
    assert not told(-0.1, True).settled(TRUST)


def test_an_answer_that_surprises_does_not_and_two_do() -> None:
    once, twice = told(-2.0, True), told(-2.0, True, True)
    assert not once.settled(TRUST)
    assert twice.settled(TRUST)
    assert twice.log_odds == pytest.approx(2 * log_odds(TRUST) - 2.0)
    assert not told(2.0, False).settled(TRUST)


def test_a_model_that_was_told_has_no_second_opinion_but_may_doubt() -> None:
    assert told(0.5, True, now=9.0).log_odds == told(0.5, True).log_odds
    assert told(0.5, True, now=-3.0).log_odds < 0 < told(0.5, True).log_odds
    assert told(-0.5, False, now=4.0).log_odds > 0


def test_without_a_clear_answer_nothing_is_believed() -> None:
    assert told(4.0, None).log_odds == 0
    assert told(1.5, True, False).log_odds == 1.5


def test_the_curve_says_the_share_of_one_animal() -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0, 1, 4000)
    same = rng.random(4000) < 1 / (1 + np.exp(-12 * (scores - 0.6)))
    fitted = curve(scores, same, np.ones(4000))
    assert fitted.middle == pytest.approx(0.6, abs=0.02)
    assert fitted.slope == pytest.approx(12, rel=0.1)
    assert fitted.log_odds_of(0.7) == pytest.approx(float(fitted.log_odds(np.array([0.7], np.float32))[0]), rel=1e-4)


def test_alike_never_speaks_against() -> None:
    fitted = curve(np.array([0.1, 0.9, 0.2, 0.8]), np.array([True, False, True, False]), np.ones(4))
    assert fitted.slope > 0
    assert math.isfinite(fitted.middle)
    with pytest.raises(ValueError, match="pairs of two"):
        curve(np.array([0.1, 0.2]), np.array([True, True]), np.ones(2))
