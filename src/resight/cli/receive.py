"""resight receive: take in what was sent through the browser; the job that finishing an upload asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resight.cli import add, identify
from resight.cli.console import list_rejected, progress, say
from resight.cli.options import By, Folder
from resight.web.uploads import Purpose


def receive(
    catalogue: Folder,
    key: Annotated[str, typer.Argument(help="The key of the upload.")],
    purpose: Annotated[Purpose, typer.Option(help="Find out who the animals are, or add known ones.")],
    by_folder: Annotated[bool, typer.Option("--by-folder", help="As for 'add'.")] = False,
    by: By = None,
) -> None:
    """Open the zips of an upload, cut animals out of its films, join its tables to its photos; identify or add them.

    Stopped at any moment, the same command goes on where it stopped.

    Example: resight receive whales 5d41402abc4b2a76b9719d91 --purpose identify
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.store import add_rejected
    from resight.web.films import follow_films
    from resight.web.joined import join_tables
    from resight.web.received import drop_parts
    from resight.web.uploads import find
    from resight.web.zips import unpack

    with open_catalogue(catalogue) as opened, progress() as tell:
        upload = find(opened.folder, key)
        with upload.held():
            rejected = drop_parts(upload)
            rejected += unpack(upload, lambda done, total: tell("Opening zips", done, total))
            tables, unjoined = join_tables(upload)
            films, unseen = follow_films(opened.folder, upload, tell)
        rejected += unjoined + unseen
        with opened.writing() as session:
            add_rejected(session, rejected)
    list_rejected(rejected, in_json=False)
    # A table names its photos itself.
    paths: list[Path] = [] if tables else sorted(upload.photos.iterdir())
    if not tables and not films and not paths:
        say("There is no photo in what was sent, and no animal in its films.")
    elif purpose is Purpose.IDENTIFY:
        identify.identify(catalogue, paths, tables + films, copy=True, by=by)
    else:
        add.add(catalogue, paths, tables + films, by_folder and not tables, copy=True, by=by)
    if rejected:
        raise typer.Exit(1)
