"""What is asked: surprises first, then what is near; nobody twice in one go."""

import numpy as np
import pytest

from resight.loop.belief import Believed, believed
from resight.loop.individuals import individuals
from resight.loop.questions import MOST_ASKED, Question, Why, questions
from resight.loop.view import View
from resight.types import Bools, Floats

TRUST, LEAST = 0.95, 0.1


def asked(looks: Floats, pairs: list[Believed], may: Bools | None = None) -> list[Question]:
    allowed = ~np.eye(len(looks), dtype=bool) if may is None else may
    view = View(np.asarray(looks / 10, np.float32), looks, allowed, pairs, individuals(allowed, pairs))
    return questions(view, TRUST, LEAST)


def looks_of(n: int, **pairs: float) -> Floats:
    looks = np.full((n, n), -9, np.float32)
    for name, value in pairs.items():
        first, second = (int(digit) for digit in name.removeprefix("p"))
        looks[first, second] = looks[second, first] = value
    return looks


def places(found: list[Question]) -> list[tuple[int, int, Why]]:
    return [(one.first, one.second, one.why) for one in found]


def test_the_nearest_pairs_are_asked_each_individual_once() -> None:
    looks = looks_of(5, p01=3, p02=2, p23=1, p34=-8)
    assert places(asked(looks, [])) == [(0, 1, Why.NEAR), (2, 3, Why.NEAR)]


def test_what_is_unlikely_or_impossible_is_not_asked() -> None:
    assert asked(looks_of(3, p01=-2.3, p12=-5), []) == []
    may = ~np.eye(3, dtype=bool)
    may[0, 1] = may[1, 0] = False
    assert asked(looks_of(3, p01=5), [], may) == []
    # 1 is joined to 2, so that 0 can be neither.
    assert asked(looks_of(3, p01=5, p02=5), [Believed(1, 2, 6.0, 1, 1)], may) == []


def test_what_surprises_is_asked_again_but_not_for_ever() -> None:
    looks = looks_of(3, p01=-2)
    assert places(asked(looks, [Believed(0, 1, 0.9, 1, 1)])) == [(0, 1, Why.SURPRISE)]
    assert asked(looks, [Believed(0, 1, 0.9, MOST_ASKED, 1)]) == []
    assert asked(looks, [Believed(0, 1, 3.9, 2, 1)]) == []


@pytest.mark.parametrize("looks", [6.5, -6.5])
def test_an_answer_that_strong_looks_would_overturn_is_asked_again(looks: float) -> None:
    pair = believed(0, 1, [looks, looks], [looks < 0], TRUST)
    assert places(asked(looks_of(3, p01=looks), [pair])) == [(0, 1, Why.SURPRISE)]


def test_why_a_pair_is_asked_again_is_what_was_said_of_it() -> None:
    for said, why in (([None], Why.UNSURE), ([True, False], Why.DIVIDED), ([True, None], Why.SURPRISE)):
        pair = believed(0, 1, [-1.0, -1.0], said, TRUST)
        assert places(asked(looks_of(3, p01=-1), [pair])) == [(0, 1, why)]


def test_what_is_doubted_keeps_no_other_question_away() -> None:
    looks = looks_of(4, p02=2)
    # 0 is 1, and 1 is 2 by an answer that its looks overturn, asked as often as may be.
    pairs = [Believed(0, 1, 6.0, 1, 1), Believed(1, 2, -5.0, MOST_ASKED, 1)]
    assert places(asked(looks, pairs)) == [(0, 2, Why.NEAR)]


def test_contradictions_are_asked_again() -> None:
    pairs = [Believed(0, 1, 6.0, 1, 1), Believed(1, 2, 3.5, 1, 1), Believed(0, 2, -4.0, 1, -1)]
    assert places(asked(looks_of(3), pairs)) == [(1, 2, Why.CONTRADICTION)]


def test_what_was_settled_is_not_asked_through_another_track_unless_that_is_very_near() -> None:
    pairs = [Believed(0, 1, 6.0, 1, 1), Believed(1, 2, -5.0, 1, -1)]
    assert asked(looks_of(3, p02=2), pairs) == []
    assert places(asked(looks_of(3, p02=4), pairs)) == [(0, 2, Why.NEAR)]


def test_what_nobody_could_tell_leaves_its_tracks_free_for_other_questions() -> None:
    looks = looks_of(3, p01=3, p02=2)
    view = View(
        looks, looks, ~np.eye(3, dtype=bool), [Believed(0, 1, 0.0, 1, 0)], individuals(np.ones((3, 3), bool), [])
    )
    assert places(questions(view, TRUST, LEAST)) == [(0, 1, Why.UNSURE)]
    assert places(questions(view, TRUST, LEAST, {(0, 1)})) == [(0, 2, Why.NEAR)]
