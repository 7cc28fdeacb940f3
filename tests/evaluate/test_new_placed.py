"""'New' in the list by a threshold: places by hand, and the tuned one against every other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.evaluate.new_placed import average_precision_placed, tuned_threshold
from resight.evaluate.outcomes import Outcomes
from resight.types import Verdict


def asked(truth: list[str], candidates: list[list[str]], scores: list[list[float]]) -> Outcomes:
    """Queries with these lists; the gallery holds the animals a to g."""
    return Outcomes(
        np.array(truth),
        np.isin(truth, list("abcdefg")),
        np.array([bool(row[0]) for row in candidates]),
        np.array(candidates),
        np.array(scores),
        np.full(len(truth), Verdict.KNOWN.value),
    )


def test_new_stands_before_the_first_that_scores_less() -> None:
    lists, scores = [["a", "b", "c"]] * 4, [[0.9, 0.5, 0.2]] * 4
    outcomes = asked(["a", "b", "z", "d"], lists, scores)
    assert average_precision_placed(outcomes, 0.5).tolist() == [1, 1 / 2, 1 / 3, 0]
    assert average_precision_placed(outcomes, 0.6).tolist() == [1, 1 / 3, 1 / 2, 0]
    assert average_precision_placed(outcomes, np.inf).tolist() == [1 / 2, 1 / 3, 1, 0]
    assert average_precision_placed(outcomes, -np.inf).tolist() == [1, 1 / 2, 1 / 4, 0]


def test_beyond_five_nothing_counts() -> None:
    outcomes = asked(["f", "e", "z"], [list("abcdef")] * 3, [[6, 5, 4, 3, 2, 1]] * 3)
    assert average_precision_placed(outcomes, -np.inf).tolist() == [0, 1 / 5, 0]
    assert average_precision_placed(outcomes, 1.5).tolist() == [0, 1 / 5, 0]
    assert average_precision_placed(outcomes, 2.5).tolist() == [0, 0, 1 / 5]


def test_a_query_that_cannot_be_answered_scores_nothing() -> None:
    outcomes = asked(["a", "z"], [["", ""], ["", ""]], [[-np.inf, -np.inf]] * 2)
    assert average_precision_placed(outcomes, 0.5).tolist() == [0, 0]
    assert np.isfinite(average_precision_placed(outcomes, tuned_threshold(outcomes))).all()


def test_the_threshold_lies_between_known_and_new() -> None:
    outcomes = asked(["a", "b", "z", "y"], [["a"], ["b"], ["a"], ["b"]], [[0.9], [0.7], [0.4], [0.1]])
    assert tuned_threshold(outcomes) == pytest.approx(0.55)
    assert average_precision_placed(outcomes, tuned_threshold(outcomes)).tolist() == [1, 1, 1, 1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**20), st.integers(1, 12), st.integers(1, 7), st.sampled_from([0, 1]))
def test_no_other_threshold_does_better(seed: int, queries: int, width: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    lists = [rng.permutation(list("abcdefg"))[:width].tolist() for _ in range(queries)]
    scores = np.sort(np.round(rng.random((queries, width)), digits))[:, ::-1].tolist()
    outcomes = asked(rng.choice(list("abcdefgyz"), queries).tolist(), lists, scores)
    tuned = average_precision_placed(outcomes, tuned_threshold(outcomes)).mean()
    every = np.unique(scores)
    for threshold in [-np.inf, *every, *(every + 1e-6), np.inf]:
        assert tuned >= average_precision_placed(outcomes, float(threshold)).mean() - 1e-9


def test_without_queries_nothing_can_be_tuned() -> None:
    nothing = asked(["a"], [["a"]], [[1.0]])
    empty = Outcomes(
        nothing.truth[:0], nothing.known[:0], nothing.answerable[:0], nothing.candidates[:0], nothing.scores[:0],
        nothing.verdicts[:0],
    )  # fmt: skip
    with pytest.raises(ValueError, match="without queries"):
        tuned_threshold(empty)
