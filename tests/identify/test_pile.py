"""A pile is sorted by scores that are written down: who is joined, who never is, and what it does not depend on."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.identify.pile import Pile, numbered, sort_pile
from resight.identify.usual import OF_SPOTS
from resight.match.comparable import Sides
from resight.match.seam import Gallery, Matcher
from resight.types import Bools, Descriptors, Embeddings, Evidence, Floats, Labels

ALIKE, STRANGE = 8.0, 0.1


class Written:
    """A gallery whose scores stand in a table; a descriptor is the number of its row."""

    def __init__(self, table: Floats) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        assert isinstance(queries, Embeddings)
        return np.where(allowed, self._table[queries.vectors[:, 0].astype(int)], 0).astype(np.float32)

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        nothing = np.zeros((0, 2), np.float32)
        return Evidence(nothing, nothing, nothing[:, 0])


def by(table: Floats) -> Matcher:
    def gallery(descriptors: Descriptors, _known: Labels) -> Gallery:
        assert isinstance(descriptors, Embeddings)
        rows = descriptors.vectors[:, 0].astype(int)
        return Written(table[:, rows])

    return Matcher("written", False, gallery)


def pile_of(
    animals: list[int], change: Callable[[Labels], Labels] = lambda labels: labels, sides: Sides = Sides.APART
) -> Pile:
    """Photos of these animals, all as alike as one animal is, sorted."""
    who = np.array(animals)
    table = np.where(who[:, None] == who[None], ALIKE, STRANGE).astype(np.float32)
    labels = change(Labels.named(np.full(len(who), "")))
    descriptors = Embeddings(np.arange(len(who), dtype=np.float32)[:, None])
    return sort_pile(descriptors, labels, by(table), OF_SPOTS["patches"], sides)


def test_photos_of_one_animal_come_together_and_say_how_sure_that_is() -> None:
    found = pile_of([0, 1, 0, 2, 1, 0, 3, 4])
    assert found.individual.tolist() == [0, 1, 0, 2, 1, 0, 3, 4]
    assert found.many == 5 and found.fewest <= 5
    assert (found.sure[[0, 1, 2, 4, 5]] > 0.8).all()
    assert np.isnan(found.sure[[3, 6, 7]]).all()
    assert (found.p_other < 0.5).all()


def test_two_animals_in_one_photo_are_never_one() -> None:
    def in_one_photo(labels: Labels) -> Labels:
        return replace(labels, photo=np.array(["a", "a", "b", "c", "d", "e"]))

    found = pile_of([0, 0, 1, 2, 3, 4], in_one_photo)
    assert found.individual[0] != found.individual[1]


def test_an_encounter_is_one_animal_and_does_not_vouch_for_itself() -> None:
    def met(labels: Labels) -> Labels:
        return replace(labels, encounter=np.array(["x", "x", "", "", "", ""]))

    found = pile_of([0, 1, 2, 3, 4, 5], met)
    assert found.individual.tolist() == [0, 0, 1, 2, 3, 4]
    assert np.isnan(found.sure).all()


def test_photos_of_one_encounter_are_one_animal_to_the_matcher_and_names_are_hidden_from_it() -> None:
    told: list[Labels] = []

    def gallery(_descriptors: Descriptors, known: Labels) -> Gallery:
        told.append(known)
        return Written(np.full((4, 4), STRANGE, np.float32))

    labels = replace(Labels.named(np.array(["Ada", "Bea", "Ada", "Ada"])), encounter=np.array(["x", "x", "", ""]))
    rows = Embeddings(np.arange(4, dtype=np.float32)[:, None])
    sort_pile(rows, labels, Matcher("written", False, gallery), OF_SPOTS["patches"])
    first, second, third, fourth = told[0].individual.tolist()
    assert first == second
    assert len({first, third, fourth}) == 3
    assert "Ada" not in (first, third, fourth)


def test_how_sure_does_not_depend_on_how_many_photos_its_own_encounter_has() -> None:
    def sure(companions: int) -> float:
        encounter = np.array([*["x"] * companions, "y", "z", "v", "w"])
        animals = [*[0] * companions, 0, 1, 2, 3]
        found = pile_of(animals, lambda labels: replace(labels, encounter=encounter))
        assert found.individual.tolist() == animals
        return float(found.sure[0])

    assert sure(1) == sure(4) == sure(16) > 0.5


def test_an_encounter_with_two_animals_in_a_photo_is_not_one_animal() -> None:
    def herded(labels: Labels) -> Labels:
        return replace(
            labels,
            encounter=np.array(["x", "x", "x", "", "", ""]),
            photo=np.array(["a", "a", "b", "c", "d", "e"]),
        )

    assert pile_of([0, 1, 2, 3, 4, 5], herded).individual.tolist() == [0, 1, 2, 3, 4, 5]


def test_sides_are_kept_apart_unless_asked_for() -> None:
    def sided(labels: Labels) -> Labels:
        return replace(labels, side=np.array(["left", "right", "left", "right", "left", "right"]))

    animals = [0, 0, 1, 2, 3, 4]
    assert pile_of(animals, sided).individual.tolist() == [0, 1, 2, 3, 4, 5]
    assert pile_of(animals, sided, sides=Sides.ANY).individual.tolist() == [0, 0, 1, 2, 3, 4]


def test_names_that_are_known_are_not_looked_at() -> None:
    named = pile_of([0, 1, 0, 2, 3], lambda labels: replace(labels, individual=np.array(["Ada", "Ada", "Bea", "", ""])))
    assert named.individual.tolist() == [0, 1, 0, 2, 3]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_the_photos_does_not_matter(animals: list[int], random: Random) -> None:
    order = list(range(len(animals)))
    random.shuffle(order)
    once = pile_of(animals).individual
    again = pile_of([animals[place] for place in order]).individual
    assert numbered(once[order]).tolist() == again.tolist()


def test_a_single_photo_is_a_pile() -> None:
    found = pile_of([0])
    assert (found.individual.tolist(), found.many, found.fewest) == ([0], 1, 1)
