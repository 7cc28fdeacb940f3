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
from resight.catalogue.opinions import Voice, voices
from resight.catalogue.replay import voided
from resight.errors import CatalogueError
from resight.web.names import next_name


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
    """The decisions that a reply came to, and the annotations that they speak of."""

    decisions: tuple[int, ...]
    annotations: tuple[int, ...]


def write_down(catalogue: Catalogue, reply: Reply, by: str, settle: bool = False) -> Written:
    """Write the reply into the log; CatalogueError where it does not fit what is there, and nothing has changed.

    Where the catalogue asks two people, it is an opinion, and becomes a decision with the second that says the same;
    with `settle` it is the decision itself, as when two did not agree.
    """
    with catalogue.writing() as session:
        known = _of_token(session, reply.token)
        if known is not None:
            return known
        grounds = _grounds(session, reply)
        shown = _shown(session, reply)
        if settle or catalogue.settings.reviewers == 1:
            keys = append_all(session, [_decision(reply, shown)], by, grounds)
        else:
            keys = append_all(session, [_opinion(reply, key) for key in shown], by, grounds)
            agreed = _agreed(session, reply, shown, by)
            if agreed:
                named = replace(reply, name=reply.name or next_name(live_names(session)))
                keys += append_all(session, [_decision(named, agreed)], by, grounds)
        return _written(session, reply.token, keys)


def take_back(catalogue: Catalogue, token: str, of: str, by: str) -> Written:
    """Undo what the reply with the token `of` came to, whatever was decided since.

    CatalogueError where that reply was not written down, is somebody else's, was undone already, or others stand on it.
    """
    with catalogue.writing() as session:
        known = _of_token(session, token)
        if known is not None:
            return known
        said = _of_token(session, of)
        if said is None:
            raise CatalogueError("that answer was not written down, so there is nothing to take back")
        own = set(session.scalars(select(Row.id).where(Row.id.in_(said.decisions), Row.by == by)))
        void = voided(undos(session))
        standing = [key for key in sorted(said.decisions, reverse=True) if key in own and key not in void]
        if not standing:
            raise CatalogueError("that answer is not yours, or was taken back already")
        return _written(session, token, append_all(session, [Undone(key) for key in standing], by))


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


def _shown(session: Session, reply: Reply) -> tuple[int, ...]:
    """The annotations that the reply holds for."""
    if reply.word in (Word.SAME, Word.NEW) and reply.encounter:
        return companions(session, reply.annotation, reply.individual)
    return (reply.annotation,)


def _decision(reply: Reply, shown: Sequence[int]) -> Decision:
    match reply.word:
        case Word.SAME:
            return Assigned(tuple(shown), _stated(reply.individual))
        case Word.DIFFERENT:
            return Rejected(reply.annotation, _stated(reply.individual))
        case Word.NEW:
            return NewIndividual(tidy_name(reply.name), tuple(shown))
        case Word.UNSURE:
            return Opinion(reply.annotation, reply.individual, Says.UNSURE)


def _opinion(reply: Reply, annotation: int) -> Opinion:
    match reply.word:
        case Word.SAME:
            return Opinion(annotation, _stated(reply.individual), Says.SAME)
        case Word.DIFFERENT:
            return Opinion(annotation, _stated(reply.individual), Says.DIFFERENT)
        case Word.NEW:
            return Opinion(annotation, None, Says.DIFFERENT)
        case Word.UNSURE:
            return Opinion(annotation, None, Says.UNSURE)


def _agreed(session: Session, reply: Reply, shown: Sequence[int], by: str) -> list[int]:
    """Those of the annotations of which somebody else has said what this reply says of them."""
    if reply.word not in (Word.SAME, Word.NEW):
        return []
    opinion = _opinion(reply, reply.annotation)
    own = Voice(by, opinion.says, opinion.individual)
    said = voices(session, shown)
    return [key for key in shown if any(own.agrees(other) for other in said.get(key, ()) if other.by != by)]


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


def _written(session: Session, token: str, keys: Sequence[int]) -> Written:
    session.execute(insert(Request), [{"token": token, "decision_id": key} for key in keys])
    return Written(tuple(keys), _spoken_of(session, keys))


def _of_token(session: Session, token: str) -> Written | None:
    query = select(Request.decision_id).where(Request.token == token).order_by(Request.decision_id)
    keys = session.scalars(query).all()
    return Written(tuple(keys), _spoken_of(session, keys)) if keys else None


def _spoken_of(session: Session, decisions: Sequence[int]) -> tuple[int, ...]:
    query = select(Mention.subject_id).where(Mention.decision_id.in_(decisions), Mention.what == "annotation")
    return tuple(session.scalars(query.distinct().order_by(Mention.subject_id)))
