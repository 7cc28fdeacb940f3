"""Append to the decision log, and read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from resight.catalogue import derived, models
from resight.catalogue.decisions import (
    Decision,
    Entry,
    Grounds,
    Undone,
    from_json,
    grounds_from_json,
    grounds_to_json,
    to_json,
)
from resight.catalogue.folder import Catalogue
from resight.catalogue.replay import Changes, Obstacle, outcome, retrace, voided
from resight.catalogue.subjects import Subjects, joined, subjects
from resight.catalogue.words import describe
from resight.errors import CatalogueError

# A refused undo names at most so many of the decisions that stand on it.
NAMED = 5


def append(catalogue: Catalogue, decision: Decision, by: str, grounds: Grounds | None = None) -> int:
    """Write a decision and all that follows from it, in one transaction; its id comes back.

    Raises:
        CatalogueError: the decision cannot be made; the text says why, and nothing has changed.
    """
    with catalogue.writing() as session:
        return append_all(session, [decision], by, grounds)[0]


def append_together(catalogue: Catalogue, decisions: Sequence[Decision], by: str) -> list[int]:
    """Write several decisions, all or none of them; CatalogueError where one cannot be made."""
    with catalogue.writing() as session:
        return append_all(session, decisions, by)


def append_all(session: Session, decisions: Sequence[Decision], by: str, grounds: Grounds | None = None) -> list[int]:
    """Write decisions in this order as a part of the session's transaction, all on the same grounds.

    Raises:
        CatalogueError: one of them cannot be made. The transaction is then to be given up, as leaving
            `Catalogue.writing` by the error does.
    """
    if not by.strip():
        raise CatalogueError("a decision needs to say by whom it is")
    first = (session.scalar(select(func.max(models.Decision.id))) or 0) + 1
    numbered = list(enumerate(decisions, first))
    for undoing, members in groupby(numbered, key=lambda item: isinstance(item[1], Undone)):
        if undoing:
            for key, decision in members:
                _undo(session, key, decision, by, grounds)
        else:
            _make(session, list(members), by, grounds)
    return [key for key, _ in numbered]


def history(
    catalogue: Catalogue,
    *,
    annotation: int | None = None,
    individual: int | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """The log, newest first: all of it, or what speaks of an annotation or of an individual.

    An undo speaks of what the decision that it undoes speaks of.
    """
    query = select(models.Decision).order_by(models.Decision.id.desc()).limit(limit)
    for what, subject in (("annotation", annotation), ("individual", individual)):
        if subject is not None:
            speaking = select(models.Mention.decision_id).where(
                models.Mention.what == what, models.Mention.subject_id == subject
            )
            query = query.where(models.Decision.id.in_(speaking))
    with catalogue.reading() as session:
        void = voided(undos(session))
        return [
            Entry(
                row.id,
                from_json(row.kind, row.payload),
                row.by,
                row.at,
                None if row.grounds is None else grounds_from_json(row.grounds),
                void.get(row.id),
            )
            for row in session.scalars(query)
        ]


def latest_standing(catalogue: Catalogue) -> int | None:
    """The latest decision that has not been undone and is no undo itself: the one a person means by "undo that"."""
    query = select(models.Decision.id).where(models.Decision.undoes.is_(None)).order_by(models.Decision.id.desc())
    with catalogue.reading() as session:
        void = voided(undos(session))
        return next((key for key in session.scalars(query.limit(len(void) + 1)) if key not in void), None)


def undos(session: Session) -> dict[int, int]:
    """Every undo in the log, with the decision it undoes."""
    query = select(models.Decision.id, models.Decision.undoes).where(models.Decision.undoes.is_not(None))
    return {undo: undone for undo, undone in session.execute(query) if undone is not None}


def decisions(session: Session) -> Iterator[tuple[int, Decision]]:
    """The whole log in order: id and decision."""
    query = select(models.Decision.id, models.Decision.kind, models.Decision.payload)
    for key, kind, payload in session.execute(query.order_by(models.Decision.id)):
        yield key, from_json(kind, payload)


def mentions(spoken_of: Subjects) -> list[tuple[str, int]]:
    """By which subjects the decision is found again."""
    return [
        *(("annotation", key) for key in spoken_of.annotations),
        *(("individual", key) for key in spoken_of.individuals),
        *(("track", key) for key in spoken_of.tracks),
    ]


def _make(session: Session, numbered: list[tuple[int, Decision]], by: str, grounds: Grounds | None) -> None:
    spoken_of = [subjects(decision, key) for key, decision in numbered]
    state = derived.state_for(session, joined(spoken_of))
    annotations: set[int] = set()
    individuals: set[int] = set()
    for key, decision in numbered:
        try:
            changes = outcome(state, decision, key)
        except CatalogueError as error:
            which = "" if len(numbered) == 1 else f"decision {key - numbered[0][0] + 1} of {len(numbered)}: "
            raise CatalogueError(f"{which}{error}") from error
        state.put(changes)
        annotations.update(changes.annotations)
        individuals.update(changes.individuals)
    _insert(session, numbered, by, grounds)
    rows = [
        {"decision_id": key, "what": what, "subject_id": subject}
        for (key, _), spoken in zip(numbered, spoken_of, strict=True)
        for what, subject in mentions(spoken)
    ]
    if rows:
        session.connection().execute(insert(models.Mention), rows)
    derived.write(
        session,
        Changes(
            {key: state.annotations[key] for key in annotations},
            {key: state.individuals[key] for key in individuals},
        ),
    )


def _undo(session: Session, key: int, undo: Decision, by: str, grounds: Grounds | None) -> None:
    assert isinstance(undo, Undone)
    before = undos(session)
    _check_undoable(session, before, undo.decision)
    after = before | {key: undo.decision}
    turned = undo.decision
    while turned in before:
        turned = before[turned]
    if (turned in voided(before)) == (turned in voided(after)):
        raise CatalogueError(
            f"undoing decision {undo.decision} would change nothing: later undos settle decision {turned}"
        )
    retraced = retrace(derived.added_state(session), decisions(session), voided(after), turned)
    if retraced.obstacles:
        raise CatalogueError(_refusal(session, undo.decision, turned, retraced.obstacles))
    _insert(session, [(key, undo)], by, grounds)
    spoken_of = select(literal(key), models.Mention.what, models.Mention.subject_id)
    session.execute(
        insert(models.Mention).from_select(
            ["decision_id", "what", "subject_id"], spoken_of.where(models.Mention.decision_id == turned)
        )
    )
    derived.write(session, retraced.changes)


def _check_undoable(session: Session, before: dict[int, int], undone: int) -> None:
    if session.get(models.Decision, undone) is None:
        raise CatalogueError(f"there is no decision {undone} to undo")
    if undone in (void := voided(before)):
        raise CatalogueError(f"decision {undone} is undone already, by decision {void[undone]}")


def _refusal(session: Session, undone: int, turned: int, obstacles: Sequence[Obstacle]) -> str:
    spoken_of = joined(subjects(obstacle.decision, obstacle.id) for obstacle in obstacles)
    names = derived.names(session, spoken_of.individuals)
    if obstacles[0].id == turned:
        words = describe(obstacles[0].decision, names)
        return f"decision {turned} ({words}) cannot count again: {obstacles[0].reason}"
    newest_first = [f"{o.id} ({describe(o.decision, names)})" for o in reversed(obstacles)]
    more = len(newest_first) - NAMED
    return (
        f"decision {undone} cannot be undone while later decisions stand on it; undo "
        + ", then ".join(f"decision {words}" for words in newest_first[:NAMED])
        + (f", and {more} more" if more > 0 else "")
        + " first"
    )


def _insert(session: Session, numbered: list[tuple[int, Decision]], by: str, grounds: Grounds | None) -> None:
    at = datetime.now(UTC)
    session.connection().execute(
        insert(models.Decision),
        [
            {
                "id": key,
                "kind": decision.kind,
                "payload": to_json(decision),
                "by": by,
                "at": at,
                "grounds": None if grounds is None else grounds_to_json(grounds),
                "undoes": decision.decision if isinstance(decision, Undone) else None,
            }
            for key, decision in numbered
        ],
    )
