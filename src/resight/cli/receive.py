"""resight receive: take in what was sent through the browser; the job that finishing an upload asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from resight.cli import add, identify
from resight.cli.console import list_rejected, progress, say
from resight.cli.options import By, Folder
from resight.errors import ResightError
from resight.types import Rejection
from resight.web.uploads import Purpose


def receive(
    catalogue: Folder,
    key: Annotated[str, typer.Argument(help="The key of the upload.")],
    purpose: Annotated[Purpose, typer.Option(help="Find out who the animals are, or add known ones.")],
    by_folder: Annotated[bool, typer.Option("--by-folder", help="As for 'add'.")] = False,
    skipped: Annotated[int, typer.Option(min=0, help="How many outer folders are not called as an animal.")] = 0,
    by: By = None,
) -> None:
    """Open the zips of an upload, cut animals out of its films, join its tables to its photos; identify or add them.

    Stopped at any moment, the same command goes on where it stopped.

    Example: resight receive whales 5d41402abc4b2a76b9719d91 --purpose identify
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.store import add_rejected
    from resight.export.words import counted
    from resight.web.films import follow_films
    from resight.web.joined import join_tables
    from resight.web.named_folders import starts
    from resight.web.received import drop, partial_files
    from resight.web.uploads import find
    from resight.web.zips import unpack

    rejected: list[Rejection] = []
    with open_catalogue(catalogue) as opened, progress() as tell:

        def note(found: Sequence[Rejection]) -> None:
            # At once: whatever interrupts this, nothing is left out in silence.
            rejected.extend(found)
            with opened.writing() as session:
                add_rejected(session, found)

        upload = find(opened.folder, key)
        with upload.held():
            note(parts := partial_files(upload))
            drop(upload, parts)
            note(unpack(upload, lambda done, total: tell("Opening zips", done, total)))
            tables, unjoined = join_tables(upload)
            note(unjoined)
            films = follow_films(opened.folder, upload, tell)
            note(films.rejected)
    list_rejected(rejected, in_json=False)
    tables += films.tables
    # A table that was sent names its photos itself.
    photos = [] if len(tables) > len(films.tables) else starts(upload, skipped)
    try:
        if tables or photos:
            _take_in(catalogue, photos, tables, purpose, by_folder, by)
    except typer.Exit as end:
        if end.exit_code > 1 or not films.waiting:
            raise
    if films.waiting:
        raise ResightError(
            f"{counted(len(films.waiting), 'film')} cannot be looked at without a detector, which finds the animals. "
            "Train one on the page Jobs, or put an ONNX model into the folder 'detectors' of the catalogue, and press "
            "Again: nothing has to be sent once more"
        )
    if not tables and not photos:
        say("There is no photo in what was sent, and no animal in its films.")
    if rejected:
        raise typer.Exit(1)


def _take_in(
    catalogue: Path, photos: list[Path], tables: list[Path], purpose: Purpose, by_folder: bool, by: str | None
) -> None:
    if purpose is Purpose.IDENTIFY:
        identify.identify(catalogue, photos, tables, copy=True, by=by)
    else:
        add.add(catalogue, photos, tables, by_folder, copy=True, by=by)
