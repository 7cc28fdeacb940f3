"""Uploads over HTTP: begun, filled piece by piece, finished; what is there can be asked at any time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from resight.web.desk import Desk
from resight.web.faults import RefusedError
from resight.web.gate import Curator
from resight.web.received import order
from resight.web.uploads import DEEPEST, KEY, PIECE, Purpose, Stated, begin, check_open, find, stated_of, take

FAR = 2**53  # what JavaScript counts to


class There(BaseModel):
    """How much of a file is there, how large it is said to be, and when it was last changed; -1 where nobody said."""

    there: int
    size: int
    modified: int


class Begun(BaseModel):
    """An upload: its key, its files by their paths, and how large a piece may be."""

    key: str
    files: dict[str, There]
    piece: int = PIECE


class Taken(BaseModel):
    """How much of a file is there now."""

    size: int


class Finished(BaseModel):
    """The job that works on an upload; its log and the rejected files say what of it was left out."""

    job: str


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/uploads."""
    router = APIRouter(prefix="/uploads", tags=["uploads"])
    home = desk.catalogue.folder

    @router.post("")
    def start(_person: Curator) -> Begun:
        """Begin an upload."""
        return Begun(key=begin(home).key, files={})

    @router.get("/{key}")
    def look(_person: Curator, key: str) -> Begun:
        """What is there of an upload, to go on with it."""
        upload = find(home, key)
        check_open(upload)
        files = {}
        for item in upload.sent():
            said = stated_of(item.path) or Stated(-1, -1)
            there = item.path.stat().st_size
            files[item.place] = There(there=there, size=said.size, modified=said.modified)
        return Begun(key=upload.key, files=files)

    @router.put("/{key}/file")
    async def piece(
        _person: Curator,
        request: Request,
        key: str,
        path: Annotated[str, Query(min_length=1, max_length=2000, description="the file's path in the upload")],
        offset: Annotated[int, Query(ge=0, lt=2**40, description="how much of it is there")],
        size: Annotated[int, Query(ge=0, lt=2**40, description="the bytes of the whole file")],
        modified: Annotated[
            int, Query(ge=-FAR, le=FAR, description="when it was last changed, in milliseconds since 1970")
        ],
    ) -> Taken:
        """Append bytes to a file; 409 where it has another length than `offset`, or is another file of this path."""
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > PIECE:
                raise RefusedError(413, f"a piece may have {PIECE:,} bytes at most")
        upload = await run_in_threadpool(find, home, key)
        stated = Stated(size, modified)
        return Taken(size=await run_in_threadpool(take, upload, path, offset, bytes(content), stated))

    @router.post("/{key}/finish")
    def finish(
        person: Curator,
        key: str,
        purpose: Purpose,
        by_folder: bool = False,
        skipped: Annotated[int, Query(ge=0, le=DEEPEST)] = 0,
    ) -> Finished:
        """All is there: let a worker add or identify what was sent. Asked twice, it is done once.

        With `by_folder` folders are called as the animals in them, but for the `skipped` outer ones.
        """
        # The job is called as the upload is, so the board itself takes it once, whoever else asks at this moment. It
        # may be done already, and the upload gone: an answer that was lost is asked for again.
        if KEY.fullmatch(key) and desk.board.has(key):
            return Finished(job=key)
        upload = find(home, key)
        with upload.held():
            desk.board.add(order(home, upload, purpose, by_folder, person.name, skipped), key)
            upload.finished.touch()
        return Finished(job=key)

    return router
