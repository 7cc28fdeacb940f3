from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from resight.catalogue import log, lookup
from resight.catalogue.decisions import Corrected, Merged, NewIndividual, Rejected
from resight.catalogue.folder import Catalogue
from resight.errors import CatalogueError
from resight.types import Side

AddPhotos = Callable[..., list[int]]


@pytest.fixture
def ids(catalogue: Catalogue, add_photos: AddPhotos) -> list[int]:
    """Five annotations: a and b are Anna, c is Bella."""
    a, b, c, d, e = add_photos(catalogue, 5, encounter="dawn", part="fin")
    log.append(catalogue, NewIndividual("Anna", (a, b)), "me")
    log.append(catalogue, NewIndividual("Bella", (c,)), "me")
    log.append(catalogue, Corrected(b, side=Side.RIGHT), "me")
    return [a, b, c, d, e]


def test_labels_of_all_and_of_some_in_the_order_asked(catalogue: Catalogue, ids: list[int]) -> None:
    found, labels = lookup.labels(catalogue)
    assert found.tolist() == ids
    assert labels.individual.tolist() == ["Anna", "Anna", "Bella", "", ""]
    assert labels.side.tolist() == ["left", "right", "left", "left", "left"]
    assert set(labels.part.tolist()) == {"fin"}
    assert set(labels.encounter.tolist()) == {"dawn"}
    assert len(set(labels.photo.tolist())) == 5
    found, labels = lookup.labels(catalogue, np.array([ids[2], ids[0]]))
    assert (found.tolist(), labels.individual.tolist()) == ([ids[2], ids[0]], ["Bella", "Anna"])
    assert len(lookup.labels(catalogue, [])[1]) == 0


@pytest.mark.parametrize("look_up", [lookup.labels, lookup.catalogued])
def test_an_unknown_annotation_is_not_left_out_in_silence(
    catalogue: Catalogue, ids: list[int], look_up: Callable[..., object]
) -> None:
    with pytest.raises(CatalogueError, match="there is no annotation 999"):
        look_up(catalogue, [ids[0], 999])


def test_individuals_are_found_by_name_and_counted(catalogue: Catalogue, ids: list[int]) -> None:
    assert lookup.individual_named(catalogue, "Bella") == 2
    assert lookup.individuals(catalogue) == [lookup.Known(1, "Anna", 2, 1), lookup.Known(2, "Bella", 1, 1)]
    log.append(catalogue, Merged(1, 2), "me")
    assert lookup.individuals(catalogue) == [lookup.Known(1, "Anna", 3, 1)]
    with pytest.raises(CatalogueError, match="no individual named Bella"):
        lookup.individual_named(catalogue, "Bella")
    counts = lookup.counts(catalogue)
    assert (counts.annotations, counts.unnamed, counts.individuals, counts.decisions) == (5, 2, 1, 4)


def test_refusals_follow_merges_and_yield_to_an_assignment(catalogue: Catalogue, ids: list[int]) -> None:
    a, _, _, d, e = ids
    for decision in (Rejected(d, 1), Rejected(a, 2), NewIndividual("Carla"), Merged(3 + 3, 1)):
        log.append(catalogue, decision, "me")
    assert lookup.refused(catalogue, np.array([d, a, e, d])) == [{6}, {2}, set(), {6}]
    log.append(catalogue, Merged(6, 2), "me")
    assert lookup.refused(catalogue, [d, a]) == [{6}, set()]


def test_photos_known_by_their_hash(catalogue: Catalogue, ids: list[int]) -> None:
    hashes = lookup.labels(catalogue)[1].photo
    first = str(hashes[0])
    assert lookup.known_photos(catalogue, [first, "0" * 64]) == {first}
