from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from resight.catalogue import check, log, lookup
from resight.catalogue.decisions import (
    Assigned,
    Corrected,
    Decision,
    Grounds,
    Merged,
    NewIndividual,
    Rejected,
    Renamed,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)
from resight.catalogue.folder import Catalogue
from resight.catalogue.store import add_track
from resight.errors import CatalogueError
from resight.types import Box, Side

AddPhotos = Callable[..., list[int]]


def names(catalogue: Catalogue) -> dict[str, int]:
    return {known.name: known.annotations for known in lookup.individuals(catalogue)}


def put(catalogue: Catalogue, *decisions: Decision) -> list[int]:
    return [log.append(catalogue, decision, "me") for decision in decisions]


def test_a_decision_is_kept_with_by_whom_when_and_on_what_grounds(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    first, second = add_photos(catalogue, 2)
    grounds = Grounds("rootsift-1", first, 31.5, 0.97)
    put(catalogue, NewIndividual("Anna", (first,)))
    log.append(catalogue, Assigned((second,), 1), "Ines", grounds)
    entry = log.history(catalogue, limit=1)[0]
    assert (entry.id, entry.decision, entry.by) == (2, Assigned((second,), 1), "Ines")
    assert entry.grounds == grounds
    assert abs(entry.at - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(CatalogueError, match="by whom"):
        log.append(catalogue, Undone(2), " ")


def test_a_life(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    a, b, c, d = add_photos(catalogue, 4)
    put(catalogue, NewIndividual("Anna", (a, b)), NewIndividual("Bella", (c,)), Assigned((d,), 2))
    put(catalogue, Merged(2, 1), Split(2, "Carla", (a,)), Renamed(2, "Berta"))
    assert names(catalogue) == {"Berta": 3, "Carla": 1}
    with pytest.raises(CatalogueError, match="Anna was merged into Berta"):
        put(catalogue, Assigned((a,), 1))
    put(catalogue, Rejected(d, 2), Corrected(d, side=Side.RIGHT, box=Box(1, 1, 5, 5)))
    assert lookup.refused(catalogue, [d, a]) == [{2}, set()]
    (found,) = lookup.catalogued(catalogue, [d])
    assert (found.side, found.box, found.individual) == (Side.RIGHT, Box(1, 1, 5, 5), None)
    assert check.check(catalogue) == []
    for decision in range(8, 0, -1):
        put(catalogue, Undone(decision))
        assert check.check(catalogue) == []
    assert names(catalogue) == {}
    (found,) = lookup.catalogued(catalogue, [d])
    assert (found.side, found.box) == (Side.LEFT, None)


def test_an_undo_is_refused_while_others_stand_on_it(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    a, b, c = add_photos(catalogue, 3)
    put(catalogue, NewIndividual("Anna", (a,)), NewIndividual("Bella", (b,)), Assigned((c,), 1), Merged(2, 1))
    with pytest.raises(CatalogueError) as caught:
        put(catalogue, Undone(1))
    assert str(caught.value) == (
        "decision 1 cannot be undone while later decisions stand on it; undo decision 4 (merged Anna into "
        f"Bella), then decision 3 (assigned annotation {c} to Anna) first"
    )
    put(catalogue, Undone(4), Undone(3), Undone(1))
    assert names(catalogue) == {"Bella": 1}
    with pytest.raises(CatalogueError, match="decision 1 is undone already, by decision 7"):
        put(catalogue, Undone(1))
    with pytest.raises(CatalogueError, match="there is no decision 99 to undo"):
        put(catalogue, Undone(99))
    assert len(log.history(catalogue)) == 7


def test_a_decision_in_the_middle_is_undone_where_nothing_stands_on_it(
    catalogue: Catalogue, add_photos: AddPhotos
) -> None:
    a, b, c = add_photos(catalogue, 3)
    put(catalogue, NewIndividual("Anna", (a,)), Assigned((b,), 1), Assigned((c,), 1), Renamed(1, "Ann"))
    put(catalogue, Undone(2))
    assert names(catalogue) == {"Ann": 2}
    assert check.check(catalogue) == []


def test_redo_and_why_it_may_be_refused(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    (a,) = add_photos(catalogue, 1)
    put(catalogue, NewIndividual("Anna", (a,)), Undone(1), Undone(2))
    assert names(catalogue) == {"Anna": 1}
    put(catalogue, Undone(3), NewIndividual("Bella", (a,)))
    with pytest.raises(CatalogueError, match=r"undo decision 5 \(new individual Bella with annotation"):
        put(catalogue, Undone(4))
    put(catalogue, Undone(5), Undone(4))
    assert names(catalogue) == {"Anna": 1}
    assert check.check(catalogue) == []


def test_a_redo_that_has_lost_its_ground_says_so(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    (a,) = add_photos(catalogue, 1)
    put(catalogue, NewIndividual("Anna"), Assigned((a,), 1), Undone(2), Undone(1))
    with pytest.raises(CatalogueError, match=r"decision 2 .* cannot count again: there is no individual 1"):
        put(catalogue, Undone(3))


def test_an_undo_that_would_change_nothing_is_refused(catalogue: Catalogue) -> None:
    put(catalogue, NewIndividual("Anna"), Undone(1), Undone(2), Undone(1))
    with pytest.raises(CatalogueError, match="undoing decision 3 would change nothing: later undos settle decision 1"):
        put(catalogue, Undone(3))
    put(catalogue, Undone(4))
    assert names(catalogue) == {"Anna": 0}


def test_names_change_places_within_a_transaction(catalogue: Catalogue) -> None:
    put(catalogue, NewIndividual("Anna"), NewIndividual("Bella"))
    exchange: list[Decision] = [
        Renamed(1, "x"),
        Renamed(2, "Anna"),
        Renamed(1, "Bella"),
        NewIndividual("x"),
        Merged(2, 6),
    ]
    with catalogue.writing() as session:
        assert log.append_all(session, exchange, "me") == [3, 4, 5, 6, 7]
    assert {known.id: known.name for known in lookup.individuals(catalogue)} == {1: "Bella", 2: "Anna"}
    assert check.check(catalogue) == []


def test_many_decisions_are_made_together_or_not_at_all(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    a, b = add_photos(catalogue, 2)
    with (
        pytest.raises(CatalogueError, match="decision 3 of 3: there is no annotation 99"),
        catalogue.writing() as session,
    ):
        log.append_all(session, [NewIndividual("Anna", (a,)), Assigned((b,), 1), Assigned((99,), 1)], "me")
    assert log.history(catalogue) == []
    assert names(catalogue) == {}
    with catalogue.writing() as session:
        log.append_all(session, [NewIndividual("Anna", (a,)), Undone(1), NewIndividual("Anna", (b,))], "me")
    assert names(catalogue) == {"Anna": 1}
    assert check.check(catalogue) == []


def test_history_finds_what_speaks_of_an_annotation_or_an_individual(
    catalogue: Catalogue, add_photos: AddPhotos
) -> None:
    a, b = add_photos(catalogue, 2)
    put(catalogue, NewIndividual("Anna", (a,)), NewIndividual("Bella"), Assigned((b,), 2), Merged(1, 2))
    put(catalogue, Undone(4), Undone(5))
    assert [entry.id for entry in log.history(catalogue)] == [6, 5, 4, 3, 2, 1]
    assert [entry.id for entry in log.history(catalogue, annotation=b)] == [3]
    assert [entry.id for entry in log.history(catalogue, individual=1)] == [6, 5, 4, 1]
    assert [entry.id for entry in log.history(catalogue, individual=2, limit=2)] == [6, 5]
    assert {entry.id: entry.undone_by for entry in log.history(catalogue) if entry.undone_by} == {5: 6}


def test_tracks_are_cut_joined_and_mended_again(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    with catalogue.writing() as session:
        whole, empty = add_track(session, "f" * 64), add_track(session, "f" * 64)
    first, second, _ = add_photos(catalogue, 3, track=whole)
    put(catalogue, TrackCut(whole, second, empty))
    with pytest.raises(CatalogueError, match="is the first of track"):
        put(catalogue, TrackCut(whole, first, empty))
    put(catalogue, TrackJoined((empty, whole)))
    with pytest.raises(CatalogueError, match=r"undo decision 2 \(joined tracks"):
        put(catalogue, Undone(1))
    put(catalogue, Undone(2), Undone(1))
    assert check.check(catalogue) == []
    with pytest.raises(CatalogueError, match="decisions speak of track"):
        add_photos(catalogue, 5, track=whole, part="tail")
