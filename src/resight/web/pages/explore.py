"""Explore: all animals on a plane, near those that they are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.decisions import NewIndividual
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append_together
from resight.catalogue.lookup import catalogued
from resight.catalogue.present import living
from resight.errors import CatalogueError
from resight.export.words import counted
from resight.identify.plane import read_plane
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.orders import Kind, order_of
from resight.web.pages.acting import ask, button, do, numbers
from resight.web.pages.frame import frame, heading, nothing, page
from resight.web.pages.whom import Whom, move, moving

MOST = 5000  # photos that are named at once
ANSWERS = 10.0  # seconds that a browser has to say what is chosen


@dataclass(frozen=True, slots=True)
class Naming:
    """What giving these annotations a name comes to: whose it is now, and what becomes of those that have another."""

    annotations: tuple[int, ...]
    name: str
    individual: int | None
    others: tuple[str, ...]
    changed: int


class Scatter(ui.element, component=Path(__file__).parent.parent / "static" / "scatter.js"):
    """The client's part: points that are coloured, looked at, and chosen with a lasso.

    What is inside it stands with the chosen ones.
    """

    def __init__(self, may: bool) -> None:
        super().__init__()
        self._props["may"] = may

    async def chosen(self) -> list[int]:
        """The annotations that are chosen in the browser, `MOST` of them and one more at the utmost."""
        found: object = await self.run_method("keys", timeout=ANSWERS)
        return numbers(found)


def add(desk: Desk) -> None:
    """The page /explore."""

    @page("/explore")
    async def explore(request: Request) -> None:
        person: Person = request.state.person
        made = await run_in_threadpool(read_plane, desk.catalogue) is not None
        with frame(desk, person, "/explore", "Explore"):
            heading("Explore", "Animals that are near each other look alike to the program.")
            may = person.role.may(Role.CURATOR)
            if may:
                with ui.element("div").classes("tools"):
                    button("Make the plane anew", lambda: _make(desk, person))
            if not made:
                nothing("No plane has been made yet.", "It takes a minute for a thousand photos.")
                return
            with Scatter(may) as scatter:
                if may:
                    _naming(desk, person, scatter)


def _naming(desk: Desk, person: Person, scatter: Scatter) -> None:
    """The field for whom the chosen show; nothing is written before it was said what that changes."""
    with ui.element("div").classes("tools"):
        whom = Whom("The chosen show")

        async def act() -> None:
            chosen, name = await scatter.chosen(), whom.name
            if not chosen or not name:
                ui.notify("Choose some, and say whom they show.", type="warning")
                return
            if len(chosen) > MOST:
                ui.notify(f"At most {MOST:,} are named at once. Choose fewer.", type="warning")
                return
            naming = await ask(desk, Role.CURATOR, lambda: foreseen(desk.catalogue, chosen, name))
            if naming is not None:
                _confirm(desk, person, naming)

        button("Name them …", act)


def _confirm(desk: Desk, person: Person, naming: Naming) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(
            f"{counted(naming.changed, 'photo')} {'shows' if naming.changed == 1 else 'show'} {naming.name}?"
        ).classes("said")
        if naming.individual is None:
            ui.label(f"There is no {naming.name} yet: this is a new animal.")
        if naming.others:
            ui.label(f"Those named {_listed(naming.others)} lose that name.")
        ui.label("It can be undone.").classes("quiet")

        async def done() -> None:
            dialog.close()
            act = partial(name_all, desk.catalogue, naming, person.name)
            await do(desk, Role.CURATOR, act, f"Named {naming.name}.")

        with ui.element("div").classes("tools"):
            button("Yes, a new animal" if naming.individual is None else "Yes, name them", done)
            button("Leave it", dialog.close)
    dialog.open()


def foreseen(catalogue: Catalogue, annotations: Sequence[int], name: str) -> Naming:
    """What the name would change; CatalogueError where that is nothing."""
    with catalogue.reading() as session:
        individual = living(session, [name]).get(name)
    changed = [one for one in catalogued(catalogue, annotations) if individual is None or one.individual != individual]
    if not changed:
        raise CatalogueError(f"they show {name} already")
    others = sorted({one.name for one in changed if one.name})
    return Naming(tuple(annotations), name, individual, tuple(others), len(changed))


def name_all(catalogue: Catalogue, naming: Naming, by: str) -> None:
    """Decide that they show this individual, or a new one, all of it or nothing.

    CatalogueError where it would change other things by now than were foreseen.
    """
    if foreseen(catalogue, naming.annotations, naming.name) != naming:
        raise CatalogueError("somebody has named some of these meanwhile: look again")
    if naming.individual is not None:
        move(catalogue, naming.annotations, naming.individual, by)
        return
    unnamed = moving(catalogued(catalogue, naming.annotations), None)
    append_together(catalogue, [*unnamed, NewIndividual(naming.name, naming.annotations)], by)


def _listed(names: Sequence[str]) -> str:
    """Some names in a sentence.

    >>> _listed(["Anna"]), _listed(["Anna", "Bea", "Cid", "Dot", "Eve"])
    ('Anna', 'Anna, Bea, Cid and 2 more')
    """
    return ", ".join(names) if len(names) < 5 else f"{', '.join(names[:3])} and {len(names) - 3} more"


async def _make(desk: Desk, person: Person) -> None:
    order = order_of(Kind.PLANE, desk.catalogue.folder, person.name)
    if await ask(desk, Role.CURATOR, lambda: desk.board.add(order)):
        ui.navigate.to("/jobs")
