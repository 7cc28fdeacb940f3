"""Photos of one encounter are heard together: what that changes, and when it does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.identify.answer import Chances, Shortlist, chances
from resight.identify.calibration import Calibration
from resight.identify.together import Heard, together
from resight.types import Labels

SHARE_NEW = 0.2
EVERYONE = np.array(["a", "b", "c", "d"])


def thought(**p: float) -> tuple[Shortlist, Chances]:
    """A photo's candidates by name, best first, and their chances; what is left is for a new animal."""
    names = sorted(p, key=lambda name: -p[name])
    rows = np.array([10 * (1 + "abcd".index(name)) for name in names], np.int64)
    scores = np.array([p[name] for name in names], np.float32)
    chances = np.array([p[name] for name in names])
    found = Chances(chances, 1 - float(chances.sum()))
    return Shortlist(np.array(names, np.str_), scores, rows, EVERYONE, np.isin(EVERYONE, names)), found


def heard(
    photos: list[tuple[Shortlist, Chances]],
    encounters: str,
    sides: list[str],
    refused: dict[int, set[str]] | None = None,
    *,
    one_photo: bool = False,
) -> list[Heard]:
    never = [frozenset((refused or {}).get(row, set())) for row in range(len(photos))]
    lists, found = zip(*photos, strict=True)
    asked = replace(
        Labels.named(np.full(len(photos), "")),
        encounter=np.array([mark.strip(".") for mark in encounters]),
        side=np.array(sides),
    )
    if one_photo:
        asked = replace(asked, photo=np.full(len(photos), "photo"))
    return together(lists, found, never, asked, SHARE_NEW)


def first(one: Heard) -> tuple[str, float]:
    return str(one.candidates.individuals[0]), float(one.chances.p[0])


def test_two_of_one_side_are_not_overruled_by_a_surer_one_of_the_other() -> None:
    """Of 100 animals two left photos are for one, at 95%, and a right one for another, at 99.9%: a person is asked."""
    everyone = np.array([f"animal {row:03}" for row in range(100)])

    def sure(of: int, p: float) -> tuple[Shortlist, Chances]:
        order = np.r_[of, np.delete(np.arange(100), of)]
        chances = np.where(order == of, p, (1 - p) / 100)
        found = Shortlist(everyone[order], chances.astype(np.float32), order, everyone, np.ones(100, bool))
        return found, Chances(chances, (1 - p) / 100)

    left, _, right = heard([sure(1, 0.95), sure(1, 0.95), sure(2, 0.999)], "xxx", ["left", "left", "right"])
    for one in (left, right):
        assert set(one.candidates.individuals[:2]) == {"animal 001", "animal 002"}
    assert first(left)[1] < 0.75


def test_who_was_refused_for_one_photo_is_no_candidate_of_a_photo_with_nobody_else() -> None:
    for one in heard([thought(b=0.9), thought(a=0.9)], "xx", ["left", "right"], {0: {"a"}, 1: {"b"}}):
        assert not len(one.candidates.individuals)


def test_two_animals_in_one_photo_are_answered_alone() -> None:
    photos = [thought(a=0.45, b=0.2), thought(a=0.4, b=0.3)]
    one, other = heard(photos, "xx", ["left", "right"], one_photo=True)
    assert (one.photos, other.photos) == (1, 1)
    assert (first(one)[1], first(other)[1]) == (0.45, 0.4)


def test_another_side_adds_what_it_says() -> None:
    half = thought(a=0.45, b=0.2, c=0.1)
    one, other = heard([half, half], "xx", ["left", "right"])
    assert first(one) == first(other)
    assert first(one)[0] == "a" and first(one)[1] > 0.58
    assert one.photos == other.photos == 2


def test_a_second_photo_of_the_same_side_does_not_make_surer() -> None:
    half = thought(a=0.45, b=0.2, c=0.1)
    one, _ = heard([half, half], "xx", ["left", "left"])
    assert first(one)[1] == pytest.approx(0.45)


def test_a_side_that_is_not_known_may_be_the_same() -> None:
    half = thought(a=0.45, b=0.2, c=0.1)
    one, _ = heard([half, half], "xx", ["left", "unknown"])
    assert first(one)[1] == pytest.approx(0.45)
    both, _, _ = heard([half] * 3, "xxx", ["left", "unknown", "right"])
    two, _ = heard([half] * 2, "xx", ["left", "right"])
    assert first(both)[1] == pytest.approx(first(two)[1], abs=0.01)


@pytest.mark.parametrize("sides", [["left", "left"], ["left", "right"]])
def test_who_stands_on_no_list_is_possible_all_the_same(sides: list[str]) -> None:
    """Two photos that agree on one of 300 animals, each followed by strangers of its own, whose lists end after 20."""
    everyone = np.array([f"animal {row:03}" for row in range(300)])
    calibration = Calibration(-5.0, 5.0, 5.0, 0.2, 0.02, 0.05, SHARE_NEW, SHARE_NEW, 100)

    def agreed(listed: int) -> tuple[list[float], Heard]:
        photos = []
        for seed in range(2):
            scores = np.random.default_rng(seed).exponential(0.03, 300).astype(np.float32)
            scores[7] = 0.3
            order = np.argsort(-scores)[:listed]
            candidates = Shortlist(everyone[order], scores[order], order, everyone, np.ones(300, bool))
            photos.append((candidates, chances(candidates, calibration)))
        return [float(found.p[0]) for _, found in photos], heard(photos, "xx", sides)[0]

    alone, one = agreed(20)
    _, whole = agreed(300)
    assert first(one)[0] == "animal 007"
    assert first(one)[1] == pytest.approx(first(whole)[1])
    assert one.chances.p_new == pytest.approx(whole.chances.p_new)
    assert first(one)[1] > (min(alone) if sides == ["left", "left"] else max(alone) + 0.05)
    assert len(one.candidates.individuals) == 20


def test_a_photo_that_shows_nothing_is_answered_by_the_others() -> None:
    nothing, sure = thought(a=0.2, b=0.2, c=0.2, d=0.2), thought(b=0.9, a=0.02, c=0.02, d=0.02)
    blurred, clear = heard([nothing, sure], "xx", ["left", "right"])
    assert first(blurred)[0] == first(clear)[0] == "b"
    assert blurred.candidates.best[0] == 20


def test_two_sure_names_are_both_left_to_be_seen() -> None:
    photos = [thought(a=0.8, b=0.1), thought(b=0.8, a=0.1)]
    for one in heard(photos, "xx", ["left", "right"]):
        assert set(one.candidates.individuals[:2]) == {"a", "b"}
        assert one.chances.p[1] > 0.15
        assert first(one)[1] < 0.75


@pytest.mark.parametrize("side", ["left", "unknown"])
def test_one_photo_of_another_animal_does_not_hide_among_many(side: str) -> None:
    """Nine frames agree; the tenth is sure of another: the nine are answered, and of the tenth a person sees both."""
    photos = [thought(a=0.9, b=0.01, c=0.01)] * 9 + [thought(b=0.9, a=0.01, c=0.01)]
    *nine, tenth = heard(photos, "x" * 10, [side] * 10)
    for one in nine:
        assert first(one)[0] == "a" and first(one)[1] > 0.8
    assert set(tenth.candidates.individuals[:2]) == {"a", "b"}
    assert first(tenth)[1] < 0.6
    assert tenth.candidates.best[0] in (10, 20)


def test_who_is_refused_contradicts_nothing() -> None:
    photos = [thought(a=0.9, b=0.01, c=0.02), thought(b=0.9, a=0.02, c=0.02)]
    for one in heard(photos, "xx", ["left", "left"], {0: {"b"}}):
        assert first(one)[0] == "a" and "b" not in one.candidates.individuals


def test_encounters_are_apart_and_what_has_none_is_alone() -> None:
    photos = [thought(a=0.6, b=0.2), thought(a=0.1, b=0.3), thought(a=0.3, b=0.2)]
    for found, (candidates, own) in zip(heard(photos, "x.y", ["left"] * 3), photos, strict=True):
        assert found.candidates.individuals.tolist() == candidates.individuals.tolist()
        assert found.chances.p.tolist() == own.p.tolist()


def test_whom_one_photo_is_not_none_of_its_encounter_is() -> None:
    photos = [thought(b=0.3, c=0.2), thought(a=0.9, b=0.02, c=0.02)]
    for one in heard(photos, "xx", ["left", "right"], {0: {"a"}}):
        assert "a" not in one.candidates.individuals
        assert one.chances.p.sum() + one.chances.p_new == pytest.approx(1)


def test_a_photo_with_nothing_to_compare_takes_the_others_word() -> None:
    lost = thought()
    one, _ = heard([lost, thought(c=0.7, a=0.1)], "xx", ["up", "left"])
    assert first(one)[0] == "c" and first(one)[1] == pytest.approx(0.7, abs=0.05)
    assert one.chances.p_new == pytest.approx(0.2, abs=0.01)
    assert one.candidates.best.tolist() == [30, 10]
    assert one.candidates.scores.tolist() == [0, 0]


def test_photos_that_say_nothing_count_for_no_side() -> None:
    photo = thought(a=0.6, b=0.2)
    alone = heard([photo, thought()], "xx", ["unknown", "left"])[0]
    more = heard([photo, thought(), thought(), thought()], "xxxx", ["unknown", "left", "right", "up"])[0]
    assert first(alone) == first(more)
    assert first(more)[1] == pytest.approx(0.6)


def test_many_photos_of_unknown_side_are_not_many_markings() -> None:
    flat, half = thought(a=0.2, b=0.2, c=0.2, d=0.2), thought(a=0.6, b=0.1)
    sides = ["left", "right", *["unknown"] * 10]
    assert first(heard([flat, flat, *[half] * 10], "x" * 12, sides)[0])[1] < 0.6


def test_who_could_not_be_compared_is_as_a_new_animal_is() -> None:
    """d has photos of the left alone. The right photo is sure of a: that speaks against d, as against a new animal."""
    left = thought(a=0.01, b=0.01, c=0.01, d=0.95)
    right = thought(a=0.95, b=0.01, c=0.02)
    for one in heard([left, right], "xx", ["left", "right"]):
        assert set(one.candidates.individuals[:2]) == {"a", "d"}
        assert first(one)[1] < 0.8


def test_both_names_stand_on_lists_of_one() -> None:
    for one in heard([thought(a=0.9), thought(b=0.9)], "xx", ["left", "right"]):
        assert set(one.candidates.individuals) == {"a", "b"}


shares = st.lists(st.floats(0.01, 1), min_size=5, max_size=5)


@settings(max_examples=50)
@given(st.lists(st.tuples(shares, st.sampled_from(["left", "right", "up"])), min_size=1, max_size=5))
def test_chances_stay_chances(drawn: list[tuple[list[float], str]]) -> None:
    photos = [
        thought(**{name: share / sum(weights) for name, share in zip("abcd", weights, strict=False)})
        for weights, _ in drawn
    ]
    for one in heard(photos, "x" * len(photos), [side for _, side in drawn]):
        assert one.chances.p.sum() + one.chances.p_new == pytest.approx(1)
        assert (np.diff(one.chances.p) <= 1e-12).all()
        assert sorted(set(one.candidates.individuals)) == sorted(one.candidates.individuals)


def test_where_no_photo_could_be_compared_nothing_changes() -> None:
    for one in heard([thought(), thought()], "xx", ["left", "right"]):
        assert one.photos == 1 and not len(one.candidates.individuals)
