"""What a reviewer said becomes decisions: once, whole, and at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from resight.catalogue import proposals
from resight.catalogue.decisions import (
    Assigned,
    Decision,
    Grounds,
    NewIndividual,
    Opinion,
    Rejected,
    Says,
    Undone,
    tidy_name,
)
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append_all, undos
from resight.catalogue.lookup import live_names
from resight.catalogue.models import Annotation, Mention, Rejection, Request
from resight.catalogue.models import Decision as Row
from resight.catalogue.opinions import voices
from resight.catalogue.replay import voided
from resight.errors import CatalogueError
from resight.web.names import next_name

LOOKED_BACK = 500  # decisions of a person that an undo looks through for one that stands


class Word(StrEnum):
    """What a reviewer can say."""

    SAME = "same"
    DIFFERENT = "different"
    NEW = "new"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reviewer said of an annotation.

    `individual` is whom it is, or is not; `name` that of a new one. `token` is the client's own: a reply that is sent
    twice, because its answer was lost on the way, is written down once. With `encounter`, same and new hold for all
    annotations of the encounter that nobody has named.
    """

    token: str
    annotation: int
    word: Word
    individual: int | None = None
    name: str = ""
    encounter: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """The decision that a reply came to, and the annotations that it speaks of."""

    decision: int
    annotations: tuple[int, ...]


def write_down(catalogue: Catalogue, reply: Reply, by: str, settle: bool = False) -> Written:
    """Write the reply into the log; CatalogueError where it does not fit what is there, and nothing has changed.

    Where the catalogue asks two people, it is an opinion, and becomes a decision with the second that says the same;
    with `settle` it is the decision itself, as when two did not agree.
    """
    with catalogue.writing() as session:
        if (known := session.get(Request, reply.token)) is not None:
            return Written(known.decision_id, _spoken_of(session, known.decision_id))
        grounds = _grounds(session, reply)
        if settle or catalogue.settings.reviewers == 1:
            key = append_all(session, [_decision(session, reply)], by, grounds)[0]
        else:
            key = append_all(session, [_opinion(reply)], by, grounds)[0]
            _agreed(session, reply, by, grounds)
        session.execute(insert(Request).values(token=reply.token, decision_id=key))
        return Written(key, _spoken_of(session, key))


def take_back(catalogue: Catalogue, token: str, by: str) -> Written:
    """Undo the latest decision of this person that stands; CatalogueError where there is none."""
    with catalogue.writing() as session:
        if (known := session.get(Request, token)) is not None:
            return Written(known.decision_id, _spoken_of(session, known.decision_id))
        void = voided(undos(session))
        own = select(Row.id).where(Row.by == by, Row.undoes.is_(None)).order_by(Row.id.desc()).limit(LOOKED_BACK)
        latest = next((key for key in session.scalars(own) if key not in void), None)
        if latest is None:
            raise CatalogueError("there is nothing of yours to undo")
        key = append_all(session, [Undone(latest)], by)[0]
        session.execute(insert(Request).values(token=token, decision_id=key))
        return Written(key, _spoken_of(session, key))


def companions(session: Session, annotation: int, individual: int | None = None) -> tuple[int, ...]:
    """The annotation, and the others of its encounter that nobody has named or said not to be this individual."""
    one = session.get(Annotation, annotation)
    if one is None:
        raise CatalogueError(f"there is no annotation {annotation}")
    if one.encounter_id is None:
        return (annotation,)
    refused = select(Rejection.annotation_id).where(Rejection.individual_id == individual)
    others = session.scalars(
        select(Annotation.id)
        .where(Annotation.encounter_id == one.encounter_id, Annotation.individual_id.is_(None))
        .where(Annotation.id != annotation, Annotation.id.not_in(refused))
        .order_by(Annotation.id)
    )
    return annotation, *others


def _decision(session: Session, reply: Reply) -> Decision:
    match reply.word:
        case Word.SAME:
            individual = _stated(reply.individual)
            shown = companions(session, reply.annotation, individual) if reply.encounter else (reply.annotation,)
            return Assigned(shown, individual)
        case Word.DIFFERENT:
            return Rejected(reply.annotation, _stated(reply.individual))
        case Word.NEW:
            shown = companions(session, reply.annotation) if reply.encounter else (reply.annotation,)
            return NewIndividual(tidy_name(reply.name), shown)
        case Word.UNSURE:
            return Opinion(reply.annotation, reply.individual, Says.UNSURE)


def _opinion(reply: Reply) -> Opinion:
    match reply.word:
        case Word.SAME:
            return Opinion(reply.annotation, _stated(reply.individual), Says.SAME)
        case Word.DIFFERENT:
            return Opinion(reply.annotation, _stated(reply.individual), Says.DIFFERENT)
        case Word.NEW:
            return Opinion(reply.annotation, None, Says.DIFFERENT)
        case Word.UNSURE:
            return Opinion(reply.annotation, None, Says.UNSURE)


def _agreed(session: Session, reply: Reply, by: str, grounds: Grounds | None) -> None:
    """Decide, if somebody else has said what this reply says."""
    said = voices(session, [reply.annotation]).get(reply.annotation, [])
    own = next((voice for voice in said if voice.by == by), None)
    if own is None or not any(own.agrees(other) for other in said if other.by != by):
        return
    named = replace(reply, name=reply.name or next_name(live_names(session)))
    append_all(session, [_decision(session, named)], by, grounds)


def _stated(individual: int | None) -> int:
    if individual is None:
        raise CatalogueError("the answer does not say which individual is meant")
    return individual


def _grounds(session: Session, reply: Reply) -> Grounds | None:
    """What was shown for the individual, if it was proposed."""
    said = proposals.proposals(session, [reply.annotation]).get(reply.annotation)
    if said is None:
        return None
    for candidate in said.candidates:
        if candidate.individual == reply.individual:
            return Grounds(said.fingerprint, candidate.annotation, candidate.score, candidate.p)
    return None


def _spoken_of(session: Session, decision: int) -> tuple[int, ...]:
    query = select(Mention.subject_id).where(Mention.decision_id == decision, Mention.what == "annotation")
    found: Sequence[int] = session.scalars(query.order_by(Mention.subject_id)).all()
    return tuple(found)
