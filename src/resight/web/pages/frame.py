"""What every page has: its head, the way to the other pages, and the keyboard's help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from resight import __version__
from resight.roles import Person, Role
from resight.web.desk import Desk

PATIENCE = 60.0  # seconds in which a page has to have read what it shows


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation."""

    path: str
    title: str
    key: str


PLACES = (
    Place("/", "Home", "h"),
    Place("/review", "Review", "r"),
    Place("/individuals", "Individuals", "i"),
    Place("/photos", "Photos", "p"),
    Place("/doubts", "Doubts", "d"),
    Place("/explore", "Explore", "e"),
    Place("/upload", "Add photos", "a"),
    Place("/jobs", "Jobs", "j"),
)


def page(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page at this path that reads the catalogue, which may take longer than NiceGUI waits by itself."""
    return ui.page(path, response_timeout=PATIENCE)


@contextmanager
def frame(desk: Desk, person: Person, here: str, title: str, *, wide: bool = False) -> Iterator[None]:
    """A page under the title; `here` is the path of its place in the navigation."""
    ui.page_title(f"{title} · {desk.title} · resight")
    ui.add_head_html(f'<link rel="stylesheet" href="/static/resight.css?v={__version__}">')
    ui.add_head_html(f'<script src="/static/keys.js?v={__version__}" defer></script>')
    with ui.element("header").classes("top"):
        ui.link(desk.title, "/").classes("catalogue")
        with ui.element("nav").props('aria-label="Pages"'):
            for place in PLACES:
                link = ui.link(place.title, place.path).props(f'data-key="{place.key}"')
                if place.path == here:
                    link.classes("here").props('aria-current="page"')
        if person.role.may(Role.ADMIN):
            ui.link("People", "/people").classes("who")
        ui.link(person.name, "/account").classes("who")
        if not desk.open_door:
            ui.html('<form method="post" action="/logout"><button>Log out</button></form>', sanitize=False)
    with ui.element("div").classes("wide" if wide else "page").props('id="content" tabindex="-1"'):
        yield


def heading(text: str, under: str = "") -> None:
    """The page's own heading, and a line under it."""
    with ui.element("div").classes("heading"):
        ui.html(f"<h1>{escaped(text)}</h1>", sanitize=False)
        if under:
            ui.label(under).classes("quiet")


def nothing(text: str, hint: str = "") -> None:
    """What stands where there is nothing to show, and what to do about it."""
    with ui.element("div").classes("nothing"):
        ui.label(text).classes("said")
        if hint:
            ui.label(hint).classes("quiet")


def escaped(text: str) -> str:
    """Text for HTML."""
    import html

    return html.escape(text, quote=True)
