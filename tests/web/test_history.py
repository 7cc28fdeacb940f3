"""Who sees what of the log, and what an undo would take back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resight.catalogue import folder, log, store
from resight.catalogue.decisions import Assigned, Merged, NewIndividual, Opinion, Says, Undone
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.errors import CatalogueError
from resight.roles import Person, Role
from resight.types import Side
from resight.web.pages.history import lines, touched
from resight.web.pages.whom import move

BEA, CORA = Person("Bea", Role.REVIEWER), Person("Cora", Role.CURATOR)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Catalogue]:
    """Anna with the annotations 1 and 2, Bella with 3, and 4 without a name; two people are asked."""
    with folder.create(tmp_path / "two", reviewers=2) as made:
        with made.writing() as session:
            animal = store.NewAnnotation(side=Side.LEFT)
            photos = [store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 40, 30, (animal,)) for n in range(4)]
            store.add_shard(session, photos)
        log.append_together(made, [NewIndividual("Anna", (1, 2)), NewIndividual("Bella", (3,))], "Ana")
        yield made


def test_who_may_be_asked_sees_no_opinion_of_an_animal_without_a_name(two: Catalogue) -> None:
    log.append(two, Opinion(4, 1, Says.SAME), "Carl")
    own = log.append(two, Opinion(4, 1, Says.UNSURE), "Bea")
    for individual in None, 1:
        assert [one.by for one in lines(two, BEA, 2, individual)] == ["Bea", "Ana"]
        assert [one.by for one in lines(two, CORA, 2, individual)] == ["Bea", "Carl"]
    log.append(two, Assigned((4,), 1), "Cora")
    assert [one.by for one in lines(two, BEA, 3)] == ["Cora", "Bea", "Carl"]
    assert lines(two, BEA, 3)[1].id == own


def test_what_an_undo_takes_back_and_gives_again_is_counted(two: Catalogue) -> None:
    merged = log.append(two, Merged(1, 2), "Cora")
    assert touched(two, merged) == 1
    undo = log.append(two, Undone(merged), "Cora")
    assert touched(two, undo) == 1
    assert touched(two, 1) == 2
    log.append(two, Undone(undo), "Cora")
    assert [one.name for one in catalogued(two)] == ["Anna", "Anna", "Anna", ""]


def test_photos_are_moved_whatever_they_were_named_and_to_nobody(two: Catalogue) -> None:
    move(two, [1, 3, 4], 2, "Cora")
    assert [one.name for one in catalogued(two)] == ["Bella", "Anna", "Bella", "Bella"]
    move(two, [1], None, "Cora")
    assert catalogued(two, [1])[0].name == ""
    with pytest.raises(CatalogueError, match="already"):
        move(two, [2], 1, "Cora")
