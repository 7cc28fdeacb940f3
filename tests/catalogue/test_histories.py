"""Random histories, with undos and redos of any decision, against a model that only ever starts anew."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from resight.catalogue import check, folder, log, store
from resight.catalogue.decisions import (
    Assigned,
    Corrected,
    Decision,
    Merged,
    NewIndividual,
    Noted,
    Opinion,
    Rejected,
    Renamed,
    Says,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)
from resight.catalogue.derived import box_of
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Individual, Rejection, StandingOpinion
from resight.errors import CatalogueError
from resight.types import Box, Side

N = 7
TRACKED = (5, 6, 7)
TRACK_OF = {4: 2, 5: 1, 6: 1, 7: 1}
NAMES = ("Anna", "Bella", "Carla")
SIDES = (Side.LEFT, Side.RIGHT)
BOXES = (Box(0, 0, 5, 5), Box(1.5, 2, 3, 4))
Live = list[tuple[int, Decision]]
Rows = set[tuple[object, ...]]
Tables = tuple[Rows, Rows, Rows, Rows]


@dataclass
class Naive:
    """The catalogue as plain sets; `fine` turns False where a decision could not have been made."""

    groups: dict[int, set[int]] = field(default_factory=dict)
    called: dict[int, str] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    refused: set[tuple[int, int]] = field(default_factory=set)
    said: set[tuple[int, int, int | None, Says]] = field(default_factory=set)
    noted: dict[int, dict[str, str]] = field(default_factory=dict)
    stated: dict[int, tuple[Side, Box | None, int]] = field(
        default_factory=lambda: dict.fromkeys(range(1, N + 1), (Side.UNKNOWN, None, 1))
    )
    tracks: dict[int, list[int]] = field(default_factory=lambda: {1: list(TRACKED), 2: [4], 3: []})
    fine: bool = True

    def live(self, individual: int) -> bool:
        return individual in self.groups and individual not in self.inside

    def free(self, name: str) -> bool:
        return all(called != name for i, called in self.called.items() if self.live(i))

    def unassigned(self, annotations: tuple[int, ...]) -> bool:
        taken = set().union(*self.groups.values()) if self.groups else set()
        return not taken & set(annotations)

    def take(self, key: int, decision: Decision) -> None:
        if isinstance(decision, NewIndividual):
            self.fine &= self.free(decision.name) and self.unassigned(decision.annotations)
            self.groups[key], self.called[key] = set(decision.annotations), decision.name
        elif isinstance(decision, Assigned):
            self.fine &= self.live(decision.individual) and self.unassigned(decision.annotations)
            if self.fine:
                self.groups[decision.individual] |= set(decision.annotations)
        elif isinstance(decision, Rejected):
            self.fine &= self.live(decision.individual)
            if self.fine:
                self.groups[decision.individual] -= {decision.annotation}
                self.refused |= {(decision.annotation, decision.individual)}
        elif isinstance(decision, Opinion):
            self.fine &= decision.individual is None or self.live(decision.individual)
            self.said |= {(key, decision.annotation, decision.individual, decision.says)}
        elif isinstance(decision, Noted):
            self.fine &= self.live(decision.individual)
            told = {"sex": decision.sex, "marks": decision.marks}
            before = self.noted.get(decision.individual, {})
            self.noted[decision.individual] = before | {what: text for what, text in told.items() if text is not None}
        elif isinstance(decision, Renamed):
            self.fine &= self.live(decision.individual) and self.free(decision.name)
            self.called[decision.individual] = decision.name
        elif isinstance(decision, Corrected):
            side, box, encounter = self.stated[decision.annotation]
            now = (decision.side or side, decision.box or box, decision.encounter or encounter)
            self.stated[decision.annotation] = now
        elif isinstance(decision, Merged):
            self.fine &= self.live(decision.kept) and self.live(decision.absorbed)
            if self.fine:
                self.groups[decision.kept] |= self.groups[decision.absorbed]
                self.groups[decision.absorbed] = set()
                self.inside[decision.absorbed] = decision.kept
        elif isinstance(decision, Split):
            self.fine &= self.live(decision.individual) and self.free(decision.name)
            self.fine &= self.groups.get(decision.individual, set()) > set(decision.annotations)
            if self.fine:
                self.groups[decision.individual] -= set(decision.annotations)
                self.groups[key], self.called[key] = set(decision.annotations), decision.name
        elif isinstance(decision, TrackJoined):
            self.fine &= all(self.tracks[track] for track in decision.tracks)
            if self.fine:
                first, *others = decision.tracks
                for other in others:
                    self.tracks[first] = sorted(self.tracks[first] + self.tracks[other])
                    self.tracks[other] = []
        elif isinstance(decision, TrackCut):
            members = self.tracks[decision.track]
            self.fine &= decision.at in members[1:] and not self.tracks[decision.into]
            if self.fine:
                place = members.index(decision.at)
                self.tracks[decision.into] = members[place:]
                self.tracks[decision.track] = members[:place]

    def tables(self) -> Tables:
        whose = {a: i for i, members in self.groups.items() for a in members}
        track = {a: t for t, members in self.tracks.items() for a in members}
        annotations: Rows = {(a, whose.get(a), track.get(a), *self.stated[a]) for a in range(1, N + 1)}
        told = {i: (self.noted.get(i, {}).get("sex", ""), self.noted.get(i, {}).get("marks", "")) for i in self.groups}
        individuals: Rows = {(i, self.called[i], self.inside.get(i), *told[i]) for i in self.groups}
        return annotations, individuals, {*self.refused}, {*self.said}


def started_anew(decisions: Live) -> Naive:
    naive = Naive()
    for key, decision in decisions:
        naive.take(key, decision)
        if not naive.fine:
            break
    return naive


def live(decisions: Live) -> Live:
    """The decisions that count: each undo in turn, from the last, takes away what it undoes."""
    remaining = list(decisions)
    for item in reversed(decisions):
        if item in remaining and isinstance(item[1], Undone):
            remaining = [other for other in remaining if other[0] != item[1].decision]
    return [item for item in remaining if not isinstance(item[1], Undone)]


def acceptable(decisions: Live, key: int, decision: Decision) -> bool:
    if isinstance(decision, Undone):
        unknown = decision.decision not in dict(decisions)
        if unknown or live([*decisions, (key, decision)]) == live(decisions):
            return False
    return started_anew(live([*decisions, (key, decision)])).fine


SMALL = st.integers(0, 30)
ANNOTATIONS = st.lists(st.integers(1, N), min_size=1, max_size=3, unique=True).map(tuple)
KINDS = st.sampled_from(
    (
        *("new", "new", "new", "assigned", "assigned", "rejected", "opinion", "renamed", "corrected", "noted"),
        *("merged", "merged", "split", "split", "joined", "cut", "undone", "undone", "undone", "undone"),
    )
)
STEPS = st.lists(st.tuples(KINDS, SMALL, SMALL, ANNOTATIONS), min_size=8, max_size=25)


def decided(decisions: Live, kind: str, a: int, b: int, some: tuple[int, ...]) -> Decision | None:
    """A decision of the kind, about what there is so far where there is any; None where there cannot be."""
    made = [key for key, d in decisions if isinstance(d, NewIndividual | Split)] or [1]
    one, other, name = made[a % len(made)], made[b % len(made)], NAMES[b % 3]
    match kind:
        case "new":
            return NewIndividual(name, some[: a % 3])
        case "assigned":
            return Assigned(some, one)
        case "rejected":
            return Rejected(some[0], one)
        case "opinion":
            return Opinion(some[0], one if a % 2 else None, Says.DIFFERENT)
        case "noted":
            return Noted(one, ("female", None, "")[a % 3], "a notch" if b % 2 or a % 3 == 1 else None)
        case "renamed":
            return Renamed(one, name)
        case "corrected":
            return Corrected(some[0], (None, *SIDES)[a % 3], (None, *BOXES)[b % 3], 1 + (a + b) % 2)
        case "merged":
            return None if one == other else Merged(one, other)
        case "split":
            members = sorted(started_anew(live(decisions)).groups.get(one, ()))
            return Split(one, name, tuple(members[: 1 + a % 2]) or some)
        case "joined":
            return TrackJoined((1 + a % 3, 1 + (a + 1 + b % 2) % 3))
        case "cut":
            return TrackCut(1 + a % 3, TRACKED[b % 3], 1 + b % 3)
        case _:
            return Undone(1 + a % (len(decisions) + 1))


def tables(catalogue: Catalogue) -> Tables:
    a = Annotation
    with catalogue.reading() as session:
        rows = session.execute(
            select(a.id, a.individual_id, a.track_id, a.side, a.x, a.y, a.w, a.h, a.encounter_id)
        ).all()
        annotations: Rows = {
            (i, who, track, Side(side), box_of(x, y, w, h), e) for i, who, track, side, x, y, w, h, e in rows if i <= N
        }
        i, o = Individual, StandingOpinion
        individuals = session.execute(select(i.id, i.name, i.absorbed_by, i.sex, i.marks))
        rejections = session.execute(select(Rejection.annotation_id, Rejection.individual_id))
        opinions = session.execute(select(o.decision_id, o.annotation_id, o.individual_id, o.says))
        said: Rows = {(key, annotation, whom, Says(says)) for key, annotation, whom, says in opinions}
        return annotations, {tuple(row) for row in individuals}, {tuple(row) for row in rejections}, said


def lived(catalogue: Catalogue, steps: list[tuple[str, int, int, tuple[int, ...]]]) -> int:
    """Append what the steps say, the catalogue and the model agreeing on each; how many were accepted."""
    decisions: Live = []
    for step in steps:
        decision = decided(decisions, *step)
        if decision is None:
            continue
        key = len(decisions) + 1
        expected = acceptable(decisions, key, decision)
        try:
            assert log.append(catalogue, decision, "me") == key
            assert expected, f"{decision} was accepted after {decisions}"
            decisions.append((key, decision))
        except CatalogueError as error:
            assert not expected, f"{decision} was refused after {decisions}: {error}"
        assert tables(catalogue) == started_anew(live(decisions)).tables()
    assert check.check(catalogue) == []
    assert [(entry.id, entry.decision) for entry in reversed(log.history(catalogue))] == decisions
    counting = {key for key, _ in live(decisions)}
    undos = {key for key, decision in decisions if isinstance(decision, Undone)}
    assert {e.id for e in log.history(catalogue) if e.undone_by is None} - undos == counting
    return len(decisions)


def fill(catalogue: Catalogue) -> None:
    with catalogue.writing() as session:
        assert [store.add_track(session, "f" * 64) for _ in range(3)] == [1, 2, 3]
        photos = [
            store.NewPhoto(
                *(Path(f"/{n}"), f"{n:064}", 1, 1, 1),
                annotations=(store.NewAnnotation(encounter="first", track=TRACK_OF.get(n)),),
                frame=n,
            )
            for n in range(1, N + 1)
        ]
        other = store.NewPhoto(Path("/x"), "x" * 64, 1, 1, 1, (store.NewAnnotation(encounter="second"),))
        added = store.add_shard(session, [*photos, other])
        assert [a.annotation for (a,) in added] == list(range(1, N + 2))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with folder.create(tmp_path_factory.mktemp("histories") / "c") as made:
        fill(made)
    return made.folder


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_history_on_sqlite(filled: Path, steps: list[tuple[str, int, int, tuple[int, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as parent:
        copied = shutil.copytree(filled, Path(parent) / "c")
        with folder.open(copied) as catalogue:
            lived(catalogue, steps)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_history_on_postgresql(
    new_database: Callable[[], str], steps: list[tuple[str, int, int, tuple[int, ...]]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as parent,
        folder.create(Path(parent) / "c", new_database()) as catalogue,
    ):
        fill(catalogue)
        lived(catalogue, steps)
