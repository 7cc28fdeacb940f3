"""The catalogue as a file over HTTP: at once, or as what a job has written."""

from __future__ import annotations

import io

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from resight.errors import ResightError
from resight.export.catalogue import write
from resight.export.formats import SUFFIXES, Format
from resight.web.desk import Desk
from resight.web.gate import Viewer
from resight.web.orders import exported

TYPES = {"csv": "text/csv", "json": "application/json"}


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/export."""
    router = APIRouter(tags=["export"])

    @router.get("/export", response_class=Response)
    def export(_person: Viewer, format: Format = Format.CSV) -> Response:
        """The whole catalogue: as a table, as JSON, or as capture histories."""
        text = io.StringIO()
        write(desk.catalogue, format, text)
        suffix = SUFFIXES[format]
        name = f"{'history' if format is Format.HISTORY else 'catalogue'}.{suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        # A file's name may be no text at all.
        content = text.getvalue().encode(errors="backslashreplace")
        return Response(content, media_type=TYPES[suffix], headers=headers)

    @router.get("/export/{job}", response_class=FileResponse)
    def written(_person: Viewer, job: str) -> FileResponse:
        """The file that a job for an export has written."""
        file = exported(desk.board.job(job).order, desk.catalogue.folder)
        if file is None:
            raise ResightError(f"the job {job} has written no file, or it was deleted since")
        return FileResponse(file, filename=file.name, media_type=TYPES[file.suffix[1:]])

    return router
