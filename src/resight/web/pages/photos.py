"""All photos, filtered; and one photo with its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.decisions import Corrected, Decision
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append, append_together
from resight.catalogue.lookup import Catalogued, catalogued, individual_named
from resight.errors import CatalogueError
from resight.export.words import counted
from resight.roles import Person, Role
from resight.types import Side
from resight.web.desk import Desk
from resight.web.filters import Filter, State, matching
from resight.web.ids import Id
from resight.web.pages.acting import button, do, ticked_annotations
from resight.web.pages.frame import escaped, frame, heading, nothing, page
from resight.web.pages.grid import pager, thumbnail
from resight.web.pages.whom import Whom, moving, someone_else
from resight.web.questions import animal

PAGE = 60
STATES = {State.ANY: "all", State.NAMED: "named", State.UNNAMED: "not named", State.ASIDE: "put aside as unsure"}


@dataclass(frozen=True, slots=True)
class Found:
    """How many animals fit, and those of one page."""

    total: int
    animals: list[Catalogued]


class PhotoBox(ui.element, component=Path(__file__).parent.parent / "static" / "boxes.js"):
    """The client's part: the whole photo, and the box that can be drawn anew."""

    def __init__(self, one: Catalogued, photo: str, may: bool) -> None:
        super().__init__()
        box = None if one.box is None else [one.box.x, one.box.y, one.box.w, one.box.h]
        self._props |= {
            "photo": photo, "box": box, "width": one.width, "height": one.height, "annotation": one.id, "may": may,
        }  # fmt: skip


def add(desk: Desk) -> None:
    """The pages /photos and /photos/ANNOTATION."""

    @page("/photos")
    async def photos(
        request: Request,
        state: str = "",
        side: str = "",
        text: str = "",
        since: str = "",
        until: str = "",
        page: int = 1,
    ) -> None:
        asked = {"state": state, "side": side, "text": text, "since": since, "until": until}
        wanted = Filter(
            State(state) if state in set(State) else State.ANY,
            Side(side) if side in set(Side) else None,
            text,
            since,
            until,
        )
        found = await run_in_threadpool(_found, desk.catalogue, wanted, max(page, 1))
        with frame(desk, request.state.person, "/photos", "Photos"):
            heading("Photos", counted(found.total, "animal") + " in photos")
            _filters(asked)
            if not found.animals:
                nothing("No photo fits.", "Take a filter away.")
                return
            person: Person = request.state.person
            if person.role.may(Role.CURATOR):
                _ticked_tools(desk, person)
            with ui.element("ul").classes("grid"):
                for one in found.animals:
                    day = "" if one.taken_at is None else one.taken_at.date().isoformat()
                    thumbnail(one, one.name or "not named", day or one.path.name, f"/photos/{one.id}", checked=True)
            pager(found.total, PAGE, page, "/photos", asked)

    @page("/photos/{annotation}")
    async def photo(request: Request, annotation: Id) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/photos", f"Photo {annotation}"):
            try:
                one = (await run_in_threadpool(catalogued, desk.catalogue, [annotation]))[0]
            except CatalogueError as error:
                nothing(str(error).capitalize() + ".")
                return
            heading(one.name or "Not named yet", one.path.name)
            shown = animal(one)
            PhotoBox(one, f"{shown.picture}&size=1600&whole=true", person.role.may(Role.CURATOR))
            with ui.element("dl").classes("facts"):
                for what, value in (
                    ("Individual", one.name or "not named"),
                    ("Encounter", one.encounter or "none"),
                    ("Taken", shown.taken or "not known"),
                    ("Place", "not known" if one.place is None else f"{one.place.lat:.5f}, {one.place.lon:.5f}"),
                    ("Quality", "not measured" if one.quality is None else f"{one.quality:.2f} of 1"),
                    ("File", str(one.path)),
                    ("SHA-256", one.sha256),
                ):
                    ui.html(f"<dt>{what}</dt><dd>{escaped(value)}</dd>", sanitize=False)
            with ui.element("div").classes("tools"):
                if one.individual is not None:
                    ui.link(f"All photos of {one.name}", f"/individuals/{one.individual}").classes("button")
                ui.link("Ask who it is", f"/review/{one.id}").classes("button")
                if person.role.may(Role.CURATOR):
                    if one.individual is not None:
                        someone_else(desk, person, one)
                    _side(desk, person, one.id, one.side)


def _found(catalogue: Catalogue, wanted: Filter, page: int) -> Found:
    total, keys = matching(catalogue, wanted, PAGE, (page - 1) * PAGE)
    return Found(total, catalogued(catalogue, keys))


def _ticked_tools(desk: Desk, person: Person) -> None:
    """What is done with all ticked photos at once, wholly or not at all; those that have another name lose it."""
    with ui.element("div").classes("tools"):
        whom = Whom("Ticked photos show")
        side = ui.select([one.value for one in Side], label="Their side is").props("outlined dense clearable")

        async def act() -> None:
            ticked, name, facing = await ticked_annotations(), whom.name, side.value
            if not ticked or not (name or facing):
                ui.notify("Tick photos, and say whom they show or which side.", type="warning")
                return

            def write() -> None:
                made: list[Decision] = []
                if name:
                    made += moving(catalogued(desk.catalogue, ticked), individual_named(desk.catalogue, name))
                if facing:
                    made += [Corrected(key, side=Side(facing)) for key in ticked]
                if not made:
                    raise CatalogueError(f"they show {name} already")
                append_together(desk.catalogue, made, person.name)

            await do(desk, Role.CURATOR, write, "Written down.")

        button("Write down", act)


def _side(desk: Desk, person: Person, annotation: int, side: Side) -> None:
    async def correct(value: str) -> None:
        made = Corrected(annotation, side=Side(value))
        await do(desk, Role.CURATOR, lambda: append(desk.catalogue, made, person.name), "Corrected.")

    ui.select([one.value for one in Side], value=side.value, label="Side", on_change=lambda e: correct(e.value)).props(
        "outlined dense"
    )


def _filters(asked: dict[str, str]) -> None:
    def options(chosen: str, words: dict[str, str]) -> str:
        return "".join(
            f'<option value="{value}"{" selected" if value == chosen else ""}>{word}</option>'
            for value, word in words.items()
        )

    states = options(asked["state"], {state.value: words for state, words in STATES.items()})
    sides = options(asked["side"], {"": "all"} | {side.value: side.value for side in Side})
    with ui.element("form").classes("search").props('method="get" action="/photos" role="search"'):
        ui.html(
            f'<label>State <select name="state">{states}</select></label>'
            f'<label>Side <select name="side">{sides}</select></label>'
            f'<label>Name, encounter or file <input name="text" value="{escaped(asked["text"])}"></label>'
            f'<label>From <input type="date" name="since" value="{escaped(asked["since"])}"></label>'
            f'<label>To <input type="date" name="until" value="{escaped(asked["until"])}"></label>'
            "<button>Show</button>",
            sanitize=False,
        )
