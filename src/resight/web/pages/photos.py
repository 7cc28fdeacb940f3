"""All photos, filtered; and one photo with its boxes."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from resight.catalogue.decisions import Corrected
from resight.catalogue.log import append
from resight.catalogue.lookup import catalogued
from resight.catalogue.roles import Person, Role
from resight.errors import CatalogueError
from resight.export.words import counted
from resight.types import Side
from resight.web.desk import Desk
from resight.web.filters import Filter, State, matching
from resight.web.ids import Id
from resight.web.pages.acting import do
from resight.web.pages.frame import escaped, frame, heading, nothing
from resight.web.pages.grid import pager, thumbnail
from resight.web.questions import animal

PAGE = 60
STATES = {State.ANY: "all", State.NAMED: "named", State.UNNAMED: "not named", State.ASIDE: "put aside as unsure"}


def add(desk: Desk) -> None:
    """The pages /photos and /photos/ANNOTATION."""

    @ui.page("/photos")
    def photos(
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
        total, keys = matching(desk.catalogue, wanted, PAGE, (max(page, 1) - 1) * PAGE)
        with frame(desk, request.state.person, "/photos", "Photos"):
            heading("Photos", counted(total, "animal") + " in photos")
            _filters(asked)
            if not keys:
                nothing("No photo fits.", "Take a filter away.")
                return
            with ui.element("ul").classes("grid"):
                for one in catalogued(desk.catalogue, keys):
                    day = "" if one.taken_at is None else one.taken_at.date().isoformat()
                    thumbnail(one, one.name or "not named", day or one.path.name, f"/photos/{one.id}")
            pager(total, PAGE, page, "/photos", asked)

    @ui.page("/photos/{annotation}")
    def photo(request: Request, annotation: Id) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/photos", f"Photo {annotation}"):
            try:
                one = catalogued(desk.catalogue, [annotation])[0]
            except CatalogueError as error:
                nothing(str(error).capitalize() + ".")
                return
            heading(one.name or "Not named yet", one.path.name)
            shown = animal(one)
            address = escaped(f"{shown.picture}&size=1600&whole=true")
            box = ""
            if one.box is not None:
                place = (
                    f"left:{100 * one.box.x / one.width:.3f}%;top:{100 * one.box.y / one.height:.3f}%;"
                    f"width:{100 * one.box.w / one.width:.3f}%;height:{100 * one.box.h / one.height:.3f}%"
                )
                box = f'<span class="box" style="{place}"></span>'
            ui.html(f'<div class="whole"><img src="{address}" alt="The whole photo">{box}</div>', sanitize=False)
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
                    _side(desk, person, one.id, one.side)


def _side(desk: Desk, person: Person, annotation: int, side: Side) -> None:
    def correct(value: str) -> None:
        made = Corrected(annotation, side=Side(value))
        do(desk, person, Role.CURATOR, lambda: append(desk.catalogue, made, person.name), "Corrected.")

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
