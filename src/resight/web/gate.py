"""Who is let in, and to what: every request passes here before it reaches a page, a file or the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from resight.errors import DatabaseError
from resight.roles import Person, Role
from resight.web.door import bears_token
from resight.web.faults import RefusedError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = ("/login", "/static/", "/_nicegui/")  # what a login page needs, and nothing of the catalogue
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; connect-src 'self' ws: wss:; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
Who = Callable[[Headers], Person | Awaitable[Person | None] | None]


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before the whole program; `who` tells the person of a request, `hosts` the names it is called by.

    `who` is asked for every request, on the event loop: where it has to look something up, it answers later.

    A page of another site can make a browser send requests here. So what changes something, and every socket, must
    come from a page of this program (its Origin), and the Host must be one of ours, lest a foreign name be pointed at
    this machine.
    """

    app: ASGIApp
    who: Who
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = await self._refusal(scope, headers)
        if refusal is not None:
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, _guarded(send))

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path = scope["path"]
        if self.hosts and (_host(headers.get("host", "")) not in self.hosts):
            return JSONResponse({"detail": "this program is not served under that name"}, 421)
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        # Only a token says that no browser was made to send this: a cookie beside any other header still counts.
        if changes and not bears_token(headers) and not _from_here(headers):
            return JSONResponse({"detail": "this request does not come from a page of this program"}, 403)
        try:
            said = self.who(headers)
            person = await said if isawaitable(said) else said
        except DatabaseError:
            return JSONResponse({"detail": "the database does not answer: try again in a minute"}, 503)
        scope.setdefault("state", {})["person"] = person
        if person is not None or path.startswith(OPEN):
            return None
        if path.startswith("/api/") or changes:
            return JSONResponse({"detail": "log in first"}, 401)
        return RedirectResponse("/login", 303)


def needing(role: Role) -> Callable[[Request], Person]:
    """The person of a request, who has at least this role."""

    def person(request: Request) -> Person:
        found: Person | None = getattr(request.state, "person", None)
        if found is None:
            raise RefusedError(401, "log in first")
        if not found.role.may(role):
            raise RefusedError(403, f"this needs the role {role.value}, and {found.name} is {found.role.value}")
        return found

    return person


Viewer = Annotated[Person, Depends(needing(Role.VIEWER))]
Reviewer = Annotated[Person, Depends(needing(Role.REVIEWER))]
Curator = Annotated[Person, Depends(needing(Role.CURATOR))]
Admin = Annotated[Person, Depends(needing(Role.ADMIN))]


def _host(text: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return (urlsplit(f"//{text}").hostname or "").lower()
    except ValueError:
        return ""


def _from_here(headers: Headers) -> bool:
    """Whether a browser says that the request is from a page of this host; other programs say nothing."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _guarded(send: Send) -> Send:
    """Add what tells browsers to be careful."""

    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))  # type: ignore[call-overload]
            headers += [
                (b"content-security-policy", POLICY.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"same-origin"),
                (b"x-frame-options", b"DENY"),
            ]
            message = {**message, "headers": headers}
        await send(message)

    return sending  # type: ignore[return-value]
