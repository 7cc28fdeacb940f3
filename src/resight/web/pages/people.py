"""People: who may do what; one's own password and tokens; and what happened at the door."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from resight.catalogue import people
from resight.catalogue.roles import Person, Role
from resight.errors import ResightError
from resight.web.desk import Desk
from resight.web.pages.acting import button, do
from resight.web.pages.frame import frame, heading, nothing

SHOWN_VISITS = 200
MAY = {
    Role.VIEWER: "looks",
    Role.REVIEWER: "looks, and says who is in a photo",
    Role.CURATOR: "also merges, splits, renames, corrects, adds photos and runs jobs",
    Role.ADMIN: "also lets people in",
}


def add(desk: Desk) -> None:
    """The pages /people, /account and /audit."""

    @ui.page("/people")
    def everybody(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/people", "People"):
            heading("People", "Who may do what in this catalogue.")
            if not person.role.may(Role.ADMIN):
                nothing("This page is for admins.")
                return
            _list(desk, person)
            _new(desk, person)

    @ui.page("/account")
    def account(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/account", "Your account"):
            heading(person.name, f"{person.role.value.capitalize()}: {MAY[person.role]}.")
            if desk.open_door:
                nothing("This catalogue is open on this machine alone.", "Nobody has to log in.")
                return
            _password(desk, person)
            _tokens(desk, person)

    @ui.page("/audit")
    def audit(request: Request) -> None:
        person: Person = request.state.person
        with frame(desk, person, "/people", "Audit"):
            heading("What happened at the door", "Decisions are in the history of each individual.")
            if not person.role.may(Role.ADMIN):
                nothing("This page is for admins.")
                return
            entries = people.visits(desk.catalogue, SHOWN_VISITS)
            if not entries:
                nothing("Nothing yet.")
            with ui.element("ul").classes("log panel"):
                for entry in entries:
                    with ui.element("li"):
                        ui.label(entry.at.strftime("%Y-%m-%d %H:%M:%S")).classes("quiet")
                        ui.label(entry.what)
                        ui.label(entry.who).classes("quiet")


def _list(desk: Desk, person: Person) -> None:
    listed = people.people(desk.catalogue)
    if not listed:
        nothing(
            "Nobody has to log in yet.",
            "First add yourself, as admin, and start 'resight serve' again: then all must log in.",
        )
        return
    with ui.element("section").classes("panel"):
        with ui.element("table").classes("people"):
            ui.html("<tr><th>Name</th><th>Role</th><th>May come in</th></tr>", sanitize=False)
            for one in listed:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.label(one.name)
                    with ui.element("td"):
                        ui.select(
                            {role.value: f"{role.value} – {MAY[role]}" for role in Role},
                            value=one.role.value,
                            on_change=lambda e, name=one.name: _change(desk, person, name, role=Role(e.value)),
                        ).props("outlined dense").props(f'aria-label="Role of {one.name}"')
                    with ui.element("td"):
                        ui.checkbox(
                            value=one.active,
                            on_change=lambda e, name=one.name: _change(desk, person, name, active=bool(e.value)),
                        ).props(f'aria-label="{one.name} may come in"')
        ui.link("What happened at the door", "/audit").classes("button")


def _new(desk: Desk, person: Person) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Let somebody in</h2>", sanitize=False)
        with ui.element("div").classes("notes"):
            name = ui.input("Name").props("outlined dense")
            password = ui.input("First password", password=True).props("outlined dense autocomplete=new-password")
            role = ui.select(
                {role.value: f"{role.value} – {MAY[role]}" for role in Role}, value=Role.REVIEWER.value, label="Role"
            ).props("outlined dense")

        def add_one() -> None:
            new = name.value, password.value, Role(role.value)
            do(desk, person, Role.ADMIN, lambda: people.add_person(desk.catalogue, *new, person.name), "Added.")

        button("Add", add_one)


def _change(desk: Desk, person: Person, name: str, role: Role | None = None, active: bool | None = None) -> None:
    changed = lambda: people.change_person(desk.catalogue, name, person.name, role, active)  # noqa: E731
    do(desk, person, Role.ADMIN, changed, "Changed.")
    desk.known.forget()


def _password(desk: Desk, person: Person) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Another password</h2>", sanitize=False)
        new = ui.input("New password", password=True).props("outlined dense autocomplete=new-password")

        def change() -> None:
            said = new.value or " "
            do(
                desk,
                person,
                Role.VIEWER,
                lambda: people.change_person(desk.catalogue, person.name, person.name, password=said),
                "Changed. Log in again.",
            )
            desk.known.forget()

        button("Change it", change)


def _revoke(desk: Desk, person: Person, label: str) -> None:
    do(desk, person, Role.VIEWER, lambda: people.revoke(desk.catalogue, person.name, label), "Revoked.")


def _tokens(desk: Desk, person: Person) -> None:
    with ui.element("section").classes("panel"):
        ui.html("<h2>Tokens for your programs</h2>", sanitize=False)
        ui.label("A program that sends one as 'Authorization: Bearer …' may do what you may.").classes("quiet")
        for token in people.tokens(desk.catalogue, person.name):
            with ui.element("div").classes("tools"):
                ui.label(f"{token.label}, since {token.made_at:%Y-%m-%d}")
                button("Revoke", lambda label=token.label: _revoke(desk, person, label))
        label = ui.input("What it is for").props("outlined dense")

        def make() -> None:
            try:
                token = people.new_token(desk.catalogue, person.name, label.value)
            except ResightError as error:
                ui.notify(str(error), type="negative")
                return
            with ui.dialog() as dialog, ui.card().classes("dialog broad"):
                ui.label("Copy it now: it is not shown again.").classes("said")
                ui.label(token).classes("token")
                button("Done", ui.navigate.reload)
            dialog.open()

        button("Make a token", make)
