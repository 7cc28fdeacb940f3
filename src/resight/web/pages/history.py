"""The decision log as people read it: on Home, and of one individual with a way to take back, and to count again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nicegui import ui

from resight.catalogue import derived
from resight.catalogue.decisions import Entry, Opinion, Undone
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append, decisions, history, undos
from resight.catalogue.lookup import catalogued, names_ever
from resight.catalogue.replay import retrace, voided
from resight.catalogue.words import describe
from resight.export.words import counted
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.pages.acting import ask, button, do

LOOKED_THROUGH = 20  # entries of the log for each that is shown, where some are not to be seen


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the log. `undone_by` is the undo that stands against it; an `undo` is one itself."""

    id: int
    at: datetime
    words: str
    by: str
    undone_by: int | None
    undo: bool


def lines(catalogue: Catalogue, person: Person, limit: int, individual: int | None = None) -> list[Line]:
    """The latest entries, or those that speak of an individual, as far as this person may see them.

    Where two people are to say the same without knowing of each other, whoever may be asked sees no one else's opinion
    of an animal that has no name yet. Curators see all: they settle.
    """
    if catalogue.settings.reviewers == 1 or person.role.may(Role.CURATOR):
        entries = history(catalogue, individual=individual, limit=limit)
    else:
        entries = _blind(catalogue, person, history(catalogue, individual=individual, limit=limit * LOOKED_THROUGH))
    names = names_ever(catalogue)
    return [
        Line(one.id, one.at, describe(one.decision, names), one.by, one.undone_by, isinstance(one.decision, Undone))
        for one in entries[:limit]
    ]


def _blind(catalogue: Catalogue, person: Person, entries: Sequence[Entry]) -> list[Entry]:
    about = {
        one.id: one.decision.annotation
        for one in entries
        if isinstance(one.decision, Opinion) and one.by != person.name
    }
    open_ = {one.id for one in catalogued(catalogue, list(about.values())) if one.individual is None}
    return [one for one in entries if about.get(one.id) not in open_]


def show(line: Line) -> None:
    """An entry's words, inside its `li`."""
    ui.label(line.at.strftime("%Y-%m-%d %H:%M")).classes("quiet")
    ui.label(line.words)
    ui.label(f"{line.by}{', undone since' if line.undone_by else ''}").classes("quiet")


def panel(desk: Desk, person: Person, shown: Sequence[Line]) -> None:
    """The history of an individual; a curator may take back each entry, and let it count again."""
    with ui.element("section").classes("panel"):
        ui.html("<h2>History</h2>", sanitize=False)
        with ui.element("ul").classes("log"):
            for line in shown:
                with ui.element("li").classes("undone" if line.undone_by else ""):
                    show(line)
                    if person.role.may(Role.CURATOR) and not line.undo:
                        _turning(desk, person, line)


def _turning(desk: Desk, person: Person, line: Line) -> None:
    """The button that takes the entry back; where it is taken back, one that undoes this."""
    word, undone = ("Undo", line.id) if line.undone_by is None else ("Count again", line.undone_by)

    async def asking() -> None:
        photos = await ask(desk, Role.CURATOR, lambda: touched(desk.catalogue, undone))
        if photos is None:
            return
        with ui.dialog() as dialog, ui.card().classes("dialog"):
            ui.label(f"{word}: {line.words}").classes("said")
            ui.label(f"This changes {counted(photos, 'photo') if photos else 'no photo'}.")

            async def done() -> None:
                dialog.close()
                said = "Undone." if line.undone_by is None else "It counts again."
                await do(desk, Role.CURATOR, lambda: append(desk.catalogue, Undone(undone), person.name), said)

            with ui.element("div").classes("tools"):
                button(f"Yes, {word.lower()}", done)
                button("Leave it", dialog.close)
        dialog.open()

    ui.button(word, on_click=asking, color=None).props("flat dense no-caps").classes("plain")


def touched(catalogue: Catalogue, undone: int) -> int:
    """How many annotations another state would have if this decision were undone, or this undo."""
    with catalogue.reading() as session:
        before = undos(session)
        turned = undone
        while turned in before:
            turned = before[turned]
        # An undo is later than all that there is; its number is not in the log yet.
        void = voided(before | {max((*before, undone)) + 1: undone})
        changes = retrace(derived.added_state(session), decisions(session), void, turned).changes
    return len(changes.annotations)
