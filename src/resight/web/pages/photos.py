"""All photos, filtered; and one photo with its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

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
from resight.types import Place, Side
from resight.web.asked import KM, Asked, asked, page_number
from resight.web.desk import Desk
from resight.web.filters import Quality, State, matching
from resight.web.ids import Id
from resight.web.known import about
from resight.web.pages.acting import button, do, ticked_annotations
from resight.web.pages.frame import escaped, frame, heading, nothing, page
from resight.web.pages.grid import pager, thumbnail
from resight.web.pages.whom import Whom, moving, someone_else
from resight.web.questions import animal

PAGE = 60
STATES = {State.ANY: "all", State.NAMED: "named", State.UNNAMED: "not named", State.ASIDE: "put aside as unsure"}
QUALITIES = {Quality.ANY: "any", Quality.FAIR: "fair or better", Quality.GOOD: "good or better", Quality.BEST: "best"}
DISTANCES = ("0.1", "0.5", "1", "5", "10", "50", "100", "500")  # km


@dataclass(frozen=True, slots=True)
class Found:
    """How many animals fit, those of one page, which page that is, and the name of the individual asked for."""

    total: int
    animals: list[Catalogued]
    page: int
    name: str


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
    async def photos(request: Request) -> None:
        said = asked(request.query_params)
        found = await run_in_threadpool(_found, desk.catalogue, said, page_number(request.query_params.get("page", "")))
        with frame(desk, request.state.person, "/photos", "Photos"):
            heading("Photos", counted(found.total, "animal") + " in photos" + (f" of {found.name}" * bool(found.name)))
            for fault in said.faults:
                ui.label(fault).classes("fault").props('role="alert"')
            _filters(said, found.name)
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
            pager(found.total, PAGE, found.page, "/photos", said.words)

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
                    ("Quality", _quality(one.quality)),
                    ("File", str(one.path)),
                    ("SHA-256", one.sha256),
                ):
                    ui.html(f"<dt>{what}</dt><dd>{escaped(value)}</dd>", sanitize=False)
            with ui.element("div").classes("tools"):
                if one.individual is not None:
                    ui.link(f"All photos of {one.name}", f"/individuals/{one.individual}").classes("button")
                if one.place is not None:
                    ui.link("Photos taken near here", near_address(one.place)).classes("button")
                ui.link("Ask who it is", f"/review/{one.id}").classes("button")
                if person.role.may(Role.CURATOR):
                    if one.individual is not None:
                        someone_else(desk, person, one)
                    _side(desk, person, one.id, one.side)


def near_address(place: Place, km: float = 1) -> str:
    """Where the photos are shown that were taken so near a place."""
    return "/photos?" + urlencode({"near": f"{place.lat:.5f}, {place.lon:.5f}", "km": f"{km:g}"})


def _found(catalogue: Catalogue, said: Asked, page: int) -> Found:
    total, keys = matching(catalogue, said.wanted, PAGE, (page - 1) * PAGE)
    if not keys and total:  # what the address speaks of was longer once
        page = -(-total // PAGE)
        total, keys = matching(catalogue, said.wanted, PAGE, (page - 1) * PAGE)
    name = ""
    if said.wanted.individual is not None:
        known = about(catalogue, said.wanted.individual)
        name = known.name if known else "an individual that is no more"
    return Found(total, catalogued(catalogue, keys), page, name)


def _quality(quality: float | None) -> str:
    """A measured quality in the words of the filter.

    >>> _quality(0.9), _quality(0.1), _quality(None)
    ('best (0.90 of 1)', 'poor (0.10 of 1)', 'not measured')
    """
    if quality is None:
        return "not measured"
    word = next((one.value for one in reversed(Quality) if one is not Quality.ANY and quality >= one.least), "poor")
    return f"{word} ({quality:.2f} of 1)"


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


def _filters(said: Asked, name: str) -> None:
    words = said.words

    def options(chosen: str, words: dict[str, str]) -> str:
        return "".join(
            f'<option value="{escaped(value)}"{" selected" if value == chosen else ""}>{escaped(word)}</option>'
            for value, word in words.items()
        )

    def field(label: str, name: str, more: str = "") -> str:
        return f'<label>{label} <input name="{name}" value="{escaped(words[name])}" {more}></label>'

    states = options(words["state"], {state.value: words for state, words in STATES.items()})
    sides = options(words["side"], {"": "all"} | {side.value: side.value for side in Side})
    qualities = options(words["quality"], {quality.value: words for quality, words in QUALITIES.items()})
    near = said.wanted.near
    km = f"{KM if near is None else near.km:g}"
    distances = options(km, {one: f"{one} km" for one in sorted({*DISTANCES, km}, key=float)})
    with ui.element("form").classes("search photos").props('method="get" action="/photos" role="search"'):
        ui.html(
            f'<label>State <select name="state">{states}</select></label>'
            f'<label>Side <select name="side">{sides}</select></label>'
            f'<label>Quality <select name="quality">{qualities}</select></label>'
            + field("Name, encounter or file", "text", 'maxlength="200"')
            + field("From", "since", 'type="date"')
            + field("To", "until", 'type="date"')
            + field("Near latitude, longitude", "near", 'placeholder="-24.51, 31.42" maxlength="60" autocomplete="off"')
            + f'<label>Within <select name="km">{distances}</select></label>'
            + (_only(words, name) if said.wanted.individual is not None else "")
            + "<button>Show</button>"
            + ('<a class="button" href="/photos">All photos</a>' if any(words.values()) else ""),
            sanitize=False,
        )


def _only(words: dict[str, str], name: str) -> str:
    """That only one individual is looked for, and the way to look for all."""
    others = urlencode({key: word for key, word in words.items() if word and key != "individual"})
    return (
        f'<input type="hidden" name="individual" value="{escaped(words["individual"])}">'
        f'<span class="only">only {escaped(name)} '
        f'<a href="/photos?{escaped(others)}" aria-label="All individuals">×</a></span>'
    )
