"""Files that could not be used, and why."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.lookup import rejected_files
from resight.export.words import counted, visible
from resight.web.desk import Desk
from resight.web.pages.frame import frame, heading, nothing, page

SHOWN = 500


def add(desk: Desk) -> None:
    """The page /rejected."""

    @page("/rejected")
    async def rejected(request: Request) -> None:
        found = await run_in_threadpool(rejected_files, desk.catalogue, SHOWN)
        with frame(desk, request.state.person, "/", "Rejected files"):
            heading("Files that could not be used", f"The latest {counted(len(found), 'file')}, with the reason.")
            if not found:
                nothing("Every file could be used.")
                return
            with ui.element("ul").classes("log panel"):
                for one in found:
                    with ui.element("li"):
                        ui.label(one.at.strftime("%Y-%m-%d %H:%M")).classes("quiet")
                        ui.label(visible(one.path))
                        ui.label(visible(one.reason)).classes("quiet")
