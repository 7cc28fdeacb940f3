"""resight init: make a catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import say, warn, write_json
from resight.cli.options import Folder, Json, Method, SidesOption


def init(
    catalogue: Folder,
    database: Annotated[
        str | None,
        typer.Option(
            help="Keep the records in this PostgreSQL database (postgresql://user@host/name), not in the folder."
        ),
    ] = None,
    method: Method = "auto",
    sides: Annotated[
        SidesOption, typer.Option(help="'apart' never compares a left side with a right one; 'any' does.")
    ] = SidesOption.APART,
    reviewers: Annotated[
        int, typer.Option(min=1, max=2, help="2: what is said in the browser decides once two people say the same.")
    ] = 1,
    json: Json = None,
) -> None:
    """Make a new, empty catalogue in a folder.

    Example: resight init whales
    """
    from resight.catalogue.folder import create
    from resight.method import open_method

    chosen = open_method(method)
    # The best method is found from the photos: it is settled with the first that are added.
    settled = None if method == "auto" else chosen.name
    create(catalogue, database, method=settled, sides=sides.value, reviewers=reviewers).close()
    for warning in chosen.warnings:
        warn(warning)
    if json is None:
        say(
            f"Made the catalogue {catalogue} (method {settled or 'to be chosen from its photos'}, sides {sides.value})."
        )
        say(f"Next: resight add {catalogue} PHOTOS --by-folder")
    write_json(json, {"catalogue": str(catalogue), "method": settled or "auto", "sides": sides.value})
