"""Pictures in rows, and the way through many pages of them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui

from resight.catalogue.lookup import Catalogued
from resight.web.pages.frame import escaped
from resight.web.questions import animal


def thumbnail(
    annotation: Catalogued | None, title: str, under: str = "", address: str = "", *, checked: bool = False
) -> None:
    """A picture with two lines, as a link where there is an address; `checked`: with a box to tick it."""
    picture = (
        f'<img src="{escaped(animal(annotation).picture)}&amp;size=240" alt="" loading="lazy">'
        if annotation
        else '<span class="blank">no photo</span>'
    )
    words = f"<b>{escaped(title)}</b><small>{escaped(under)}</small>"
    body = f'<a href="{escaped(address)}">{picture}{words}</a>' if address else f"<span>{picture}{words}</span>"
    if checked and annotation:
        tick = f'<input type="checkbox" name="annotation" value="{annotation.id}" aria-label="Tick this photo">'
        body += tick
    with ui.element("li"):
        ui.html(body, sanitize=False)


def pager(total: int, size: int, page: int, path: str, query: Mapping[str, str]) -> None:
    """Links to the page before and after, where there are any."""
    pages = max(1, -(-total // size))
    if pages == 1:
        return
    with ui.element("nav").classes("pager").props('aria-label="More"'):
        for word, other in (("← Before", page - 1), ("After →", page + 1)):
            if 1 <= other <= pages:
                kept = {key: value for key, value in query.items() if value}
                ui.link(word, f"{path}?{urlencode({**kept, 'page': other})}").classes("button")
            if word.startswith("←"):
                ui.label(f"page {page:,} of {pages:,}").classes("quiet")
