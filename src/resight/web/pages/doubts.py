"""Worth a second look: where two people did not agree, and names that look wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.decisions import Says
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued, individuals, names_ever
from resight.catalogue.opinions import Voice, disagreements
from resight.export.words import counted, percent
from resight.identify.doubts import Doubt, Suspicion, read_doubts, suspicions
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.orders import Kind, order_of
from resight.web.pages.acting import ask, button, do
from resight.web.pages.frame import frame, heading, nothing, page
from resight.web.pages.grid import thumbnail
from resight.web.pages.whom import move

SHOWN = 60
SHOWN_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows.

    `apart` are the last words on annotations, `together` the wrong names; `looked`: somebody has had them looked for.
    `animals` are the annotations that are shown, `names` those of all individuals, each by its id.
    """

    apart: dict[int, list[Voice]]
    together: list[Suspicion]
    looked: bool
    animals: dict[int, Catalogued]
    names: dict[int, str]


def add(desk: Desk) -> None:
    """The page /doubts."""

    @page("/doubts")
    async def doubts(request: Request) -> None:
        person: Person = request.state.person
        shown = await run_in_threadpool(_read, desk.catalogue)
        with frame(desk, person, "/doubts", "Doubts"):
            heading("Worth a second look", "Where two people did not agree, and names that look wrong.")
            if person.role.may(Role.CURATOR):
                with ui.element("div").classes("tools"):
                    button("Look for names that look wrong", lambda: _look(desk, person))
            if not shown.apart and not shown.together:
                text = "No name looks wrong." if shown.looked else "Nobody has looked for wrong names yet."
                nothing(text, "Every named photo is asked again, and compared with the other encounters.")
                return
            if shown.apart:
                _apart(shown)
            for one in shown.together:
                _together(desk, person, one, shown)


def _read(catalogue: Catalogue) -> Shown:
    found = read_doubts(catalogue)
    known = {one.id: one for one in individuals(catalogue)}
    # What was found is of the day it was found: since then names may have been put right.
    standing = [doubt for doubt in found or () if doubt.named in known and doubt.other in known]
    now = {one.id: one.individual for one in catalogued(catalogue, [doubt.annotation for doubt in standing])}
    standing = [doubt for doubt in standing if now[doubt.annotation] == doubt.named]
    together = suspicions(standing, {key: one.annotations for key, one in known.items()})[:SHOWN]
    apart = dict(list(disagreements(catalogue).items())[:SHOWN])
    pairs = {key for one in together for doubt in one.doubts[:SHOWN_PHOTOS] for key in (doubt.annotation, doubt.best)}
    animals = {one.id: one for one in catalogued(catalogue, sorted(pairs | apart.keys()))}
    return Shown(apart, together, found is not None, animals, names_ever(catalogue))


async def _look(desk: Desk, person: Person) -> None:
    order = order_of(Kind.DOUBTS, desk.catalogue.folder, person.name)
    if await ask(desk, Role.CURATOR, lambda: desk.board.add(order)):
        ui.navigate.to("/jobs")


def _apart(shown: Shown) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Two people did not agree</h2>", sanitize=False)
        with ui.element("ul").classes("grid"):
            for key, voices in shown.apart.items():
                one = shown.animals[key]
                said = "; ".join(f"{voice.by}: {_said(voice, shown.names)}" for voice in voices)
                thumbnail(one, said, one.encounter, f"/review/{one.id}?settle=true")


def _said(voice: Voice, names: dict[int, str]) -> str:
    if voice.says is Says.UNSURE:
        return "cannot tell"
    return "somebody new" if voice.individual is None else names[voice.individual]


def _together(desk: Desk, person: Person, one: Suspicion, shown: Shown) -> None:
    sure = percent(max(doubt.p for doubt in one.doubts))
    named, other = shown.names[one.named], shown.names[one.other]
    title = (
        f"{named} and {other} may be one animal"
        if one.one_animal
        else f"{counted(len(one.doubts), 'photo')} of {named} may show {other}"
    )
    with ui.element("section").classes("panel"):
        ui.label(title).classes("said")
        ui.label(f"{sure} by their looks.").classes("quiet")
        with ui.element("div").classes("pairs"):
            for doubt in one.doubts[:SHOWN_PHOTOS]:
                with ui.element("div"):
                    _pair(shown.animals[doubt.annotation], shown.animals[doubt.best])
                    if person.role.may(Role.CURATOR):
                        _settling(desk, person, doubt, shown.names)
        with ui.element("div").classes("tools"):
            ui.link(f"Open {named}", f"/individuals/{one.named}").classes("button")
            ui.link(f"Open {other}", f"/individuals/{one.other}").classes("button")


def _pair(one: Catalogued, other: Catalogued) -> None:
    with ui.element("ul").classes("grid two"):
        for shown in one, other:
            thumbnail(shown, shown.name, shown.encounter, f"/photos/{shown.id}")


def _settling(desk: Desk, person: Person, doubt: Doubt, names: dict[int, str]) -> None:
    """The left picture becomes one of the other individual, or is looked at once more: a right name changes nothing."""

    async def moved() -> None:
        act = partial(move, desk.catalogue, [doubt.annotation], doubt.other, person.name)
        await do(desk, Role.CURATOR, act, f"Named {names[doubt.other]}.")

    with ui.element("div").classes("tools"):
        button(f"It is {names[doubt.other]}", moved)
        ui.link(f"It is {names[doubt.named]}: look again", f"/photos/{doubt.annotation}").classes("button")
