"""Worth a second look: where two people did not agree, and names that look wrong."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from resight.catalogue.decisions import Says
from resight.catalogue.lookup import Catalogued, catalogued, individuals, names_ever
from resight.catalogue.opinions import Voice, disagreements
from resight.catalogue.roles import Person, Role
from resight.export.words import counted, percent
from resight.identify.doubts import Suspicion, read_doubts, suspicions
from resight.web.desk import Desk
from resight.web.pages.acting import button, still
from resight.web.pages.frame import frame, heading, nothing
from resight.web.pages.grid import thumbnail
from resight.work.jobs import Order

SHOWN = 60
SHOWN_PHOTOS = 4


def add(desk: Desk) -> None:
    """The page /doubts."""

    @ui.page("/doubts")
    def doubts(request: Request) -> None:
        person: Person = request.state.person
        apart = disagreements(desk.catalogue)
        found = read_doubts(desk.catalogue)
        known = {one.id: one for one in individuals(desk.catalogue)}
        # What was found is of the day it was found: since then names may have been put right.
        standing = [doubt for doubt in found or () if doubt.named in known and doubt.other in known]
        names = {one.id: one.individual for one in catalogued(desk.catalogue, [doubt.annotation for doubt in standing])}
        standing = [doubt for doubt in standing if names[doubt.annotation] == doubt.named]
        together = suspicions(standing, {key: one.annotations for key, one in known.items()})
        with frame(desk, person, "/doubts", "Doubts"):
            heading("Worth a second look", "Where two people did not agree, and names that look wrong.")
            if person.role.may(Role.CURATOR):
                with ui.element("div").classes("tools"):
                    button("Look for names that look wrong", lambda: _look(desk, person))
            if not apart and not together:
                text = "Nobody has looked for wrong names yet." if found is None else "No name looks wrong."
                nothing(text, "Every named photo is asked again, and compared with the other encounters.")
                return
            if apart:
                _apart(desk, apart)
            if together:
                _together(desk, together[:SHOWN])


def _look(desk: Desk, person: Person) -> None:
    if not still(desk, person, Role.CURATOR):
        return
    desk.board.add(Order("Look for names that look wrong", ("doubts", str(desk.catalogue.folder)), person.name))
    ui.navigate.to("/jobs")


def _apart(desk: Desk, apart: dict[int, list[Voice]]) -> None:
    names = names_ever(desk.catalogue)
    with ui.element("section").classes("panel"):
        ui.html("<h2>Two people did not agree</h2>", sanitize=False)
        with ui.element("ul").classes("grid"):
            for one in catalogued(desk.catalogue, list(apart)[:SHOWN]):
                said = "; ".join(f"{voice.by}: {_said(voice, names)}" for voice in apart[one.id])
                thumbnail(one, said, one.encounter, f"/review/{one.id}?settle=true")


def _said(voice: Voice, names: dict[int, str]) -> str:
    if voice.says is Says.UNSURE:
        return "cannot tell"
    return "somebody new" if voice.individual is None else names[voice.individual]


def _together(desk: Desk, together: list[Suspicion]) -> None:
    names = names_ever(desk.catalogue)
    ids = {key for one in together for doubt in one.doubts[:SHOWN_PHOTOS] for key in (doubt.annotation, doubt.best)}
    animals = {one.id: one for one in catalogued(desk.catalogue, sorted(ids))}
    for one in together:
        sure = percent(max(doubt.p for doubt in one.doubts))
        named, other = names[one.named], names[one.other]
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
                    _pair(animals[doubt.annotation], animals[doubt.best])
            with ui.element("div").classes("tools"):
                ui.link(f"Open {named}", f"/individuals/{one.named}").classes("button")
                ui.link(f"Open {other}", f"/individuals/{one.other}").classes("button")


def _pair(one: Catalogued, other: Catalogued) -> None:
    with ui.element("ul").classes("grid two"):
        for shown in one, other:
            thumbnail(shown, shown.name, shown.encounter, f"/photos/{shown.id}")
