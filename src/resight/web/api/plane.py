"""The plane over HTTP: its points, in and out, as a table and as JSON."""

from __future__ import annotations

import csv
import io

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from resight.catalogue.lookup import catalogued
from resight.errors import ResightError
from resight.export.plane import read_plane_json, read_plane_table, write_plane
from resight.identify.plane import Plane, keep_plane, read_plane
from resight.types import Side
from resight.web.desk import Desk
from resight.web.faults import RefusedError
from resight.web.gate import Curator, Viewer
from resight.web.questions import animal

LARGEST = 50 << 20  # bytes of a table


class Points(BaseModel):
    """Columns of the same length, a place in each for every point; the class of an outlier is -1."""

    model_config = ConfigDict(validate_by_name=True)

    annotation: list[int]
    x: list[float]
    y: list[float]
    class_: list[int] = Field(alias="class")
    probability: list[float]
    outlier: list[bool]
    individual: list[str]
    side: list[str]
    day: list[str]
    picture: list[str]


class Kept(BaseModel):
    """How many points there are now."""

    points: int


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/plane."""
    router = APIRouter(prefix="/plane", tags=["plane"])

    @router.get("")
    def points(_person: Viewer) -> Points:
        """All points of the plane that was made last."""
        return _points(desk, _plane(desk))

    @router.get("/table", response_class=Response)
    def table(_person: Viewer) -> Response:
        """The points as a CSV table: annotation, path, individual, side, x, y, class, probability, outlier."""
        text = io.StringIO()
        write_plane(desk.catalogue, _plane(desk), text)
        headers = {"Content-Disposition": 'attachment; filename="plane.csv"'}
        return Response(text.getvalue().encode(errors="backslashreplace"), media_type="text/csv", headers=headers)

    @router.put("/points")
    async def put(_person: Curator, request: Request) -> Kept:
        """Another program's points, with at least annotation, x and y: a CSV table, or the columns as JSON.

        It is read as JSON where the request says that it is `application/json`.
        """
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > LARGEST:
                raise RefusedError(413, f"a table may have {LARGEST >> 20} MB at most")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return await run_in_threadpool(_kept, desk, bytes(content), kind == "application/json")

    return router


def _kept(desk: Desk, content: bytes, as_json: bool) -> Kept:
    text = content.decode("utf-8-sig", errors="replace")
    try:
        plane = read_plane_json(text) if as_json else read_plane_table(io.StringIO(text, newline=""))
    except csv.Error as error:
        raise ResightError(f"this is no table: {error}") from error
    catalogued(desk.catalogue, plane.annotations)
    keep_plane(desk.catalogue, plane)
    return Kept(points=len(plane.annotations))


def _plane(desk: Desk) -> Plane:
    plane = read_plane(desk.catalogue)
    if plane is None:
        raise RefusedError(404, "no plane has been made yet")
    return plane


def _points(desk: Desk, plane: Plane) -> Points:
    held = {one.id: one for one in catalogued(desk.catalogue)}
    rows = [row for row, key in enumerate(plane.annotations.tolist()) if key in held]
    shown = [held[int(plane.annotations[row])] for row in rows]
    return Points(
        annotation=[one.id for one in shown],
        x=plane.x[rows].round(5).tolist(),
        y=plane.y[rows].round(5).tolist(),
        class_=plane.cluster[rows].tolist(),
        probability=plane.probability[rows].tolist(),
        outlier=(plane.cluster[rows] < 0).tolist(),
        individual=[one.name for one in shown],
        side=["" if one.side is Side.UNKNOWN else one.side.value for one in shown],
        day=["" if one.taken_at is None else one.taken_at.date().isoformat() for one in shown],
        picture=[animal(one).picture for one in shown],
    )
