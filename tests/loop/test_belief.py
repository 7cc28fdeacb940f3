"""Looks and answers are weighed against each other."""

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


@pytest.mark.parametrize("looks", [6.5, -6.5])
def test_strong_looks_do_not_settle_against_an_answer_and_enough_answers_settle_against_them(looks: float) -> None:
    against = looks < 0
    beliefs = [told(looks, *[against] * times) for times in range(1, 5)]
    assert [pair.answers for pair in beliefs] == [times if against else -times for times in range(1, 5)]
    assert [pair.settled(TRUST) for pair in beliefs] == [False, False, False, True]
    # One answer leaves it surer than an open question once answered, but of the opposite.
    assert abs(beliefs[0].log_odds) > log_odds(TRUST)
    assert [pair.doubted for pair in beliefs] == [True, True, False, False]
    assert (beliefs[3].log_odds > 0) is against
    assert told(looks, not against).settled(TRUST)
    assert told(looks, True, False).settled(TRUST)  # the answers say nothing, the looks enough


def test_a_model_that_was_told_has_no_second_opinion_but_may_doubt() -> None:
    assert told(0.5, True, now=9.0).log_odds == told(0.5, True).log_odds
    assert told(0.5, True, now=-3.0).log_odds < 0 < told(0.5, True).log_odds
    assert told(-0.5, False, now=4.0).log_odds > 0


def test_without_a_clear_answer_nothing_is_believed() -> None:
    assert told(4.0, None).log_odds == 0
    assert told(1.5, True, False).log_odds == 1.5


def test_the_curve_says_the_share_of_one_animal() -> None:
    rng = np.random.default_rng(0)
    alike = rng.uniform(0, 1, (6000, 2))
    told = 9 * (alike[:, 0] - 0.6) + 3 * alike[:, 1] - 1
    same = rng.random(6000) < 1 / (1 + np.exp(-told))
    fitted = curve(alike, same, np.ones(6000))
    assert fitted.weights == pytest.approx([9, 3], rel=0.12)
    assert np.abs(fitted.log_odds(alike) - told).max() < 0.8
    assert fitted.log_odds(alike[0]) == pytest.approx(float(fitted.log_odds(alike)[0]), rel=1e-5)


def test_alike_never_speaks_against() -> None:
    one, other = np.array([0.1, 0.9, 0.2, 0.8]), np.array([0.1, 0.2, 0.8, 0.9])
    same = np.array([True, False, True, False])
    fitted = curve(np.column_stack([one, other]), same, np.ones(4))
    assert fitted.weights.tolist() == [0, 0]
    assert fitted.log_odds(np.array([0.5, 0.5])) == 0
    helped = curve(np.column_stack([one, -other]), same, np.ones(4))
    assert helped.weights[0] == 0 < helped.weights[1]
    with pytest.raises(ValueError, match="pairs of two"):
        curve(np.array([[0.1], [0.2]]), np.array([True, True]), np.ones(2))
