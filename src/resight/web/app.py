"""The whole program in the browser, as one ASGI application: pages, pictures, API, behind the gate."""

from __future__ import annotations

import secrets
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.types import ASGIApp

from resight import __version__
from resight.web import door, faults
from resight.web.api import corrections, export, individuals, jobs, pictures, plane, review, uploads
from resight.web.desk import Desk
from resight.web.gate import Gate, Who
from resight.web.pages import doubts, explore, home, rejected
from resight.web.pages import individuals as individuals_page
from resight.web.pages import jobs as jobs_page
from resight.web.pages import people as people_page
from resight.web.pages import photos as photos_page
from resight.web.pages import review as review_page
from resight.web.pages import upload as upload_page


def application(desk: Desk, who: Who, hosts: frozenset[str], secure: bool) -> ASGIApp:
    """The application that serves a desk; `who` tells the person of a request, `hosts` by which names it is called.

    `secure`: it is reached over HTTPS alone, by a server before this one.
    """
    app = FastAPI(title="resight", docs_url=None, redoc_url=None, openapi_url=None)
    # An application of its own: whatever is not its address is answered by it, and not by the pages. FastAPI's page of
    # documentation would be fetched from another server, which the gate's policy forbids.
    api = FastAPI(title="resight", version=__version__, docs_url=None, redoc_url=None, responses=faults.TOLD)
    faults.install(api)
    for part in (review, individuals, corrections, jobs, uploads, export, plane, pictures):
        api.include_router(part.routes(desk))
    app.mount("/api", api)
    app.include_router(door.routes(desk.catalogue, desk.known, secure))
    app.mount("/static", StaticFiles(directory=str(files("resight.web").joinpath("static"))), name="static")
    for page in (
        home,
        rejected,
        doubts,
        explore,
        review_page,
        individuals_page,
        photos_page,
        jobs_page,
        upload_page,
        people_page,
    ):
        page.add(desk)
    nicegui_app.config.quasar_config["brand"] = {"primary": "#1b7046", "accent": "#2a5db0", "dark": "#141715"}
    # A bar for every request, without a name for those who cannot see it, says less than what each page says itself.
    nicegui_app.config.quasar_config["loadingBar"] = {"skipHijack": True}
    ui.run_with(
        app,
        title="resight",
        dark=None,
        language="en-GB",
        storage_secret=secrets.token_hex(32),
        show_welcome_message=False,
        tailwind=False,
        reconnect_timeout=10,
    )
    return Gate(app, who, hosts)
