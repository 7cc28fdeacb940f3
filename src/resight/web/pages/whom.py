"""Photos that show somebody else than they are named as: who it is, and the decisions that say so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.events import GenericEventArguments

from resight.catalogue.decisions import Assigned, Decision, Rejected, tidy_name
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append_together
from resight.catalogue.lookup import Catalogued, catalogued, individual_named
from resight.errors import CatalogueError
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.pages.acting import button, do


class Whom(ui.element, component=Path(__file__).parent.parent / "static" / "whom.js"):
    """The client's part: a field for a name, which suggests those that there are. `name` is what stands in it."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._props["label"] = label
        self.name = ""
        self.on("named", self._named)

    def _named(self, event: GenericEventArguments) -> None:
        self.name = tidy_name(str(event.args))


def moving(animals: Sequence[Catalogued], individual: int | None) -> list[Decision]:
    """What is to be decided, together, for these to show this individual, or nobody who is known.

    Those that have another name lose it first. Those that show it already are left as they are.
    """
    moved = [one for one in animals if one.individual != individual]
    made: list[Decision] = [Rejected(one.id, one.individual) for one in moved if one.individual is not None]
    if individual is not None and moved:
        made.append(Assigned(tuple(one.id for one in moved), individual))
    return made


def move(catalogue: Catalogue, annotations: Sequence[int], individual: int | None, by: str) -> None:
    """Decide that these annotations show this individual, or nobody who is known; CatalogueError if they do already."""
    made = moving(catalogued(catalogue, annotations), individual)
    if not made:
        raise CatalogueError("that is how they are named already")
    append_together(catalogue, made, by)


def someone_else(desk: Desk, person: Person, one: Catalogued) -> None:
    """A button by which a named photo is given to another individual, or to nobody."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"This is not {one.name}. Who is it?").classes("said")
        whom = Whom("Name")

        async def named() -> None:
            if not whom.name:
                ui.notify("Say who it is.", type="warning")
                return
            dialog.close()
            name = whom.name

            def to_name() -> None:
                move(desk.catalogue, [one.id], individual_named(desk.catalogue, name), person.name)

            await do(desk, Role.CURATOR, to_name, f"Named {name}.")

        async def unnamed() -> None:
            dialog.close()
            act = partial(move, desk.catalogue, [one.id], None, person.name)
            await do(desk, Role.CURATOR, act, f"It is not {one.name} any more.")

        with ui.element("div").classes("tools"):
            button("That is who it is", named)
            button("Nobody known", unnamed)
    button("This is someone else", dialog.open)
