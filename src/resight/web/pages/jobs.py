"""Jobs: what runs, what waits, what became of the others, and which workers there are."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from nicegui import ui

from resight.roles import Role
from resight.web.desk import Desk
from resight.web.pages.frame import frame, heading


class JobList(ui.element, component=Path(__file__).parent.parent / "static" / "jobs.js"):
    """The client's part: it asks every second."""

    def __init__(self, may: bool) -> None:
        super().__init__()
        self._props["may"] = may


def add(desk: Desk) -> None:
    """The page /jobs."""

    @ui.page("/jobs")
    def jobs(request: Request) -> None:
        with frame(desk, request.state.person, "/jobs", "Jobs"):
            heading("Jobs", "Long work goes on when this window is closed, and after a crash.")
            JobList(request.state.person.role.may(Role.CURATOR))
