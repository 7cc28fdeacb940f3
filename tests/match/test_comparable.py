"""Who may be compared with whom: every combination, by the rules as they are written."""

import itertools

import numpy as np
import pytest

from resight.match.comparable import Sides, comparable, elsewhere
from resight.types import Labels, Side

ROWS = list(itertools.product(("", "Ada"), Side, ("", "e1", "e2"), ("p1", "p2")))


def labels(rows: list[tuple[str, Side, str, str]]) -> Labels:
    individual, side, encounter, photo = (
        np.array([str(cell) for cell in column]) for column in zip(*rows, strict=True)
    )
    return Labels(individual, side, np.full(len(rows), "head"), encounter, photo)


@pytest.mark.parametrize("sides", Sides)
def test_comparable_is_as_written(sides: Sides) -> None:
    found = comparable(labels(ROWS), labels(ROWS), sides)
    for (i, (_, ours, _, photo)), (j, (name, theirs, _, other)) in itertools.product(enumerate(ROWS), enumerate(ROWS)):
        same_side = ours == theirs or Side.UNKNOWN in (ours, theirs) or sides is Sides.ANY
        assert found[i, j] == (name != "" and photo != other and same_side), (ROWS[i], ROWS[j])


def test_elsewhere_is_as_written() -> None:
    found = elsewhere(labels(ROWS), labels(ROWS))
    for (i, (*_, ours, _)), (j, (*_, theirs, _)) in itertools.product(enumerate(ROWS), enumerate(ROWS)):
        assert found[i, j] == (ours == "" or ours != theirs)


def test_sides_are_apart_unless_asked_otherwise() -> None:
    left, right = labels([("a", Side.LEFT, "", "p1")]), labels([("a", Side.RIGHT, "", "p2")])
    assert not comparable(left, right)[0, 0]
    assert comparable(left, right, Sides.ANY)[0, 0]


def test_nothing_can_be_asked_of_nothing() -> None:
    none = labels(ROWS).take(np.zeros(0, np.int64))
    assert comparable(none, labels(ROWS)).shape == elsewhere(none, labels(ROWS)).shape == (0, len(ROWS))
    assert comparable(labels(ROWS), none).shape == (len(ROWS), 0)
