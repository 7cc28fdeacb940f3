"""Between the rows of the database and the states of `replay`: load, write, compare, derive anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Executable, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from resight.catalogue import replay
from resight.catalogue.chunks import chunks
from resight.catalogue.decisions import Says
from resight.catalogue.models import Annotation, Encounter, Individual, Photo, Rejection, StandingOpinion, Track
from resight.catalogue.replay import AnnotationState, Changes, IndividualState, State
from resight.catalogue.subjects import Subjects
from resight.types import Box, Side

_DERIVED = (
    Annotation.individual_id,
    Annotation.side,
    Annotation.x,
    Annotation.y,
    Annotation.w,
    Annotation.h,
    Annotation.encounter_id,
    Annotation.track_id,
)
_ADDED = (
    Annotation.added_side,
    Annotation.added_x,
    Annotation.added_y,
    Annotation.added_w,
    Annotation.added_h,
    Annotation.added_encounter_id,
    Annotation.added_track_id,
)
_ABOUT = (Individual.sex, Individual.life_stage, Individual.marks, Individual.notes)


def box_of(x: float | None, y: float | None, w: float | None, h: float | None) -> Box | None:
    """The box in these columns; None, the whole photo, where they are empty."""
    return None if x is None or y is None or w is None or h is None else Box(x, y, w, h)


def columns_of(box: Box | None) -> dict[str, float | None]:
    """The values of the columns x, y, w and h for this box."""
    if box is None:
        return {"x": None, "y": None, "w": None, "h": None}
    return {"x": box.x, "y": box.y, "w": box.w, "h": box.h}


def added_state(session: Session) -> State:
    """The catalogue before the first decision: annotations as they were added, and no individuals."""
    rows = session.execute(select(Annotation.id, Photo.frame, *_ADDED).join(Photo))
    return State(
        {
            key: AnnotationState(None, Side(side), box_of(x, y, w, h), encounter, track, frame)
            for key, frame, side, x, y, w, h, encounter, track in rows
        },
        tracks=set(session.scalars(select(Track.id))),
        encounters=set(session.scalars(select(Encounter.id))),
    )


def derived_state(session: Session) -> State:
    """The catalogue as its derived rows have it."""
    return State(_annotations(session, [None]), _individuals(session, [None]))


def state_for(session: Session, spoken_of: Subjects) -> State:
    """The part of the catalogue that decisions about these subjects depend on."""
    annotations = _annotations(
        session,
        [
            *(Annotation.id.in_(ids) for ids in chunks(spoken_of.annotations)),
            *(Annotation.individual_id.in_(ids) for ids in chunks(spoken_of.whole)),
            *(Annotation.track_id.in_(ids) for ids in chunks(spoken_of.tracks)),
        ],
    )
    shown = {a.individual for a in annotations.values() if a.individual is not None}
    individuals = _individuals(
        session,
        [
            *(Individual.id.in_(ids) for ids in chunks(shown.union(spoken_of.individuals))),
            *(Individual.name.in_(names) for names in chunks(spoken_of.names)),
        ],
    )
    absorbers = {i.absorbed_by for i in individuals.values()} - {None}
    individuals |= _individuals(session, [Individual.id.in_(ids) for ids in chunks(absorbers)])
    tracks = [select(Track.id).where(Track.id.in_(ids)) for ids in chunks(spoken_of.tracks)]
    encounters = [select(Encounter.id).where(Encounter.id.in_(ids)) for ids in chunks(spoken_of.encounters)]
    return State(
        annotations,
        individuals,
        {key for query in tracks for key in session.scalars(query)},
        {key for query in encounters for key in session.scalars(query)},
    )


def write(session: Session, changes: Changes) -> None:
    """Bring the derived rows of what changed to their new values."""
    gone = _write_individuals(session, changes)
    _write_annotations(session, changes)
    for ids in chunks(gone):
        session.execute(delete(Individual).where(Individual.id.in_(ids)))


def names(session: Session, individuals: Iterable[int]) -> dict[int, str]:
    """The names of these individuals, also of those merged into others."""
    found = _individuals(session, [Individual.id.in_(ids) for ids in chunks(individuals)])
    return {key: individual.name for key, individual in found.items()}


def _annotations(session: Session, conditions: Iterable[ColumnElement[bool] | None]) -> dict[int, AnnotationState]:
    query = select(Annotation.id, Photo.frame, *_DERIVED).join(Photo)
    refused = select(Rejection.annotation_id, Rejection.individual_id).join(Annotation)
    o = StandingOpinion
    thought = select(o.annotation_id, o.decision_id, o.individual_id, o.says).join(Annotation)
    found: dict[int, AnnotationState] = {}
    for condition in conditions:
        rejected: defaultdict[int, set[int]] = defaultdict(set)
        for key, other in session.execute(refused if condition is None else refused.where(condition)):
            rejected[key].add(other)
        opinions: defaultdict[int, set[replay.StandingOpinion]] = defaultdict(set)
        for key, decision, of, says in session.execute(thought if condition is None else thought.where(condition)):
            opinions[key].add(replay.StandingOpinion(decision, of, Says(says)))
        for key, frame, individual, side, x, y, w, h, encounter, track in session.execute(
            query if condition is None else query.where(condition)
        ):
            found[key] = AnnotationState(
                individual,
                Side(side),
                box_of(x, y, w, h),
                encounter,
                track,
                frame,
                frozenset(rejected.get(key, ())),
                frozenset(opinions.get(key, ())),
            )
    return found


def _individuals(session: Session, conditions: Iterable[ColumnElement[bool] | None]) -> dict[int, IndividualState]:
    query = select(Individual.id, Individual.name, Individual.absorbed_by, *_ABOUT)
    return {
        key: IndividualState(name, absorbed_by, *about)
        for condition in conditions
        for key, name, absorbed_by, *about in session.execute(query if condition is None else query.where(condition))
    }


def _write_individuals(session: Session, changes: Changes) -> list[int]:
    """Insert and update; the ids to delete come back, for when no annotation points at them."""
    before = _individuals(session, [Individual.id.in_(ids) for ids in chunks(changes.individuals)])
    after = {key: individual for key, individual in changes.individuals.items() if individual is not None}
    gone = [key for key in before if key not in after]
    changed = [key for key in before if key in after and after[key] != before[key]]
    new = [key for key in after if key not in before]
    # Names may change places within one transaction; until all are free, each individual has one that no
    # decision can give.
    empty = {column.key: "" for column in _ABOUT}
    _many(session, insert(Individual), [{"id": key, "name": f"\x01{key}"} | empty for key in new])
    by_key = update(Individual).where(Individual.id == bindparam("key"))
    _many(
        session,
        by_key.values(name=bindparam("free")),
        [{"key": key, "free": f"\x01{key}"} for key in gone + changed],
    )
    _many(
        session,
        by_key.values(
            name=bindparam("new"),
            absorbed_by=bindparam("into"),
            **{column.key: bindparam(f"new_{column.key}") for column in _ABOUT},
        ),
        [
            {"key": key, "new": after[key].name, "into": after[key].absorbed_by}
            | {f"new_{column.key}": getattr(after[key], column.key) for column in _ABOUT}
            for key in new + changed
        ],
    )
    return gone


def _write_annotations(session: Session, changes: Changes) -> None:
    after = changes.annotations
    before = _annotations(session, [Annotation.id.in_(ids) for ids in chunks(after)])
    changed = [key for key in after if after[key] != before[key]]
    columns: dict[str, object] = {column.key: bindparam(f"new_{column.key}") for column in _DERIVED}
    _many(
        session,
        update(Annotation).where(Annotation.id == bindparam("key")).values(columns),
        [{"key": key} | _new_values(after[key]) for key in changed],
    )
    fewer = [(key, other) for key in changed for other in before[key].rejected - after[key].rejected]
    more = [(key, other) for key in changed for other in after[key].rejected - before[key].rejected]
    pair = (Rejection.annotation_id == bindparam("a")) & (Rejection.individual_id == bindparam("i"))
    _many(session, delete(Rejection).where(pair), [{"a": key, "i": other} for key, other in fewer])
    _many(session, insert(Rejection), [{"annotation_id": key, "individual_id": other} for key, other in more])
    withdrawn = [opinion for key in changed for opinion in before[key].opinions - after[key].opinions]
    voiced = [(key, opinion) for key in changed for opinion in sorted(after[key].opinions - before[key].opinions)]
    by_decision = StandingOpinion.decision_id == bindparam("d")
    _many(session, delete(StandingOpinion).where(by_decision), [{"d": opinion.decision} for opinion in withdrawn])
    _many(
        session,
        insert(StandingOpinion),
        [
            {"decision_id": o.decision, "annotation_id": key, "individual_id": o.individual, "says": o.says.value}
            for key, o in voiced
        ],
    )


def _new_values(annotation: AnnotationState) -> dict[str, object]:
    return {
        "new_individual_id": annotation.individual,
        "new_side": annotation.side.value,
        **{f"new_{key}": value for key, value in columns_of(annotation.box).items()},
        "new_encounter_id": annotation.encounter,
        "new_track_id": annotation.track,
    }


def _many(session: Session, statement: Executable, rows: list[dict[str, object]]) -> None:
    """Run the statement once for each row; on the connection, past the session's own bookkeeping."""
    if rows:
        session.connection().execute(statement, rows)
