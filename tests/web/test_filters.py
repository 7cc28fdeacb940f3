"""A search finds what is there, however it is written, and `aside` is what somebody was unsure of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resight.catalogue import folder, log, store
from resight.catalogue.decisions import NewIndividual, Opinion, Says
from resight.catalogue.folder import Catalogue
from resight.types import Side
from resight.web.filters import Filter, State, matching


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Catalogue]:
    """Annotations 1 to 3; the first is called Ängla, nobody has named the others."""
    with folder.create(tmp_path / "three") as made:
        with made.writing() as session:
            animal = store.NewAnnotation(side=Side.LEFT)
            photos = [store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 40, 30, (animal,)) for n in range(3)]
            store.add_shard(session, photos)
        log.append(made, NewIndividual("Ängla", (1,)), "Ana")
        yield made


@pytest.mark.parametrize("text", ["Ängla", "ängla", "ÄNG"])
def test_letters_beyond_ascii_are_found_large_and_small(three: Catalogue, text: str) -> None:
    assert matching(three, Filter(text=text), 10) == (1, [1])


def test_only_what_somebody_was_unsure_of_is_aside(three: Catalogue) -> None:
    log.append(three, Opinion(2, 1, Says.DIFFERENT), "Ana")
    log.append(three, Opinion(3, 1, Says.UNSURE), "Ana")
    assert matching(three, Filter(State.ASIDE), 10) == (1, [3])
