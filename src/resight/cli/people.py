"""resight people: who may use a catalogue in the browser, and for what."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import out, say, user, write_json
from resight.cli.options import Folder, Json
from resight.roles import Role

app = typer.Typer(help="Who may use the catalogue in the browser, and for what.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name, as it will stand in the decision log.")]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out.")
]


@app.command("list")
def list_(catalogue: Folder, json: Json = None) -> None:
    """Show who may log in.

    Example: resight people list whales
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.people import people

    with open_catalogue(catalogue) as opened:
        found = people(opened)
    if json is None:
        for one in found:
            out.print(f"{one.name:<24} {one.role.value:<10} {'' if one.active else 'locked out'}", markup=False)
        if not found:
            say("Nobody has to log in yet: 'resight serve' serves this machine alone.")
    write_json(json, [{"name": one.name, "role": one.role.value, "active": one.active} for one in found])


@app.command("add")
def add(
    catalogue: Folder,
    name: Name,
    password: Password,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.REVIEWER,
) -> None:
    """Let somebody in. From the first person on, everybody has to log in.

    Example: resight people add whales Anna --role admin
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.people import add_person

    with open_catalogue(catalogue) as opened:
        add_person(opened, name, password, role, user())
    say(f"{name} may log in as {role.value}.")


@app.command("change")
def change(
    catalogue: Folder,
    name: Name,
    role: Annotated[Role | None, typer.Option(help="Another role.")] = None,
    locked: Annotated[bool | None, typer.Option("--lock-out/--let-in", help="May the person come in?")] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
) -> None:
    """Give somebody another role or password, or lock them out.

    Example: resight people change whales Anna --lock-out
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.people import change_person

    new = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else ""
    with open_catalogue(catalogue) as opened:
        change_person(opened, name, user(), role, None if locked is None else not locked, new)
    say(f"Changed {name}.")
