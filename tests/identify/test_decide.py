"""The verdict: of least expected cost, and the more careful, the more it asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.identify.decide import PRESETS, Costs, decide
from resight.types import Verdict

chances = st.tuples(st.floats(0, 1), st.floats(0, 1)).filter(lambda pair: sum(pair) <= 1)
prices = st.floats(0.5, 200)


@given(chances, prices, prices, st.floats(0.1, 5))
def test_no_other_verdict_is_expected_to_cost_less(
    pair: tuple[float, float], wrong_name: float, missed_match: float, asking: float
) -> None:
    """By enumeration of what may be true: the best candidate, a new animal, or another known one."""
    p_best, p_new = pair
    truths = {"best": p_best, "new": p_new, "another": 1 - p_best - p_new}
    price = {
        Verdict.KNOWN: {"best": 0.0, "new": wrong_name, "another": wrong_name},
        Verdict.NEW: {"best": missed_match, "new": 0.0, "another": missed_match},
        Verdict.UNDECIDED: dict.fromkeys(truths, asking),
    }
    expected = {verdict: sum(truths[true] * row[true] for true in truths) for verdict, row in price.items()}
    chosen = decide(p_best, p_new, Costs(wrong_name, missed_match, asking))
    assert expected[chosen] == pytest.approx(min(expected.values()), abs=1e-9)


@given(chances)
def test_whatever_a_quicker_preset_asks_about_a_more_careful_one_asks_too(pair: tuple[float, float]) -> None:
    asks = [decide(*pair, PRESETS[name]) is Verdict.UNDECIDED for name in ("careful", "balanced", "quick", "never-ask")]
    assert asks == sorted(asks, reverse=True)
    assert not asks[-1]


@pytest.mark.parametrize("preset", ["careful", "balanced", "quick"])
def test_asking_stops_where_a_mistake_is_expected_to_cost_less(preset: str) -> None:
    """A name is given where the chance that it is wrong, times its price, falls below the price of asking."""
    costs = PRESETS[preset]
    known, new = 1 - costs.asking / costs.wrong_name, 1 - costs.asking / costs.missed_match
    assert decide(known + 0.001, 0, costs) is Verdict.KNOWN
    assert decide(known - 0.001, 0, costs) is Verdict.UNDECIDED
    assert decide(0, new + 0.001, costs) is Verdict.NEW
    assert decide(0, new - 0.001, costs) is Verdict.UNDECIDED


def test_never_asking_takes_the_likelier() -> None:
    costs = PRESETS["never-ask"]
    assert decide(0.3, 0.2, costs) is Verdict.KNOWN
    assert decide(0.2, 0.3, costs) is Verdict.NEW
