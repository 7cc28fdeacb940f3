"""How a curator puts an individual right: another name, merged with another, or a part of its photos split off."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from resight.catalogue.decisions import Merged, Renamed, Split, tidy_name
from resight.catalogue.log import append
from resight.catalogue.lookup import Catalogued, catalogued, individuals
from resight.export.words import counted
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.known import About, annotations_of
from resight.web.pages.acting import ask, button, do, ticked_annotations
from resight.web.pages.grid import thumbnail


def tools(desk: Desk, person: Person, known: About, photos: list[Catalogued]) -> None:
    """The buttons of an individual's page."""
    with ui.element("div").classes("tools"):
        button("Rename", lambda: _rename(desk, person, known))
        button("Merge with another", lambda: _merge(desk, person, known, photos))

        async def split() -> None:
            _split(desk, person, known, photos, await ticked_annotations())

        button("Split off the ticked photos", split)


def _rename(desk: Desk, person: Person, known: About) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"Another name for {known.name}").classes("said")
        name = ui.input("Name", value=known.name).props("outlined autofocus")

        async def done() -> None:
            dialog.close()
            called = tidy_name(name.value or "")
            await do(
                desk, Role.CURATOR, lambda: append(desk.catalogue, Renamed(known.id, called), person.name), "Renamed."
            )

        button("Rename", done)
    dialog.open()


async def _merge(desk: Desk, person: Person, known: About, photos: Sequence[Catalogued]) -> None:
    there = await ask(desk, Role.CURATOR, lambda: individuals(desk.catalogue))
    if there is None:
        return
    others = {one.id: one.name for one in there if one.id != known.id}
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(f"{known.name} is the same animal as …").classes("said")
        chosen = ui.select(others, with_input=True, label="Name").props("outlined autofocus")
        preview = ui.column()

        async def show() -> None:
            preview.clear()
            other: int | None = chosen.value
            if other is None:
                return
            joining = await ask(desk, Role.CURATOR, lambda: _photos(desk, other))
            if joining is None or chosen.value != other:
                return
            with preview:
                ui.label(
                    f"{known.name} takes {counted(len(joining), 'photo')} of {others[other]}, and then has "
                    f"{len(photos) + len(joining)}. The name {others[other]} becomes free. You can undo it."
                )
                with ui.element("ul").classes("grid small"):
                    for one in [*photos[:3], *joining[:3]]:
                        thumbnail(one, one.name, one.encounter)

        async def done() -> None:
            dialog.close()
            if chosen.value is not None:
                merged = Merged(known.id, chosen.value)
                await do(desk, Role.CURATOR, lambda: append(desk.catalogue, merged, person.name), "Merged.")

        chosen.on_value_change(show)
        button("Merge", done)
    dialog.open()


def _photos(desk: Desk, individual: int) -> list[Catalogued]:
    return catalogued(desk.catalogue, annotations_of(desk.catalogue, individual))


def _split(desk: Desk, person: Person, known: About, photos: Sequence[Catalogued], ticked: Sequence[int]) -> None:
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

        async def done() -> None:
            dialog.close()
            called = tidy_name(name.value or "")
            if not called:
                ui.notify("It needs a name.", type="warning")
                return

            def split() -> None:
                append(desk.catalogue, Split(known.id, called, tuple(ticked)), person.name)

            await do(desk, Role.CURATOR, split, "Split.")

        button("Split", done)
    dialog.open()
