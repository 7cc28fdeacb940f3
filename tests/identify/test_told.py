"""What photos of an encounter that have a name tell of the others."""

from dataclasses import replace

import numpy as np
import pytest

from resight.identify.told import Told, told
from resight.types import Labels


def labels(individuals: str, encounters: str, photos: str) -> Labels:
    """One annotation for each letter; '.' is not known."""
    column = [np.array([mark.strip(".") for mark in marks]) for marks in (individuals, encounters, photos)]
    return replace(Labels.named(column[0]), encounter=column[1], photo=column[2])


def test_named_photos_of_the_same_encounter_tell() -> None:
    known = labels("AAB..", "xxyxy", "12345")
    assert told(known.take([3, 4]), known) == [Told("A", 2, 0), Told("B", 1, 2)]


def test_without_an_encounter_nobody_tells() -> None:
    known = labels("A..", "...", "123")
    assert told(known.take([1, 2]), known) == [None, None]


def test_two_names_in_an_encounter_tell_nothing() -> None:
    known = labels("AB.", "xxx", "123")
    assert told(known.take([2]), known) == [None]


def test_an_encounter_with_two_animals_in_one_photo_tells_nothing() -> None:
    known = labels("A..", "xxx", "122")
    assert told(known.take([1]), known) == [None]


def test_a_photo_does_not_tell_of_itself() -> None:
    known = labels("AA", "xx", "12")
    assert told(known.take([0]), known) == [Told("A", 1, 1)]
    assert told(known, known) == [None, None]


@pytest.mark.parametrize(("names", "linked"), [(20, True), (19, False)])
def test_a_photo_without_a_name_is_of_the_encounter_that_alone_has_its_label(names: int, linked: bool) -> None:
    individual = np.array([f"fish {n}" for n in range(names)] + ["", ""])
    known = replace(
        Labels.named(individual), encounter=np.array([f"fish {n}/{100 + n}" for n in range(names)] + ["107", "7"])
    )
    expected = Told("fish 7", 1, 7) if linked else None
    assert told(known.take([names, names + 1]), known) == [expected, None]


def test_where_each_animal_has_its_own_first_encounter_a_label_tells_nothing() -> None:
    individual = np.array([f"fish {n // 3}" for n in range(90)] + [""])
    numbered = [f"fish {n // 3}/{n if n > 5 else n % 3}" for n in range(90)]
    known = replace(Labels.named(individual), encounter=np.array([*numbered, "40"]))
    assert told(known.take([90]), known) == [None]
