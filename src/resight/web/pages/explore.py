"""Explore: all animals on a plane, near those that they are like."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from nicegui import ui

from resight.catalogue.roles import Person, Role
from resight.identify.plane import read_plane
from resight.web.desk import Desk
from resight.web.pages.acting import button, still
from resight.web.pages.frame import frame, heading, nothing
from resight.work.jobs import Order


class Scatter(ui.element, component=Path(__file__).parent.parent / "static" / "scatter.js"):
    """The client's part: points that are coloured, looked at, and chosen with a lasso."""

    def __init__(self, may: bool) -> None:
        super().__init__()
        self._props["may"] = may


def add(desk: Desk) -> None:
    """The page /explore."""

    @ui.page("/explore")
    def explore(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/explore", "Explore"):
            heading("Explore", "Animals that are near each other look alike to the program.")
            may = person.role.may(Role.CURATOR)
            if may:
                with ui.element("div").classes("tools"):
                    button("Make the plane anew", lambda: _make(desk, person))
            if read_plane(desk.catalogue) is None:
                nothing("No plane has been made yet.", "It takes a minute for a thousand photos.")
                return
            Scatter(may)


def _make(desk: Desk, person: Person) -> None:
    if still(desk, person, Role.CURATOR):
        desk.board.add(Order("Place all animals on a plane", ("plane", str(desk.catalogue.folder)), person.name))
        ui.navigate.to("/jobs")
