"""What a page does when it is told to: only if the person still may, and with a word on what became of it."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from resight.catalogue.people import people
from resight.catalogue.roles import Person, Role
from resight.errors import ResightError
from resight.web.desk import Desk


def button(text: str, act: Callable[..., object]) -> ui.button:
    """A button in the manner of all pages."""
    # Quasar's own colours win over any style sheet, so there must be none.
    return ui.button(text, on_click=act, color=None).classes("button").props("flat no-caps")


async def ticked_annotations() -> list[int]:
    """The annotations whose pictures are ticked on the page."""
    found: list[int] = await ui.run_javascript(
        "Array.from(document.querySelectorAll('input[name=annotation]:checked'), (one) => Number(one.value))"
    )
    return found


def still(desk: Desk, person: Person, needed: Role) -> bool:
    """Whether the person has the role now, and not only when the page was opened; if not, the page says so."""
    if desk.open_door:
        return True
    now = next((one for one in people(desk.catalogue) if one.active and one.name == person.name), None)
    if now is not None and now.role.may(needed):
        return True
    ui.notify("You may not do that any more.", type="negative")
    return False


def do(desk: Desk, person: Person, needed: Role, act: Callable[[], object], said: str) -> None:
    """Do it, say so, and show the page as it is now; say why where it cannot be done."""
    if not still(desk, person, needed):
        return
    try:
        act()
    except ResightError as error:
        ui.notify(str(error), type="negative", multi_line=True, timeout=8000)
        return
    ui.notify(said, type="positive")
    ui.navigate.reload()
