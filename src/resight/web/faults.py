"""What went wrong, as the API says it: one sentence for people, under one name."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from resight.errors import DatabaseError, ResightError
from resight.web.uploads import PieceError

CONFLICT, BUSY = 409, 503


class Refusal(BaseModel):
    """Why a request was not answered; `size`: how much is there of a file whose next piece does not fit."""

    detail: str
    size: int | None = None


# What any address may answer besides what it is for.
TOLD: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": Refusal}
    for status, words in (
        (400, "The request could not be read"),
        (401, "Nobody is logged in"),
        (403, "This person may not do that, or the request comes from another site"),
        (404, "There is no such thing"),
        (CONFLICT, "It does not fit what is there; nothing has changed"),
        (410, "The photo is not where it was"),
        (413, "Too much at once"),
        (BUSY, "The database is busy or full: the same may be tried again"),
        (421, "The program is not served under this name"),
    )
}


class RefusedError(Exception):
    """An answer other than success, with its HTTP status and its reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def install(app: FastAPI) -> None:
    """Let the API answer every error of the program as `{"detail": reason}`."""

    @app.exception_handler(RefusedError)
    def fault(_request: Request, error: RefusedError) -> JSONResponse:
        return JSONResponse({"detail": error.reason}, error.status)

    @app.exception_handler(ResightError)
    def refused(_request: Request, error: ResightError) -> JSONResponse:
        size = {"size": error.size} if isinstance(error, PieceError) else {}
        return JSONResponse({"detail": str(error), **size}, BUSY if isinstance(error, DatabaseError) else CONFLICT)
