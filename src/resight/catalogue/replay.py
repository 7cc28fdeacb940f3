"""What the log means: the state that follows from the added rows and the decisions, in order.

Pure: nothing here knows of a database. The same rules check an append on the few rows it touches and
replay the whole log, so that the two cannot disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

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
from resight.errors import CatalogueError
from resight.types import Box, Side


@dataclass(frozen=True, slots=True, order=True)
class StandingOpinion:
    """An opinion that counts, by the id of its decision; `individual` None means any individual."""

    decision: int
    individual: int | None
    says: Says


@dataclass(frozen=True, slots=True)
class AnnotationState:
    """What decisions can change of an annotation; `frame` orders the annotations of a track.

    `rejected` holds the individuals it was said not to be, also those merged into others since, and `opinions` what
    people said of it without deciding.
    """

    individual: int | None = None
    side: Side = Side.UNKNOWN
    box: Box | None = None
    encounter: int | None = None
    track: int | None = None
    frame: int = 0
    rejected: frozenset[int] = frozenset()
    opinions: frozenset[StandingOpinion] = frozenset()


@dataclass(frozen=True, slots=True)
class IndividualState:
    """An individual: its name, the individual it was merged into, if it was, and what is known of it."""

    name: str
    absorbed_by: int | None = None
    sex: str = ""
    life_stage: str = ""
    marks: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one or more decisions change: new values by id; an individual that is gone is None."""

    annotations: Mapping[int, AnnotationState] = field(default_factory=dict)
    individuals: Mapping[int, IndividualState | None] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """Annotations and individuals after some decisions, with the look-ups the rules need.

    A state may be a part of the catalogue: the rows one decision speaks of, and all they depend on.
    """

    annotations: dict[int, AnnotationState]
    individuals: dict[int, IndividualState] = field(default_factory=dict)
    tracks: Container[int] = ()
    encounters: Container[int] = ()
    _of_individual: defaultdict[int, set[int]] = field(init=False)
    _of_track: defaultdict[int, set[int]] = field(init=False)
    _named: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._of_individual, self._of_track = defaultdict(set), defaultdict(set)
        for key, annotation in self.annotations.items():
            if annotation.individual is not None:
                self._of_individual[annotation.individual].add(key)
            if annotation.track is not None:
                self._of_track[annotation.track].add(key)
        self._named = {
            individual.name: key for key, individual in self.individuals.items() if individual.absorbed_by is None
        }

    def put(self, changes: Changes) -> None:
        """Take over the changes that `outcome` found."""
        for key, annotation in changes.annotations.items():
            before = self.annotations[key]
            _move(self._of_individual, key, before.individual, annotation.individual)
            _move(self._of_track, key, before.track, annotation.track)
            self.annotations[key] = annotation
        for key, individual in changes.individuals.items():
            known = self.individuals.pop(key, None)
            if known is not None and self._named.get(known.name) == key:
                del self._named[known.name]
            if individual is not None:
                self.individuals[key] = individual
                if individual.absorbed_by is None:
                    self._named[individual.name] = key

    def annotation(self, key: int) -> AnnotationState:
        """The annotation; CatalogueError where there is none."""
        found = self.annotations.get(key)
        if found is None:
            raise CatalogueError(f"there is no annotation {key}")
        return found

    def live(self, key: int) -> IndividualState:
        """The individual; CatalogueError where there is none, or it was merged into another."""
        found = self.individuals.get(key)
        if found is None:
            raise CatalogueError(f"there is no individual {key}")
        if found.absorbed_by is not None:
            raise CatalogueError(f"{found.name} was merged into {self.name(found.absorbed_by)}")
        return found

    def name(self, key: int) -> str:
        """The individual's name, for messages."""
        found = self.individuals.get(key)
        return found.name if found else f"individual {key}"

    def free_name(self, name: str) -> str:
        """The name, where no live individual has it; CatalogueError otherwise."""
        if name in self._named:
            raise CatalogueError(f"there is an individual named {name} already")
        return name

    def of_individual(self, key: int) -> set[int]:
        """The annotations assigned to the individual."""
        return set(self._of_individual.get(key, ()))

    def of_track(self, key: int) -> list[int]:
        """The annotations of the track, in the order of their frames; CatalogueError for no such track."""
        if key not in self.tracks:
            raise CatalogueError(f"there is no track {key}")
        return sorted(self._of_track.get(key, ()), key=lambda a: (self.annotations[a].frame, a))


def outcome(state: State, decision: Decision, decision_id: int) -> Changes:
    """What the decision changes in this state, which stays as it is.

    `decision_id` becomes the id of an individual that the decision makes.

    Raises:
        CatalogueError: the decision cannot be made in this state; the text says why.

    >>> state = State({7: AnnotationState()})
    >>> state.put(outcome(state, NewIndividual("Anna", (7,)), 1))
    >>> state.individuals[1].name
    'Anna'
    """
    match decision:
        case NewIndividual(name, annotations):
            state.free_name(name)
            return Changes(_assigned(state, annotations, decision_id), {decision_id: IndividualState(name)})
        case Assigned(annotations, individual):
            state.live(individual)
            return Changes(_assigned(state, annotations, individual))
        case Rejected(key, individual):
            state.live(individual)
            return Changes({key: _rejecting(state.annotation(key), individual)})
        case Opinion(key, individual, says):
            annotation = state.annotation(key)
            if individual is not None:
                state.live(individual)
            opinion = StandingOpinion(decision_id, individual, says)
            return Changes({key: replace(annotation, opinions=annotation.opinions | {opinion})})
        case Renamed(individual, name):
            renamed = replace(state.live(individual), name=state.free_name(name))
            return Changes(individuals={individual: renamed})
        case Corrected(key, side, box, encounter):
            if encounter is not None and encounter not in state.encounters:
                raise CatalogueError(f"there is no encounter {encounter}")
            annotation = state.annotation(key)
            corrected = replace(
                annotation,
                side=annotation.side if side is None else side,
                box=annotation.box if box is None else box,
                encounter=annotation.encounter if encounter is None else encounter,
            )
            return Changes({key: corrected})
        case Merged(kept, absorbed):
            state.live(kept)
            merged = replace(state.live(absorbed), absorbed_by=kept)
            return Changes(_to_individual(state, state.of_individual(absorbed), kept), {absorbed: merged})
        case Split(individual, name, annotations):
            _check_split(state, individual, annotations)
            state.free_name(name)
            moved = _to_individual(state, annotations, decision_id)
            return Changes(moved, {decision_id: IndividualState(name)})
        case Noted(individual, sex, life_stage, marks, notes):
            before = state.live(individual)
            noted = replace(
                before,
                sex=before.sex if sex is None else sex,
                life_stage=before.life_stage if life_stage is None else life_stage,
                marks=before.marks if marks is None else marks,
                notes=before.notes if notes is None else notes,
            )
            return Changes(individuals={individual: noted})
        case TrackJoined(tracks):
            members = {track: state.of_track(track) for track in tracks}
            for track in [track for track in tracks if not members[track]]:
                raise CatalogueError(f"track {track} has no annotations")
            taken = [key for track in tracks[1:] for key in members[track]]
            return Changes(_to_track(state, taken, tracks[0]))
        case TrackCut(track, at, into):
            return Changes(_to_track(state, _cut_off(state, track, at, into), into))
        case Undone():
            raise CatalogueError("an undo acts on the log, not on the state")


def voided(undos: Mapping[int, int]) -> dict[int, int]:
    """The decisions that no longer count, each with the undo that stands against it.

    `undos` maps each undo to the decision it undoes, always an earlier one; an undo can itself be undone.

    >>> voided({5: 3, 6: 5, 8: 2})
    {2: 8, 5: 6}
    """
    void: dict[int, int] = {}
    for undo in sorted(undos, reverse=True):
        if undo not in void:
            void[undos[undo]] = undo
    return void


def replay(state: State, decisions: Iterable[tuple[int, Decision]], void: Container[int] = ()) -> State:
    """The state after the decisions that count, in order; the state given is the one that changes.

    Raises:
        CatalogueError: a decision does not apply; the log is damaged.
    """
    for key, decision in decisions:
        if key not in void and not isinstance(decision, Undone):
            try:
                state.put(outcome(state, decision, key))
            except CatalogueError as error:
                raise CatalogueError(f"decision {key} of the log does not apply: {error}") from error
    return state


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A decision that could not stand, and why."""

    id: int
    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class Retraced:
    """The log with one decision turned on or off: what differs at the end, or what stands in the way."""

    changes: Changes
    obstacles: tuple[Obstacle, ...]


def retrace(state: State, decisions: Iterable[tuple[int, Decision]], void: Container[int], turned: int) -> Retraced:
    """Replay with the decision `turned` newly on or off, as `void` says; the state given is changed.

    A decision sets each annotation and individual from that one's own state alone. So only what the turned
    decision touches can differ at the end, and the changes hold just that. Whether later decisions still
    apply has to be tried one by one.
    """
    touched = Changes()
    obstacles: list[Obstacle] = []
    for key, decision in decisions:
        if isinstance(decision, Undone) or (key in void and key != turned):
            continue
        try:
            changes = outcome(state, decision, key)
        except CatalogueError as error:
            obstacles.append(Obstacle(key, decision, str(error)))
            continue
        if key == turned:
            touched = changes
        if key not in void:
            state.put(changes)
    return Retraced(
        Changes(
            {key: state.annotations[key] for key in touched.annotations},
            {key: state.individuals.get(key) for key in touched.individuals},
        ),
        tuple(obstacles),
    )


def _to_individual(state: State, keys: Iterable[int], individual: int) -> dict[int, AnnotationState]:
    return {key: replace(state.annotation(key), individual=individual) for key in keys}


def _to_track(state: State, keys: Iterable[int], track: int) -> dict[int, AnnotationState]:
    return {key: replace(state.annotation(key), track=track) for key in keys}


def _assigned(state: State, keys: Iterable[int], individual: int) -> dict[int, AnnotationState]:
    moved = {}
    for key in keys:
        annotation = state.annotation(key)
        if annotation.individual is not None:
            name = state.name(annotation.individual)
            raise CatalogueError(f"annotation {key} is {name} already; reject that first")
        moved[key] = replace(annotation, individual=individual)
    return moved


def _rejecting(annotation: AnnotationState, individual: int) -> AnnotationState:
    kept = None if annotation.individual == individual else annotation.individual
    return replace(annotation, individual=kept, rejected=annotation.rejected | {individual})


def _check_split(state: State, individual: int, annotations: tuple[int, ...]) -> None:
    name, members = state.live(individual).name, state.of_individual(individual)
    for key in annotations:
        state.annotation(key)
        if key not in members:
            raise CatalogueError(f"annotation {key} is not {name}, so it cannot be split from it")
    if len(annotations) == len(members):
        raise CatalogueError(f"a split must leave {name} an annotation; to name it anew, rename it")


def _cut_off(state: State, track: int, at: int, into: int) -> list[int]:
    members = state.of_track(track)
    if at not in members:
        raise CatalogueError(f"annotation {at} is not on track {track}")
    if at == members[0]:
        raise CatalogueError(f"annotation {at} is the first of track {track}: nothing would be left")
    if state.of_track(into):
        raise CatalogueError(f"track {into} has annotations already; a cut needs an empty track")
    return members[members.index(at) :]


def _move(index: defaultdict[int, set[int]], key: int, before: int | None, after: int | None) -> None:
    if before == after:
        return
    if before is not None:
        index[before].discard(key)
    if after is not None:
        index[after].add(key)
