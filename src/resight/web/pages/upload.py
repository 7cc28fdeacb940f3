"""Upload: folders, photos, films, zips and tables are dropped here."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from nicegui import ui

from resight.roles import Role
from resight.web.desk import Desk
from resight.web.pages.frame import frame, heading, nothing


class UploadArea(ui.element, component=Path(__file__).parent.parent / "static" / "upload.js"):
    """The client's part: it sends files in pieces, and goes on after a break."""


def add(desk: Desk) -> None:
    """The page /upload."""

    @ui.page("/upload")
    def upload(request: Request) -> None:
        with frame(desk, request.state.person, "/upload", "Add photos"):
            heading("Add photos", "Originals are copied into the catalogue, and never changed.")
            if not request.state.person.role.may(Role.CURATOR):
                nothing("Adding photos needs the role curator.", "Ask an admin of this catalogue.")
                return
            UploadArea()
