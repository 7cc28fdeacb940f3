from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from resight.catalogue import check, log
from resight.catalogue.decisions import Decision, Merged, NewIndividual, Rejected, Undone
from resight.catalogue.folder import Catalogue

AddPhotos = Callable[..., list[int]]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE annotation SET individual_id = NULL", "annotation"),
        ("UPDATE annotation SET side = 'right'", "annotation"),
        ("UPDATE individual SET name = 'Dora' WHERE id = 1", "individual 1"),
        ("UPDATE individual SET absorbed_by = NULL", "individual 2"),
        ("DELETE FROM rejection", "annotation"),
        ("INSERT INTO individual (id, name) VALUES (4, 'Ghost')", "individual 4"),
        ("DELETE FROM mention WHERE what = 'individual'", "decision"),
        ("INSERT INTO mention VALUES (1, 'track', 5)", "decision 1 is found by track 5"),
    ],
)
def test_derived_rows_that_differ_are_found_and_derived_anew(
    catalogue: Catalogue, add_photos: AddPhotos, damage: str, words: str
) -> None:
    a, b, c = add_photos(catalogue, 3)
    decisions: list[Decision] = [
        NewIndividual("Anna", (a,)),
        NewIndividual("Bella", (b,)),
        Merged(1, 2),
        NewIndividual("Carla"),
        Undone(4),
        Rejected(c, 1),
    ]
    for decision in decisions:
        log.append(catalogue, decision, "me")
    assert check.check(catalogue) == []
    with catalogue.writing() as session:
        session.execute(text(damage))
    found = check.check(catalogue)
    assert found
    assert all(line.startswith(words) for line in found)
    check.rebuild(catalogue)
    assert check.check(catalogue) == []
