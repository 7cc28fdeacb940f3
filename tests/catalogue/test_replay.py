from __future__ import annotations

import pytest

from resight.catalogue.decisions import (
    Assigned,
    Corrected,
    Decision,
    Merged,
    NewIndividual,
    Opinion,
    Rejected,
    Renamed,
    Says,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)
from resight.catalogue.replay import AnnotationState, State, outcome, replay, retrace, voided
from resight.errors import CatalogueError
from resight.types import Box, Side


def start() -> State:
    """Annotations 1 to 4 in no track, 5 to 7 in track 1 (frames backwards), 8 in track 2; track 3 empty."""
    loose = {key: AnnotationState(side=Side.LEFT) for key in (1, 2, 3, 4)}
    tracked = {key: AnnotationState(track=1, frame=10 - key) for key in (5, 6, 7)}
    return State(loose | tracked | {8: AnnotationState(track=2)}, tracks={1, 2, 3}, encounters={1})


def numbered(*decisions: Decision) -> list[tuple[int, Decision]]:
    return list(enumerate(decisions, 1))


def after(*decisions: Decision) -> State:
    return replay(start(), numbered(*decisions))


def of(state: State, individual: int) -> set[int]:
    return {key for key, a in state.annotations.items() if a.individual == individual}


ANNA, BELLA = NewIndividual("Anna", (1, 2)), NewIndividual("Bella", (3,))


def test_a_merge_moves_all_annotations_and_frees_the_name() -> None:
    state = after(ANNA, BELLA, Merged(1, 2), NewIndividual("Bella", (4,)))
    assert of(state, 1) == {1, 2, 3}
    assert of(state, 4) == {4}
    assert state.individuals[2].absorbed_by == 1


def test_a_split_makes_an_individual_of_a_part() -> None:
    state = after(ANNA, Split(1, "Carla", (2,)))
    assert (of(state, 1), of(state, 2), state.individuals[2].name) == ({1}, {2}, "Carla")


def test_a_rejected_annotation_is_free_again_and_remembers() -> None:
    state = after(ANNA, Rejected(1, 1), Rejected(3, 1))
    assert of(state, 1) == {2}
    assert state.annotations[1].rejected == state.annotations[3].rejected == {1}


def test_a_correction_leaves_what_it_does_not_speak_of() -> None:
    state = after(Corrected(1, box=Box(1, 2, 3, 4)), Corrected(1, encounter=1))
    assert state.annotations[1] == AnnotationState(None, Side.LEFT, Box(1, 2, 3, 4), 1)


def test_a_track_is_cut_by_frame_and_joined_to_the_first() -> None:
    tracks = {key: a.track for key, a in after(TrackCut(1, 6, 3)).annotations.items() if a.track}
    assert tracks == {7: 1, 6: 3, 5: 3, 8: 2}
    tracks = {key: a.track for key, a in after(TrackJoined((2, 1))).annotations.items() if a.track}
    assert tracks == {7: 2, 6: 2, 5: 2, 8: 2}


def test_finding_the_outcome_changes_nothing() -> None:
    state = after(ANNA)
    outcome(state, Split(1, "Carla", (2,)), 2)
    assert of(state, 1) == {1, 2}


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (NewIndividual("Anna"), "there is an individual named Anna already"),
        (NewIndividual("Dora", (1,)), "annotation 1 is Anna already; reject that first"),
        (NewIndividual("Dora", (99,)), "there is no annotation 99"),
        (Assigned((3,), 1), "annotation 3 is Bella already"),
        (Assigned((4,), 9), "there is no individual 9"),
        (Assigned((4,), 3), "Carla was merged into Bella"),
        (Rejected(99, 1), "there is no annotation 99"),
        (Rejected(1, 3), "Carla was merged into Bella"),
        (Opinion(1, 9, Says.SAME), "there is no individual 9"),
        (Opinion(99, None, Says.UNSURE), "there is no annotation 99"),
        (Renamed(1, "Bella"), "there is an individual named Bella already"),
        (Renamed(3, "Dora"), "Carla was merged into Bella"),
        (Corrected(99, side=Side.LEFT), "there is no annotation 99"),
        (Corrected(1, encounter=7), "there is no encounter 7"),
        (Merged(1, 9), "there is no individual 9"),
        (Merged(3, 1), "Carla was merged into Bella"),
        (Split(1, "Dora", (3,)), "annotation 3 is not Anna, so it cannot be split from it"),
        (Split(1, "Dora", (1, 2)), "a split must leave Anna an annotation"),
        (Split(1, "Bella", (2,)), "there is an individual named Bella already"),
        (TrackJoined((1, 3)), "track 3 has no annotations"),
        (TrackJoined((1, 9)), "there is no track 9"),
        (TrackCut(1, 7, 3), "annotation 7 is the first of track 1"),
        (TrackCut(1, 8, 3), "annotation 8 is not on track 1"),
        (TrackCut(1, 6, 2), "track 2 has annotations already"),
        (TrackCut(1, 6, 9), "there is no track 9"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(decision: Decision, reason: str) -> None:
    state = after(ANNA, BELLA, NewIndividual("Carla"), Merged(2, 3))
    with pytest.raises(CatalogueError, match=reason):
        outcome(state, decision, 5)


def test_a_log_that_does_not_apply_is_named() -> None:
    with pytest.raises(CatalogueError, match="decision 2 of the log does not apply: there is no individual"):
        after(ANNA, Renamed(7, "Dora"))


def test_an_undo_can_be_undone_and_that_again() -> None:
    assert voided({}) == {}
    assert voided({2: 1}) == {1: 2}
    assert voided({2: 1, 3: 2}) == {2: 3}
    assert voided({2: 1, 3: 2, 4: 3}) == {3: 4, 1: 2}


def test_what_stands_on_a_decision_is_found_through_what_stands_on_that() -> None:
    log = numbered(ANNA, Renamed(1, "Dora"), NewIndividual("Anna", (4,)), BELLA, Merged(3, 4))
    assert [o.id for o in retrace(start(), log, {1}, 1).obstacles] == [2]
    assert [o.id for o in retrace(start(), log, {2}, 2).obstacles] == [3, 5]
    assert [o.id for o in retrace(start(), log, {5}, 5).obstacles] == []


def test_only_what_the_undone_decision_touched_differs() -> None:
    log = numbered(ANNA, Corrected(1, side=Side.RIGHT), BELLA, Undone(1))
    retraced = retrace(start(), log, {1}, 1)
    assert retraced.changes.annotations == {
        1: AnnotationState(side=Side.RIGHT),
        2: AnnotationState(side=Side.LEFT),
    }
    assert retraced.changes.individuals == {1: None}
