"""All individuals, and each one's own page: portraits, encounters, what is known, and what can be put right."""

from __future__ import annotations

from collections import defaultdict

from fastapi import Request
from nicegui import ui

from resight.catalogue.decisions import Merged, Noted, Renamed, Split, Undone, tidy_name
from resight.catalogue.log import append, history
from resight.catalogue.lookup import Catalogued, catalogued, individuals, names_ever, photos_of
from resight.catalogue.roles import Person, Role
from resight.catalogue.words import describe
from resight.export.words import counted
from resight.types import Side
from resight.web.desk import Desk
from resight.web.ids import Id
from resight.web.known import About, about, annotations_of
from resight.web.pages.acting import button, do, ticked_annotations
from resight.web.pages.frame import escaped, frame, heading, nothing
from resight.web.pages.grid import pager, thumbnail
from resight.web.pages.map import Met, map_svg

PAGE = 60
SHOWN_HISTORY = 30


def add(desk: Desk) -> None:
    """The pages /individuals and /individuals/NUMBER."""

    @ui.page("/individuals")
    def everybody(request: Request, text: str = "", page: int = 1) -> None:
        known = [one for one in individuals(desk.catalogue) if text.casefold() in one.name.casefold()]
        shown = known[(page - 1) * PAGE : page * PAGE]
        with desk.catalogue.reading() as session:
            portraits = photos_of(session, [one.id for one in shown], 1)
        with frame(desk, request.state.person, "/individuals", "Individuals"):
            heading("Individuals", counted(len(known), "individual") + (f" with “{text}” in the name" if text else ""))
            with ui.element("div").classes("tools"):
                _search(text)
                for words, how in (("Table", "csv"), ("JSON", "json"), ("Capture histories", "history")):
                    ui.link(f"{words} ↓", f"/api/export?format={how}").classes("button").props("download")
            if not known:
                nothing("Nobody is called that." if text else "No individual has a name yet.")
                return
            animals = {
                one.id: one for one in catalogued(desk.catalogue, [i for some in portraits.values() for i in some])
            }
            with ui.element("ul").classes("grid"):
                for one in shown:
                    portrait = next((animals[key] for key in portraits[one.id]), None)
                    under = f"{counted(one.annotations, 'photo')}, {counted(one.encounters, 'encounter')}"
                    thumbnail(portrait, one.name, under, f"/individuals/{one.id}")
            pager(len(known), PAGE, page, "/individuals", {"text": text})

    @ui.page("/individuals/{individual}")
    def one(request: Request, individual: Id) -> None:
        person: Person = request.state.person
        known = about(desk.catalogue, individual)
        with frame(desk, person, "/individuals", known.name if known else "Nobody"):
            if known is None:
                nothing("There is no such individual.", "It may have been merged into another, or taken back.")
                return
            photos = catalogued(desk.catalogue, annotations_of(desk.catalogue, individual))
            heading(known.name, _met(photos))
            if person.role.may(Role.CURATOR):
                _tools(desk, person, known, photos)
            _portraits(photos)
            _encounters(photos)
            _notes(desk, person, known)
            _history(desk, person, individual)


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


def _portraits(photos: list[Catalogued]) -> None:
    by_side: defaultdict[Side, list[Catalogued]] = defaultdict(list)
    for one in photos:
        by_side[one.side].append(one)
    for side in (side for side in Side if side in by_side):
        best = sorted(by_side[side], key=lambda one: -(one.quality or 0))
        title = "Side not known" if side is Side.UNKNOWN else f"{side.value.capitalize()} side"
        with ui.element("section").classes("panel"):
            ui.html(f"<h2>{title} <small>{counted(len(best), 'photo')}</small></h2>", sanitize=False)
            with ui.element("ul").classes("grid"):
                for one in best:
                    day = "" if one.taken_at is None else one.taken_at.date().isoformat()
                    thumbnail(one, day or one.path.name, one.encounter, f"/photos/{one.id}", checked=True)


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
                        ui.label(f"{place.lat:.4f}, {place.lon:.4f}").classes("quiet")


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

        def save() -> None:
            new = {"sex": sex.value, "life_stage": stage.value, "marks": marks.value, "notes": notes.value}
            changed = {field: text for field, text in new.items() if text != getattr(known, field)}
            if changed:
                do(
                    desk,
                    person,
                    Role.CURATOR,
                    lambda: append(desk.catalogue, Noted(known.id, **changed), person.name),
                    "Written down.",
                )

        button("Save", save)


def _tools(desk: Desk, person: Person, known: About, photos: list[Catalogued]) -> None:
    with ui.element("div").classes("tools"):
        button("Rename", lambda: _rename(desk, person, known))
        button("Merge with another", lambda: _merge(desk, person, known, photos))

        async def split() -> None:
            ticked = await ticked_annotations()
            _split(desk, person, known, photos, ticked)

        button("Split off the ticked photos", split)


def _rename(desk: Desk, person: Person, known: About) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"Another name for {known.name}").classes("said")
        name = ui.input("Name", value=known.name).props("outlined autofocus")

        def done() -> None:
            dialog.close()
            do(
                desk,
                person,
                Role.CURATOR,
                lambda: append(desk.catalogue, Renamed(known.id, tidy_name(name.value)), person.name),
                "Renamed.",
            )

        button("Rename", done)
    dialog.open()


def _merge(desk: Desk, person: Person, known: About, photos: list[Catalogued]) -> None:
    others = {one.id: one.name for one in individuals(desk.catalogue) if one.id != known.id}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"{known.name} is the same animal as …").classes("said")
        chosen = ui.select(others, with_input=True, label="Name").props("outlined autofocus")
        preview = ui.column()

        def show() -> None:
            preview.clear()
            if chosen.value is None:
                return
            joining = catalogued(desk.catalogue, annotations_of(desk.catalogue, chosen.value))
            with preview:
                ui.label(
                    f"{known.name} takes {counted(len(joining), 'photo')} of {others[chosen.value]}, and then has "
                    f"{len(photos) + len(joining)}. The name {others[chosen.value]} becomes free. You can undo it."
                )
                with ui.element("ul").classes("grid small"):
                    for one in [*photos[:3], *joining[:3]]:
                        thumbnail(one, one.name, one.encounter)

        def done() -> None:
            dialog.close()
            if chosen.value is not None:
                do(
                    desk,
                    person,
                    Role.CURATOR,
                    lambda: append(desk.catalogue, Merged(known.id, chosen.value), person.name),
                    "Merged.",
                )

        chosen.on_value_change(show)
        button("Merge", done)
    dialog.open()


def _split(desk: Desk, person: Person, known: About, photos: list[Catalogued], ticked: list[int]) -> None:
    if not ticked:
        ui.notify("Tick the photos of the other animal first.", type="warning")
        return
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(
            f"{counted(len(ticked), 'photo')} of {known.name} show another animal; {len(photos) - len(ticked)} stay."
        ).classes("said")
        with ui.element("ul").classes("grid small"):
            for one in (one for one in photos if one.id in set(ticked)):
                thumbnail(one, one.path.name, one.encounter)
        name = ui.input("The name of that animal").props("outlined autofocus")

        def done() -> None:
            dialog.close()
            made = Split(known.id, tidy_name(name.value), tuple(ticked)) if name.value.strip() else None
            if made is None:
                ui.notify("It needs a name.", type="warning")
                return
            do(desk, person, Role.CURATOR, lambda: append(desk.catalogue, made, person.name), "Split.")

        button("Split", done)
    dialog.open()


def _history(desk: Desk, person: Person, individual: int) -> None:
    names = names_ever(desk.catalogue)
    with ui.element("section").classes("panel"):
        ui.html("<h2>History</h2>", sanitize=False)
        with ui.element("ul").classes("log"):
            for entry in history(desk.catalogue, individual=individual, limit=SHOWN_HISTORY):
                with ui.element("li").classes("undone" if entry.undone_by else ""):
                    ui.label(entry.at.strftime("%Y-%m-%d %H:%M")).classes("quiet")
                    ui.label(describe(entry.decision, names))
                    ui.label(f"{entry.by}{', undone since' if entry.undone_by else ''}").classes("quiet")
                    may = person.role.may(Role.CURATOR) and entry.undone_by is None
                    if may and not isinstance(entry.decision, Undone):
                        _undo(desk, person, entry.id)


def _undo(desk: Desk, person: Person, decision: int) -> None:
    def undo() -> None:
        do(desk, person, Role.CURATOR, lambda: append(desk.catalogue, Undone(decision), person.name), "Undone.")

    ui.button("Undo", on_click=undo, color=None).props("flat dense no-caps").classes("plain")
