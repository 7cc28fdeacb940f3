"""What to say, given what each mistake costs the user."""

from __future__ import annotations

from dataclasses import dataclass

from resight.types import Verdict


@dataclass(frozen=True, slots=True)
class Costs:
    """What a wrong name and a missed match cost, when asking a person to look costs 1.

    A wrong name joins two animals' lives; a missed match counts one animal twice.
    """

    wrong_name: float
    missed_match: float
    asking: float = 1.0


PRESETS = {
    "careful": Costs(wrong_name=50, missed_match=20),
    "balanced": Costs(wrong_name=10, missed_match=8),
    "quick": Costs(wrong_name=4, missed_match=4),
    "never-ask": Costs(wrong_name=1, missed_match=1, asking=float("inf")),
}


def decide(p_best: float, p_new: float, costs: Costs) -> Verdict:
    """The verdict whose expected cost is least.

    >>> decide(0.97, 0.01, Costs(wrong_name=20, missed_match=10))
    <Verdict.KNOWN: 'known'>
    >>> decide(0.60, 0.30, Costs(wrong_name=20, missed_match=10))
    <Verdict.UNDECIDED: 'undecided'>
    """
    expected = {
        Verdict.KNOWN: (1 - p_best) * costs.wrong_name,
        Verdict.NEW: (1 - p_new) * costs.missed_match,
        Verdict.UNDECIDED: costs.asking,
    }
    return min(expected, key=lambda verdict: expected[verdict])
