"""Uploads over HTTP: begun, filled piece by piece, finished; what is there can be asked at any time."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from resight.catalogue.store import add_rejected
from resight.web.desk import Desk
from resight.web.faults import RefusedError
from resight.web.gate import Curator
from resight.web.joined import join_tables
from resight.web.uploads import PIECE, Upload, begin, find, take, unpack
from resight.work.jobs import Order

FINISHED = "job"


class Purpose(StrEnum):
    """Who the animals are: to be found out, or told by the folders, or by a table."""

    IDENTIFY = "identify"
    KNOWN = "known"


class Begun(BaseModel):
    """An upload: its key, how much of each file is there, and how large a piece may be."""

    key: str
    sizes: dict[str, int]
    piece: int = PIECE


class Taken(BaseModel):
    """How much of a file is there now."""

    size: int


class Refused(BaseModel):
    """A file that was left out, and why."""

    path: str
    reason: str


class Finished(BaseModel):
    """The job that works on an upload, and what of it was left out."""

    job: str
    rejected: list[Refused]


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/uploads."""
    router = APIRouter(prefix="/uploads", tags=["uploads"])
    home = desk.catalogue.folder

    @router.post("")
    def start(_person: Curator) -> Begun:
        """Begin an upload."""
        return Begun(key=begin(home).key, sizes={})

    @router.get("/{key}")
    def look(_person: Curator, key: str) -> Begun:
        """What is there of an upload, to go on with it."""
        upload = find(home, key)
        return Begun(key=upload.key, sizes=upload.sizes())

    @router.put("/{key}/file")
    async def piece(
        _person: Curator,
        request: Request,
        key: str,
        path: Annotated[str, Query(min_length=1, max_length=2000, description="the file's path in the upload")],
        offset: Annotated[int, Query(ge=0, lt=2**40, description="how much of it is there")],
    ) -> Taken:
        """Append bytes to a file; 409 where it has another length than `offset`."""
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > PIECE:
                raise RefusedError(413, f"a piece may have {PIECE:,} bytes at most")
        upload = await run_in_threadpool(find, home, key)
        return Taken(size=await run_in_threadpool(take, upload, path, offset, bytes(content)))

    @router.post("/{key}/finish")
    def finish(person: Curator, key: str, purpose: Purpose, by_folder: bool = False) -> Finished:
        """All is there: open the zips, and let a worker add or identify what was sent. Asked twice, it is done once."""
        upload = find(home, key)
        marker = upload.folder / FINISHED
        if marker.exists():
            return Finished(job=marker.read_text(), rejected=[])
        rejected = unpack(upload)
        tables, unjoined = join_tables(upload)
        rejected += unjoined
        if rejected:
            with desk.catalogue.writing() as session:
                add_rejected(session, rejected)
        job = desk.board.add(_order(desk, upload, tables, purpose, by_folder, person.name))
        marker.write_text(job)
        shown = [Refused(path=one.path.name, reason=one.reason) for one in rejected]
        return Finished(job=job, rejected=shown)

    return router


def _order(desk: Desk, upload: Upload, tables: list[Path], purpose: Purpose, by_folder: bool, by: str) -> Order:
    # A table names its photos itself.
    source = [f"--table={table}" for table in tables] or [str(upload.files)]
    photos = sum(not name.lower().endswith(".csv") for name in upload.sizes())
    command = ["identify" if purpose is Purpose.IDENTIFY else "add", str(desk.catalogue.folder), *source, "--copy"]
    if purpose is Purpose.KNOWN and by_folder and not tables:
        command.append("--by-folder")
    title = "Identify" if purpose is Purpose.IDENTIFY else "Add"
    return Order(f"{title} {photos:,} uploaded {'file' if photos == 1 else 'files'}", (*command, f"--by={by}"), by)
