"""Two people are not asked the same at the same time."""

from collections.abc import Set

from resight.web.turns import HELD, Turns


def test_what_one_has_the_other_does_not_get() -> None:
    now = [0.0]
    turns = Turns(clock=lambda: now[0])
    waiting = [1, 2, 3, 4]

    def first_two(held: Set[int]) -> list[int]:
        return [key for key in waiting if key not in held][:2]

    assert turns.hand_out("Bea", (), first_two) == [1, 2]
    assert turns.hand_out("Carl", (), first_two) == [3, 4]
    turns.give_back("Carl", [1, 3])
    assert turns.hand_out("Dora", (), first_two) == [3]
    now[0] = HELD - 1
    turns.hand_out("Bea", [2], lambda held: [])
    now[0] = HELD + 1
    # Bea has asked for more meanwhile, so that 2 is hers still; all else is free again.
    assert turns.hand_out("Carl", (), lambda held: [key for key in waiting if key not in held]) == [1, 3, 4]
