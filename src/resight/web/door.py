"""The door: log in with a name and a password, log out, and be known by a cookie or a token afterwards."""

from __future__ import annotations

import html
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from resight import __version__
from resight.catalogue import people
from resight.catalogue.decisions import tidy_name
from resight.catalogue.folder import Catalogue
from resight.errors import CatalogueError, DatabaseError
from resight.roles import Person

COOKIE = "resight"
REMEMBERED = 3.0  # seconds for which a key need not be looked up again
MOST_REMEMBERED = 1000  # keys
TRIES, WITHIN = 8, 300.0  # wrong passwords of a name or an address, in so many seconds, before it has to wait


@dataclass(slots=True)
class Tries:
    """Counts tries of passwords that were not right, so that nobody can try them all."""

    clock: Callable[[], float] = time.monotonic
    _at: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, *whose: str) -> bool:
        """Count a try of these names and addresses; False where one of them has tried too often, and has to wait.

        It counts before it is known to be wrong: else any number of tries could be made at the same time.
        """
        with self._lock:
            since = self.clock() - WITHIN
            self._at = {key: kept for key, times in self._at.items() if (kept := [at for at in times if at > since])}
            if any(len(self._at.get(key, ())) >= TRIES for key in whose):
                return False
            for key in whose:
                self._at.setdefault(key, []).append(self.clock())
            return True

    def take_back(self, *whose: str) -> None:
        """The try was right, or nobody could tell."""
        with self._lock:
            for key in whose:
                if self._at.get(key):
                    self._at[key].pop()


@dataclass(slots=True)
class Known:
    """Who a request is from, by its cookie or its token."""

    catalogue: Catalogue
    _kept: dict[str, tuple[float, Person | None]] = field(default_factory=dict)

    async def __call__(self, headers: Headers) -> Person | None:
        """The person; None for a stranger."""
        key = key_of(headers)
        if not key:
            return None
        kept, now = self._kept, time.monotonic()
        at, person = kept.get(key, (-REMEMBERED, None))
        if now - at > REMEMBERED:
            person = await run_in_threadpool(people.opens, self.catalogue, key)
            if len(kept) > MOST_REMEMBERED:
                kept.clear()
            # What was asked before others were to be forgotten goes with them.
            kept[key] = (now, person)
        return person

    def forget(self) -> None:
        """Look everybody up again: somebody's rights have changed."""
        self._kept = {}


def bears_token(headers: Headers) -> bool:
    """Whether a token says who it is, as programs send one; then no cookie counts."""
    return headers.get("authorization", "").partition(" ")[0].lower() == "bearer"


def key_of(headers: Headers) -> str:
    """The token of a program, or else the key in a browser's cookie; '' where there is none."""
    if bears_token(headers):
        return headers["authorization"].partition(" ")[2].strip()
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def routes(catalogue: Catalogue, known: Known, secure: bool) -> APIRouter:
    """The addresses of the door. `secure`: the cookie travels over HTTPS alone."""
    router = APIRouter(include_in_schema=False)
    tries = Tries()

    @router.get("/login")
    def page(request: Request) -> Response:
        if getattr(request.state, "person", None) is not None:
            return RedirectResponse("/", 303)
        return _page(catalogue, "")

    @router.post("/login")
    def enter(request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
        address = request.client.host if request.client else ""
        whose = f"name {tidy_name(name)}", f"address {address}"
        if not tries.begin(*whose):
            return _page(catalogue, "Too many wrong passwords. Wait five minutes, and try again.", 429)
        try:
            key = people.log_in(catalogue, name, password, address)
        except DatabaseError:
            tries.take_back(*whose)
            return _page(catalogue, "The catalogue's database is busy or full. Try again in a minute.", 503)
        except CatalogueError as error:
            return _page(catalogue, f"{str(error).capitalize()}.", 403)
        tries.take_back(*whose)
        answer = RedirectResponse("/", 303)
        lasting = int(people.SESSION.total_seconds())
        answer.set_cookie(COOKIE, key, lasting, path="/", secure=secure, httponly=True, samesite="strict")
        return answer

    @router.post("/logout")
    def leave(request: Request) -> Response:
        key = key_of(request.headers)
        if key:
            try:
                people.log_out(catalogue, key)
            except DatabaseError:
                return _page(catalogue, "You are still logged in: the catalogue's database is busy or full.", 503)
            known.forget()
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="strict")
        return answer

    return router


def _page(catalogue: Catalogue, fault: str, status: int = 200) -> HTMLResponse:
    page = Template(files("resight.web").joinpath("static", "login.html").read_text("utf-8"))
    said = f'<p class="fault" role="alert">{html.escape(fault)}</p>' if fault else ""
    text = page.substitute(catalogue=html.escape(catalogue.folder.name), fault=said, version=__version__)
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})
