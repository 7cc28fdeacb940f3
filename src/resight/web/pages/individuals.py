"""All individuals, and each one's own page: portraits, encounters, what is known, and what can be put right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.decisions import Noted
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append
from resight.catalogue.lookup import Catalogued, Known, catalogued, individuals, photos_of
from resight.export.words import counted
from resight.roles import Person, Role
from resight.types import Side
from resight.web.desk import Desk
from resight.web.ids import Id
from resight.web.known import About, about, annotations_of
from resight.web.pages.acting import button, do
from resight.web.pages.correcting import tools
from resight.web.pages.frame import escaped, frame, heading, nothing, page
from resight.web.pages.grid import pager, thumbnail
from resight.web.pages.history import Line, lines, panel
from resight.web.pages.map import Met, map_svg
from resight.web.pages.photos import near_address
from resight.web.pages.timeline import Seen, timeline_svg

PAGE = 60
SHOWN_PHOTOS = 24  # of a side, unless all are asked for
SHOWN_HISTORY = 30


@dataclass(frozen=True, slots=True)
class Everybody:
    """How many individuals fit, and those of one page, each with a portrait where there is one."""

    total: int
    shown: list[tuple[Known, Catalogued | None]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What an individual's page shows."""

    known: About
    photos: list[Catalogued]
    history: list[Line]


def add(desk: Desk) -> None:
    """The pages /individuals and /individuals/NUMBER."""

    @page("/individuals")
    async def everybody(request: Request, text: str = "", page: int = 1) -> None:
        found = await run_in_threadpool(_everybody, desk.catalogue, text, max(page, 1))
        with frame(desk, request.state.person, "/individuals", "Individuals"):
            heading("Individuals", counted(found.total, "individual") + (f" with “{text}” in the name" if text else ""))
            with ui.element("div").classes("tools"):
                _search(text)
                for words, how in (("Table", "csv"), ("JSON", "json"), ("Capture histories", "history")):
                    ui.link(f"{words} ↓", f"/api/export?format={how}").classes("button").props("download")
            if not found.total:
                nothing("Nobody is called that." if text else "No individual has a name yet.")
                return
            with ui.element("ul").classes("grid"):
                for one, portrait in found.shown:
                    under = f"{counted(one.annotations, 'photo')}, {counted(one.encounters, 'encounter')}"
                    thumbnail(portrait, one.name, under, f"/individuals/{one.id}")
            pager(found.total, PAGE, page, "/individuals", {"text": text})

    @page("/individuals/{individual}")
    async def one(request: Request, individual: Id, everything: Annotated[bool, Query(alias="all")] = False) -> None:
        person: Person = request.state.person
        shown = await run_in_threadpool(_one, desk.catalogue, individual, person)
        with frame(desk, person, "/individuals", shown.known.name if shown else "Nobody"):
            if shown is None:
                nothing("There is no such individual.", "It may have been merged into another, or taken back.")
                return
            heading(shown.known.name, _met(shown.photos))
            if person.role.may(Role.CURATOR):
                tools(desk, person, shown.known, shown.photos)
            _portraits(shown.known, shown.photos, None if everything else SHOWN_PHOTOS)
            _encounters(shown.photos)
            _notes(desk, person, shown.known)
            panel(desk, person, shown.history)


def _everybody(catalogue: Catalogue, text: str, page: int) -> Everybody:
    known = [one for one in individuals(catalogue) if text.casefold() in one.name.casefold()]
    some = known[(page - 1) * PAGE : page * PAGE]
    with catalogue.reading() as session:
        portraits = photos_of(session, [one.id for one in some], 1)
    animals = {one.id: one for one in catalogued(catalogue, [key for of in portraits.values() for key in of])}
    return Everybody(len(known), [(one, next((animals[key] for key in portraits[one.id]), None)) for one in some])


def _one(catalogue: Catalogue, individual: int, person: Person) -> Shown | None:
    known = about(catalogue, individual)
    if known is None:
        return None
    photos = catalogued(catalogue, annotations_of(catalogue, individual))
    return Shown(known, photos, lines(catalogue, person, SHOWN_HISTORY, individual))


def _search(text: str) -> None:
    with ui.element("form").classes("search").props('method="get" action="/individuals" role="search"'):
        ui.html(
            f'<label>Name <input name="text" value="{escaped(text)}" autocomplete="off"></label><button>Find</button>',
            sanitize=False,
        )


def _met(photos: list[Catalogued]) -> str:
    days = sorted(one.taken_at.date() for one in photos if one.taken_at is not None)
    met = len({one.encounter for one in photos if one.encounter})
    parts = [counted(len(photos), "photo"), counted(met, "encounter")]
    if days:
        parts.append(f"first seen {days[0]}, last {days[-1]}")
    return ", ".join(parts)


def _portraits(known: About, photos: list[Catalogued], most: int | None) -> None:
    by_side: defaultdict[Side, list[Catalogued]] = defaultdict(list)
    for one in photos:
        by_side[one.side].append(one)
    for side in (side for side in Side if side in by_side):
        # The best first; what was never measured may be anything.
        best = sorted(by_side[side], key=lambda one: (one.quality is None, -(one.quality or 0)))
        title = "Side not known" if side is Side.UNKNOWN else f"{side.value.capitalize()} side"
        with ui.element("section").classes("panel"):
            filtered = f'<a href="/photos?individual={known.id}&amp;side={side.value}">look among them</a>'
            ui.html(f"<h2>{title} <small>{counted(len(best), 'photo')}, {filtered}</small></h2>", sanitize=False)
            with ui.element("ul").classes("grid"):
                for one in best[:most]:
                    day = "" if one.taken_at is None else one.taken_at.date().isoformat()
                    thumbnail(one, day or one.path.name, one.encounter, f"/photos/{one.id}", checked=True)
            if most is not None and len(best) > most:
                ui.link(f"All {len(best):,}", f"/individuals/{known.id}?all=true").classes("button")


def _encounters(photos: list[Catalogued]) -> None:
    met: defaultdict[str, list[Catalogued]] = defaultdict(list)
    for one in photos:
        if one.encounter:
            met[one.encounter].append(one)
    if not met:
        return
    days = {label: min((o.taken_at.date() for o in some if o.taken_at), default=None) for label, some in met.items()}
    with ui.element("section").classes("panel"):
        ui.html("<h2>Encounters</h2>", sanitize=False)
        ordered = sorted(met, key=lambda key: (str(days[key] or "9999"), key))
        line = timeline_svg([Seen(day, label, len(met[label])) for label in ordered if (day := days[label])])
        if line:
            ui.html(line, sanitize=False)
        found = [(label, next((o.place for o in met[label] if o.place), None)) for label in ordered]
        drawn = map_svg([Met(place, f"{days[label] or ''} {label}") for label, place in found if place is not None])
        if drawn:
            ui.html(drawn, sanitize=False)
        with ui.element("ol").classes("timeline"):
            for label, place in found:
                with ui.element("li"):
                    ui.label(str(days[label] or "no date")).classes("when")
                    ui.label(label)
                    ui.label(counted(len(met[label]), "photo")).classes("quiet")
                    if place:
                        ui.link(f"{place.lat:.4f}, {place.lon:.4f}", near_address(place)).classes("quiet")


def _notes(desk: Desk, person: Person, known: About) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>What is known</h2>", sanitize=False)
        may = person.role.may(Role.CURATOR)
        with ui.element("div").classes("notes"):
            sex = ui.input("Sex", value=known.sex).props("outlined dense" + ("" if may else " readonly"))
            stage = ui.input("Life stage", value=known.life_stage).props(
                "outlined dense" + ("" if may else " readonly")
            )
            marks = ui.input("Marks", value=known.marks).props("outlined dense" + ("" if may else " readonly"))
            notes = ui.textarea("Notes", value=known.notes).props("outlined autogrow" + ("" if may else " readonly"))
        if not may:
            return

        async def save() -> None:
            fields = {"sex": sex, "life_stage": stage, "marks": marks, "notes": notes}
            # A browser can be made to send anything, and the log keeps what is written to it for ever.
            new = {field: str(shown.value or "") for field, shown in fields.items()}
            changed = {field: text for field, text in new.items() if text != getattr(known, field)}

            def note() -> None:
                append(desk.catalogue, Noted(known.id, **changed), person.name)

            if changed:
                await do(desk, Role.CURATOR, note, "Written down.")

        button("Save", save)
