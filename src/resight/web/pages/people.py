"""People: who may do what; one's own password and tokens; and what happened at the door."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue import people
from resight.catalogue.people import Listed, Token
from resight.errors import CatalogueError
from resight.roles import Person, Role
from resight.web.desk import Desk
from resight.web.door import Tries
from resight.web.pages.acting import ask, button, do
from resight.web.pages.frame import frame, heading, nothing, page

SHOWN_VISITS = 200
MAY = {
    Role.VIEWER: "looks",
    Role.REVIEWER: "looks, and says who is in a photo",
    Role.CURATOR: "also merges, splits, renames, corrects, adds photos and runs jobs",
    Role.ADMIN: "also lets people in",
}


def add(desk: Desk) -> None:
    """The pages /people, /account and /audit."""
    tries = Tries()

    @page("/people")
    async def everybody(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/people", "People"):
            heading("People", "Who may do what in this catalogue.")
            if not person.role.may(Role.ADMIN):
                nothing("This page is for admins.")
                return
            _list(desk, person, await run_in_threadpool(people.people, desk.catalogue))
            _new(desk, person)

    @page("/account")
    async def account(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/account", "Your account"):
            heading(person.name, f"{person.role.value.capitalize()}: {MAY[person.role]}.")
            if desk.open_door:
                nothing("This catalogue is open on this machine alone.", "Nobody has to log in.")
                return
            _password(desk, person, tries)
            _tokens(desk, person, await run_in_threadpool(people.tokens, desk.catalogue, person.name))

    @page("/audit")
    async def audit(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/people", "Audit"):
            heading("What happened at the door", "Decisions are in the history of each individual.")
            if not person.role.may(Role.ADMIN):
                nothing("This page is for admins.")
                return
            entries = await run_in_threadpool(people.visits, desk.catalogue, SHOWN_VISITS)
            if not entries:
                nothing("Nothing yet.")
            with ui.element("ul").classes("log panel"):
                for entry in entries:
                    with ui.element("li"):
                        ui.label(entry.at.strftime("%Y-%m-%d %H:%M:%S")).classes("quiet")
                        ui.label(entry.what)
                        ui.label(entry.who).classes("quiet")


def _list(desk: Desk, person: Person, listed: Sequence[Listed]) -> None:
    if not listed:
        nothing(
            "Nobody has to log in yet.",
            "First add yourself, as admin, and start 'resight serve' again: then all must log in.",
        )
        return
    with ui.element("section").classes("panel"):
        with ui.element("table").classes("people"):
            with ui.element("tr"):
                for heading_ in ("Name", "Role", "May come in"):
                    with ui.element("th"):
                        ui.label(heading_)
            for one in listed:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.label(one.name)
                    with ui.element("td"):
                        role = ui.select(
                            {role.value: f"{role.value} – {MAY[role]}" for role in Role},
                            value=one.role.value,
                            on_change=lambda e, name=one.name: _change(desk, person, name, role=Role(e.value)),
                        ).props("outlined dense")
                        # As it stands: in `props` a quote or a backslash in a name would mean something.
                        role._props["aria-label"] = f"Role of {one.name}"
                    with ui.element("td"):
                        active = ui.checkbox(
                            value=one.active,
                            on_change=lambda e, name=one.name: _change(desk, person, name, active=bool(e.value)),
                        )
                        active._props["aria-label"] = f"{one.name} may come in"
        ui.link("What happened at the door", "/audit").classes("button second")


def _new(desk: Desk, person: Person) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Let somebody in</h2>", sanitize=False)
        with ui.element("div").classes("notes"):
            name = ui.input("Name").props("outlined dense")
            password = ui.input("First password", password=True).props("outlined dense autocomplete=new-password")
            role = ui.select(
                {role.value: f"{role.value} – {MAY[role]}" for role in Role}, value=Role.REVIEWER.value, label="Role"
            ).props("outlined dense")

        async def add_one() -> None:
            new = str(name.value or ""), str(password.value or ""), Role(role.value)
            await do(desk, Role.ADMIN, lambda: people.add_person(desk.catalogue, *new, person.name), "Added.")

        button("Add", add_one)


async def _change(desk: Desk, person: Person, name: str, role: Role | None = None, active: bool | None = None) -> None:
    def change() -> None:
        people.change_person(desk.catalogue, name, person.name, role, active)
        desk.known.forget()

    await do(desk, Role.ADMIN, change, "Changed.")


def _password(desk: Desk, person: Person, tries: Tries) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Another password</h2>", sanitize=False)
        with ui.element("div").classes("notes"):
            old = ui.input("Old password", password=True).props("outlined dense autocomplete=current-password")
            new = ui.input("New password", password=True).props("outlined dense autocomplete=new-password")
            tokens_too = ui.checkbox("Revoke my tokens too", value=True)

        async def change() -> None:
            said = str(old.value or ""), str(new.value or ""), bool(tokens_too.value)

            def changed() -> None:
                if not tries.begin(person.name):
                    raise CatalogueError("too many wrong passwords: wait five minutes, and try again")
                people.change_password(desk.catalogue, person.name, *said)
                tries.take_back(person.name)
                desk.known.forget()

            await do(desk, Role.VIEWER, changed, "Changed. Log in again.")

        button("Change it", change)


async def _revoke(desk: Desk, person: Person, label: str) -> None:
    def revoke() -> None:
        people.revoke(desk.catalogue, person.name, label)
        desk.known.forget()

    await do(desk, Role.VIEWER, revoke, "Revoked.")


def _tokens(desk: Desk, person: Person, tokens: Sequence[Token]) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Tokens for your programs</h2>", sanitize=False)
        ui.label("A program that sends one as 'Authorization: Bearer …' may do what you may.").classes("quiet")
        for token in tokens:
            with ui.element("div").classes("tools"):
                ui.label(f"{token.label}, since {token.made_at:%Y-%m-%d}")
                button("Revoke", lambda label=token.label: _revoke(desk, person, label))
        label = ui.input("What it is for").props("outlined dense")

        async def make() -> None:
            what_for = str(label.value or "")
            token = await ask(desk, Role.VIEWER, lambda: people.new_token(desk.catalogue, person.name, what_for))
            if token is None:
                return
            with ui.dialog() as dialog, ui.card().classes("dialog broad"):
                ui.label("Copy it now: it is not shown again.").classes("said")
                ui.label(token).classes("token")
                button("Done", ui.navigate.reload)
            dialog.open()

        button("Make a token", make)
