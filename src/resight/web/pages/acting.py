"""What a page does when it is told to: only if the person still may, and with a word on what became of it.

A page and its buttons run on the event loop, and nobody is served while they do. So what reads or writes the catalogue
does it in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue.people import opens
from resight.errors import ResightError
from resight.roles import Role
from resight.web.desk import Desk
from resight.web.door import key_of

T = TypeVar("T")


def button(text: str, act: Callable[..., object]) -> ui.button:
    """A button in the manner of all pages; an `act` that is, or returns, a coroutine is awaited."""
    # Quasar's own colours win over any style sheet, so there must be none.
    return ui.button(text, on_click=act, color=None).classes("button").props("flat no-caps")


async def ticked_annotations() -> list[int]:
    """The annotations whose pictures are ticked on the page."""
    found: object = await ui.run_javascript(
        "Array.from(document.querySelectorAll('input[name=annotation]:checked'), (one) => Number(one.value))"
    )
    return numbers(found)


def numbers(found: object) -> list[int]:
    """The numbers of annotations that a browser says; none, where there is anything else among them.

    A browser can be made to send 5.0, and the log would keep it for ever.

    >>> numbers([3, 5, 3]), numbers([5.0]), numbers([True]), numbers("7")
    ([3, 5], [], [], [])
    """
    if not isinstance(found, list) or not all(type(key) is int and 0 < key < 2**31 for key in found):
        return []
    return list(dict.fromkeys(found))


async def still(desk: Desk, needed: Role) -> bool:
    """Whether the page's session, or token, is open now, and its person has the role now; if not, the page says so."""
    if desk.open_door:
        return True
    now = await run_in_threadpool(opens, desk.catalogue, key_of(ui.context.client.request.headers))
    if now is not None and now.role.may(needed):
        return True
    ui.notify("You may not do that any more." if now else "You are logged out. Log in again.", type="negative")
    return False


async def ask(desk: Desk, needed: Role, act: Callable[[], T]) -> T | None:
    """What the act comes to; None where the person may not, or it cannot be done, and then the page says why."""
    try:
        return await run_in_threadpool(act) if await still(desk, needed) else None
    except ResightError as error:
        ui.notify(str(error), type="negative", multi_line=True, timeout=8000)
        return None


async def do(desk: Desk, needed: Role, act: Callable[[], object], said: str) -> None:
    """Do it, say so, and show the page as it is now; say why where it cannot be done."""

    def acted() -> bool:
        act()
        return True

    if await ask(desk, needed, acted):
        ui.notify(said, type="positive")
        ui.navigate.reload()
