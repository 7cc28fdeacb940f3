"""The catalogue as a file over HTTP."""

from __future__ import annotations

import io

from fastapi import APIRouter
from fastapi.responses import Response

from resight.export.catalogue import write
from resight.export.formats import Format
from resight.web.desk import Desk
from resight.web.gate import Viewer

TYPES = {
    Format.CSV: ("text/csv", "csv"),
    Format.JSON: ("application/json", "json"),
    Format.HISTORY: ("text/csv", "csv"),
}


def routes(desk: Desk) -> APIRouter:
    """The address /api/export."""
    router = APIRouter(tags=["export"])

    @router.get("/export", response_class=Response)
    def export(_person: Viewer, format: Format = Format.CSV) -> Response:
        """The whole catalogue: as a table, as JSON, or as capture histories."""
        text = io.StringIO()
        write(desk.catalogue, format, text)
        kind, suffix = TYPES[format]
        name = f"{format.value}.{suffix}" if format is Format.HISTORY else f"catalogue.{suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        # A file's name may be no text at all.
        return Response(text.getvalue().encode(errors="backslashreplace"), media_type=kind, headers=headers)

    return router
