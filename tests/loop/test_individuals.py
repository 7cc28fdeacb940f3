"""Tracks are joined by what is surest, and never against it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from resight.loop.belief import Believed, believed
from resight.loop.individuals import individuals

N = 8
beliefs = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.floats(-9, 9).filter(lambda x: abs(x) > 0.1)).filter(
        lambda one: one[0] < one[1]
    ),
    unique_by=lambda one: one[:2], max_size=20,
)  # fmt: skip


def test_what_is_one_with_another_is_one_with_its_others() -> None:
    found = individuals(
        np.ones((5, 5), bool), [Believed(0, 3, 4.0, 1, 1), Believed(3, 4, 4.0, 1, 1), Believed(1, 2, -4.0, 1, -1)]
    )
    assert found.of.tolist() == [0, 1, 2, 0, 0]
    assert found.overruled == ()


def test_the_less_sure_of_two_that_contradict_is_overruled() -> None:
    sure, less, apart = Believed(0, 1, 6.0, 2, 2), Believed(1, 2, 3.0, 1, 1), Believed(0, 2, -4.0, 1, -1)
    found = individuals(np.ones((3, 3), bool), [less, apart, sure])
    assert found.of.tolist() == [0, 0, 1]
    assert found.overruled == (less,)


def test_two_that_were_on_the_screen_together_are_never_joined() -> None:
    may = np.ones((3, 3), bool)
    may[0, 2] = may[2, 0] = False
    found = individuals(may, [Believed(0, 1, 9.0, 1, 1), Believed(1, 2, 8.0, 1, 1)])
    assert found.of.tolist() == [0, 0, 1]
    assert len(found.overruled) == 1


def test_looks_that_overturn_an_answer_neither_join_nor_part() -> None:
    different, same = believed(0, 1, [6.5, 6.5], [False], 0.95), believed(0, 1, [-6.5, -6.5], [True], 0.95)
    others = [Believed(0, 2, 3.0, 1, 1), Believed(1, 2, 3.0, 1, 1)]
    for doubted in (different, same):
        assert individuals(np.ones((3, 3), bool), [doubted]).of.tolist() == [0, 1, 2]
        assert individuals(np.ones((3, 3), bool), [doubted, *others]).of.tolist() == [0, 0, 0]


@given(beliefs)
def test_every_belief_is_heeded_or_overruled_by_a_surer_one(told: list[tuple[int, int, float]]) -> None:
    pairs = [Believed(first, second, sure, 1, 1 if sure > 0 else -1) for first, second, sure in told]
    found = individuals(np.ones((N, N), bool), pairs)
    for pair in pairs:
        joined = found.of[pair.first] == found.of[pair.second]
        assert bool(joined == (pair.log_odds > 0)) is (pair not in found.overruled)
    surest = max(pairs, key=lambda pair: abs(pair.log_odds), default=None)
    assert surest not in found.overruled
    assert sorted(set(found.of.tolist())) == list(range(found.of.max() + 1))
