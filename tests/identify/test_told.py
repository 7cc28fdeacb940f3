"""What photos of an encounter that have a name tell of the others."""

from dataclasses import replace

import numpy as np

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
