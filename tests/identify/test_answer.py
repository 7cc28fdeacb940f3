"""From a ranking to an answer: names, chances, and the photo that speaks most for each."""

from dataclasses import replace

import numpy as np
import pytest

from resight.identify.answer import answer, shortlist
from resight.identify.calibration import Calibration
from resight.identify.decide import PRESETS
from resight.identify.ranking import Ranking, rank
from resight.types import Verdict

CALIBRATION = Calibration(
    bias=-6, slope=5, ground=5, hidden=0.1, lapse=0.01, usual=1, taught_new=0.2, share_new=0.2, queries=100
)


@pytest.fixture
def ranking() -> Ranking:
    names = np.array(["Ben", "Ada", "Cleo", "Ada", "", "Dora"])
    scores = np.array([[1, 2, 3, 40, 99, 5], [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]], np.float32)
    allowed = np.ones((3, 6), bool)
    allowed[0, 5] = allowed[2] = False
    return rank(scores, allowed, names)


def test_candidates_come_best_first_with_their_best_photo(ranking: Ranking) -> None:
    found = answer(shortlist(ranking, 0, 10), CALIBRATION, PRESETS["quick"])
    assert [candidate.individual for candidate in found.candidates] == ["Ada", "Cleo", "Ben"]
    assert [candidate.annotation for candidate in found.candidates] == [3, 2, 0]
    assert [candidate.score for candidate in found.candidates] == pytest.approx([42 / 2**0.25, 3, 1])
    assert found.verdict is Verdict.KNOWN
    assert found.individual == "Ada"
    chances = [candidate.p for candidate in found.candidates]
    assert None not in chances
    assert sum(p or 0 for p in chances) + (found.p_new or 0) == pytest.approx(1)


def test_when_all_are_alike_it_is_nobody_known(ranking: Ranking) -> None:
    found = answer(shortlist(ranking, 1, 10), CALIBRATION, PRESETS["never-ask"])
    assert found.verdict is Verdict.NEW
    assert found.individual is None


def test_no_more_candidates_than_wanted(ranking: Ranking) -> None:
    assert shortlist(ranking, 0, 2).individuals.tolist() == ["Ada", "Cleo"]


def test_without_a_calibration_there_are_ranks_and_no_chances(ranking: Ranking) -> None:
    found = answer(shortlist(ranking, 0, 10), None, PRESETS["never-ask"])
    assert found.verdict is Verdict.UNDECIDED
    assert found.p_new is None
    assert [candidate.p for candidate in found.candidates] == [None] * 3


def test_what_other_animals_taught_gives_chances_and_no_name_unless_nobody_may_be_asked(ranking: Ranking) -> None:
    candidates, usual = shortlist(ranking, 0, 10), replace(CALIBRATION, queries=0)
    found = answer(candidates, usual, PRESETS["quick"])
    assert found.candidates == answer(candidates, CALIBRATION, PRESETS["quick"]).candidates
    assert found.verdict is Verdict.UNDECIDED
    assert answer(candidates, usual, PRESETS["never-ask"]).verdict is Verdict.KNOWN


def test_a_query_that_nothing_can_be_compared_with_is_left_undecided(ranking: Ranking) -> None:
    found = answer(shortlist(ranking, 2, 10), CALIBRATION, PRESETS["never-ask"])
    assert found.candidates == ()
    assert found.verdict is Verdict.UNDECIDED
    assert found.p_new is None
