"""The review: a query beside its candidates. All that answers a key at once is in review.js, in the browser."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import Request
from nicegui import ui

from resight.roles import Person
from resight.web.desk import Desk
from resight.web.ids import Id
from resight.web.pages.frame import frame


class ReviewCanvas(ui.element, component=Path(__file__).parent.parent / "static" / "review.js"):
    """The client's part: it fetches questions ahead, and sends answers, through the API."""

    def __init__(self, desk: Desk, person: Person, only: int | None = None, *, settle: bool = False) -> None:
        super().__init__()
        whose = hashlib.sha256(f"{desk.catalogue.folder}\0{person.name}".encode()).hexdigest()
        self._props |= {"settle": settle, "keep": f"resight-unsent {whose[:16]}"}
        if only is not None:
            self._props["only"] = only


def add(desk: Desk) -> None:
    """The page /review, and /review/NUMBER for one annotation."""

    @ui.page("/review")
    def review(request: Request) -> None:
        with frame(desk, request.state.person, "/review", "Review", wide=True):
            ReviewCanvas(desk, request.state.person)

    @ui.page("/review/{annotation}")
    def one(request: Request, annotation: Id, settle: bool = False) -> None:
        with frame(desk, request.state.person, "/review", "Review", wide=True):
            ReviewCanvas(desk, request.state.person, annotation, settle=settle)
