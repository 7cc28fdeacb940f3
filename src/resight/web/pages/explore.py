"""Explore: all animals on a plane, near those that they are like."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.identify.plane import read_plane
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.pages.acting import ask, button
from resight.web.pages.frame import frame, heading, nothing, page
from resight.work.jobs import Order


class Scatter(ui.element, component=Path(__file__).parent.parent / "static" / "scatter.js"):
    """The client's part: points that are coloured, looked at, and chosen with a lasso."""

    def __init__(self, may: bool) -> None:
        super().__init__()
        self._props["may"] = may


def add(desk: Desk) -> None:
    """The page /explore."""

    @page("/explore")
    async def explore(request: Request) -> None:
        person: Person = request.state.person
        made = await run_in_threadpool(read_plane, desk.catalogue) is not None
        with frame(desk, person, "/explore", "Explore"):
            heading("Explore", "Animals that are near each other look alike to the program.")
            may = person.role.may(Role.CURATOR)
            if may:
                with ui.element("div").classes("tools"):
                    button("Make the plane anew", lambda: _make(desk, person))
            if not made:
                nothing("No plane has been made yet.", "It takes a minute for a thousand photos.")
                return
            Scatter(may)


async def _make(desk: Desk, person: Person) -> None:
    order = Order("Place all animals on a plane", ("plane", str(desk.catalogue.folder)), person.name)
    if await ask(desk, Role.CURATOR, lambda: desk.board.add(order)):
        ui.navigate.to("/jobs")
