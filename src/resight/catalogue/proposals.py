"""What the last identification said of annotations that nobody has named: kept, and read in the order of asking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from resight.catalogue.chunks import chunks
from resight.catalogue.decisions import Says
from resight.catalogue.models import Annotation, Decision, Individual, Rejection, StandingOpinion
from resight.catalogue.models import Proposal as Row
from resight.types import Basis, Verdict


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate: an individual by its id, its most similar annotation, and why.

    `matches` are pairs of spots, the strongest first: x, y in the query's photo, x, y in the annotation's, weight.
    """

    individual: int
    annotation: int
    score: float
    p: float | None = None
    matches: tuple[tuple[float, float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is said of an annotation: candidates, best first, the chance of a new animal, the verdict.

    `worth` is how much an answer would bring, from 0 to 1. `basis` is what the probabilities rest on.
    """

    annotation: int
    fingerprint: str
    verdict: Verdict
    worth: float
    p_new: float | None = None
    candidates: tuple[Proposed, ...] = ()
    basis: Basis = Basis.NONE


# That it is not a certain individual leaves open who it is; any other opinion is somebody's last word.
FINAL = (StandingOpinion.says != Says.DIFFERENT.value) | StandingOpinion.individual_id.is_(None)
_ANSWER = TypeAdapter(tuple[float | None, tuple[Proposed, ...], Basis])


def keep(session: Session, proposals: Sequence[Proposal]) -> None:
    """Write proposals, in place of what was said of the same annotations before."""
    at = datetime.now(UTC)
    for ids in chunks(proposal.annotation for proposal in proposals):
        session.execute(delete(Row).where(Row.annotation_id.in_(ids)))
    rows = [
        {
            "annotation_id": one.annotation,
            "fingerprint": one.fingerprint,
            "at": at,
            "verdict": one.verdict.value,
            "worth": one.worth,
            "answer": _ANSWER.dump_json((one.p_new, one.candidates, one.basis)).decode(),
        }
        for one in proposals
    ]
    if rows:
        session.connection().execute(insert(Row), rows)


def proposals(session: Session, annotations: Iterable[int]) -> dict[int, Proposal]:
    """What is said of these annotations, by their ids; candidates as they live now, without those refused since.

    An individual that was merged into another counts as that one, at its best place in the list.
    """
    wanted = list(annotations)
    found = {
        row.annotation_id: Proposal(
            row.annotation_id, row.fingerprint, Verdict(row.verdict), row.worth, *_ANSWER.validate_json(row.answer)
        )
        for ids in chunks(wanted)
        for row in session.scalars(select(Row).where(Row.annotation_id.in_(ids)))
    }
    refused = {
        (annotation, individual)
        for ids in chunks(wanted)
        for annotation, individual in session.execute(
            select(Rejection.annotation_id, Rejection.individual_id).where(Rejection.annotation_id.in_(ids))
        )
    }
    named = {candidate.individual for one in found.values() for candidate in one.candidates}
    living = _living(session, named)
    return {
        key: replace(found[key], candidates=tuple(_now(found[key], living, refused))) for key in wanted if key in found
    }


def waiting(
    session: Session, count: int, by: str | None = None, leave_out: Collection[int] = (), verdict: Verdict | None = None
) -> list[int]:
    """The annotations to ask about next, the most useful first: nobody has named them, and nobody set them aside.

    Where `by` is given, two people are to say the same of each: those of which this person has said nothing yet, nor
    two others.
    """
    query = select(Row.annotation_id).where(*_open(by)).order_by(Row.worth.desc(), Row.annotation_id)
    if verdict is not None:
        query = query.where(Row.verdict == verdict.value)
    found = session.scalars(query.limit(count + len(leave_out)))
    return [key for key in found if key not in leave_out][:count]


def count_waiting(session: Session, by: str | None = None) -> dict[Verdict, int]:
    """How many wait, by what is proposed."""
    query = select(Row.verdict, func.count()).where(*_open(by)).group_by(Row.verdict)
    counted = {Verdict(verdict): n for verdict, n in session.execute(query)}
    return {verdict: counted.get(verdict, 0) for verdict in Verdict}


def _open(by: str | None) -> tuple[ColumnElement[bool], ...]:
    unnamed = exists().where(Annotation.id == Row.annotation_id, Annotation.individual_id.is_(None))
    final = StandingOpinion.annotation_id == Row.annotation_id, FINAL
    if by is None:
        return unnamed, ~exists().where(*final)
    own = exists().where(*final, Decision.id == StandingOpinion.decision_id, Decision.by == by)
    people = select(func.count(Decision.by.distinct())).where(*final, Decision.id == StandingOpinion.decision_id)
    said = people.scalar_subquery()
    return unnamed, ~own, said < 2


def _living(session: Session, individuals: Iterable[int]) -> dict[int, int]:
    """The live individual that each of these is now; those that are no more are left out."""
    into: dict[int, int | None] = {}
    ask = set(individuals)
    while ask:
        rows = {
            key: absorber
            for ids in chunks(ask)
            for key, absorber in session.execute(
                select(Individual.id, Individual.absorbed_by).where(Individual.id.in_(ids))
            )
        }
        into |= rows
        ask = {absorber for absorber in rows.values() if absorber is not None} - into.keys()
    return {key: end for key in individuals if (end := _end(into, key)) is not None}


def _end(into: dict[int, int | None], individual: int) -> int | None:
    if individual not in into:
        return None
    while (absorber := into[individual]) is not None:
        individual = absorber
    return individual


def _now(proposal: Proposal, living: dict[int, int], refused: set[tuple[int, int]]) -> Iterable[Proposed]:
    seen: set[int] = set()
    out = {
        living.get(individual, individual) for annotation, individual in refused if annotation == proposal.annotation
    }
    for candidate in proposal.candidates:
        now = living.get(candidate.individual)
        if now is not None and now not in seen | out:
            seen.add(now)
            yield replace(candidate, individual=now)
