"""Review over HTTP: the next questions, an answer, an undo."""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StrictBool

from resight.catalogue import proposals
from resight.types import Verdict
from resight.web.answering import Reply, Word, take_back, write_down
from resight.web.desk import Desk
from resight.web.gate import Curator, Reviewer
from resight.web.ids import Id
from resight.web.questions import Question, questions

MOST = 20
Token = Annotated[str, Field(min_length=8, max_length=64, description="made by the client, new for every answer")]


class Queue(BaseModel):
    """The next questions, and how many wait in all, by what is proposed."""

    questions: list[Question]
    waiting: dict[Verdict, int]


class Answering(BaseModel):
    """An answer to a question, as `resight.web.answering.Reply` tells."""

    token: Token
    annotation: Id
    word: Word
    individual: Id | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    encounter: StrictBool = True


class TakingBack(BaseModel):
    """An undo of the answer that had the token `of`."""

    token: Token
    of: Token


class Told(BaseModel):
    """The decisions that were written down, and the annotations that they speak of."""

    decisions: tuple[int, ...]
    annotations: tuple[int, ...]


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/review."""
    router = APIRouter(prefix="/review", tags=["review"])

    @router.get("/queue")
    def queue(
        person: Reviewer,
        count: Annotated[int, Query(ge=1, le=MOST)] = 6,
        leave_out: Annotated[list[Id] | None, Query(max_length=500)] = None,
        verdict: Verdict | None = None,
    ) -> Queue:
        """The most useful questions that nobody else has before them; `leave_out` are those that the client has.

        They stay with the client for five minutes after it last asked.
        """
        mine = set(leave_out or ())
        by = None if desk.catalogue.settings.reviewers == 1 else person.name
        with desk.catalogue.reading() as session:

            def find(held: Set[int]) -> list[int]:
                return proposals.waiting(session, count, by, leave_out=held | mine, verdict=verdict)

            found = desk.turns.hand_out(person.name, mine, find)
            waiting = proposals.count_waiting(session, by)
        return Queue(questions=questions(desk.catalogue, found), waiting=waiting)

    @router.get("/questions/{annotation}")
    def question(_person: Reviewer, annotation: Id) -> Question:
        """One annotation as a question, whoever else has it."""
        return questions(desk.catalogue, [annotation])[0]

    @router.post("/answers")
    def answer(person: Reviewer, said: Answering) -> Told:
        """Write an answer into the decision log. Sent twice under one token, it is written once."""
        written = write_down(desk.catalogue, Reply(**said.model_dump()), person.name)
        desk.turns.give_back(person.name, written.annotations)
        return Told(decisions=written.decisions, annotations=written.annotations)

    @router.post("/settle")
    def settle(person: Curator, said: Answering) -> Told:
        """Decide where two people did not agree."""
        written = write_down(desk.catalogue, Reply(**said.model_dump()), person.name, settle=True)
        return Told(decisions=written.decisions, annotations=written.annotations)

    @router.post("/undo")
    def undo(person: Reviewer, said: TakingBack) -> Told:
        """Undo what one of your answers came to."""
        written = take_back(desk.catalogue, said.token, said.of, person.name)
        return Told(decisions=written.decisions, annotations=written.annotations)

    return router
