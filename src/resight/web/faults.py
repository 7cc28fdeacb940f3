"""What went wrong, as the API says it: one sentence for people, under one name."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from resight.errors import ResightError
from resight.web.uploads import PieceError

CONFLICT = 409


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
        return JSONResponse({"detail": str(error), **size}, CONFLICT)
