"""resight add: known animals into the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resight.cli.console import list_rejected, progress, say, user, warn, write_json
from resight.cli.options import By, Copy, Folder, Json
from resight.errors import ResightError
from resight.types import Record, Rejection

if TYPE_CHECKING:
    from resight.work.near_copies import NearCopy

SHOWN_COPIES = 20


def add(
    catalogue: Folder,
    paths: Annotated[list[Path] | None, typer.Argument(help="Photos, or folders of photos.", metavar="PATH...")] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(help="A CSV table with the columns path, identity, side, encounter, date, x, y, w, h, …"),
    ] = None,
    by_folder: Annotated[
        bool,
        typer.Option("--by-folder", help="Each folder is an individual, a folder inside it an encounter or a side."),
    ] = False,
    copy: Copy = False,
    by: By = None,
    json: Json = None,
) -> None:
    """Add photographs of known animals: a folder per individual, or a table.

    Stopped at any moment, the same command goes on where it stopped. Originals are never changed.

    Example: resight add whales photos/ --by-folder
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.folder import settle
    from resight.config import settings
    from resight.match.comparable import Sides
    from resight.method import open_method
    from resight.work.add import add as add_all
    from resight.work.choose import choose
    from resight.work.processes import local_processes

    if not paths and not table:
        raise ResightError("nothing to add: name photos or folders, or a table with --table")
    total = sum(1 for _ in entries(paths or [], table or [], by_folder))
    with open_catalogue(catalogue) as opened, progress() as tell:
        run = local_processes(settings().workers if total > 16 else 1)
        name = opened.settings.method
        warnings: tuple[str, ...] = ()
        if name is None:
            stated = (entry for entry in entries(paths or [], table or [], by_folder) if isinstance(entry, Record))
            sides = Sides(opened.settings.sides)
            choice = choose(stated, run, sides, lambda done, ways: tell("Choosing the method", done, ways))
            name, warnings = choice.method, choice.warnings
            opened = settle(opened, name)
        method = open_method(name)
        report = add_all(
            opened,
            entries(paths or [], table or [], by_folder),
            method.name,
            method.fingerprint,
            run,
            by or user(),
            lambda done: tell("Reading, masking and describing photos", done, total),
            copy=copy,
        )
    for warning in (*method.warnings, *warnings):
        warn(warning)
    list_rejected(report.rejected)
    list_rejected(report.disputed, "known otherwise before, and left as they were")
    list_near_copies(report.near_copies)
    if json is None:
        say(f"Added {report.new} new annotations; {len(report.annotations) - report.new} were there before.")
    write_json(
        json,
        {
            "catalogue": str(catalogue),
            "new": report.new,
            "annotations": report.annotations,
            "rejected": [asdict(one) for one in report.rejected],
            "disputed": [asdict(one) for one in report.disputed],
            "near_copies": [asdict(one) for one in report.near_copies],
        },
    )
    if report.rejected or report.disputed:
        raise typer.Exit(1)


def list_near_copies(copies: Sequence[NearCopy]) -> None:
    """The first near-copies, each with the photo that it looks like, and how many more there are."""
    if not copies:
        return
    one = len(copies) == 1
    what = "photo looks like a smaller or re-saved copy" if one else "photos look like smaller or re-saved copies"
    lines = [f"  {copy.path} looks like {copy.of}" for copy in copies[:SHOWN_COPIES]]
    if len(copies) > SHOWN_COPIES:
        lines.append(f"  … and {len(copies) - SHOWN_COPIES} more; add --json lists all of them")
    warn("\n".join([f"{len(copies)} {what} of {'a photo' if one else 'photos'} the catalogue has:", *lines]))


def entries(paths: list[Path], tables: list[Path], by_folder: bool) -> Iterator[Record | Rejection]:
    """What the tables state, and then what lies in the folders."""
    from resight.media.folders import scan
    from resight.media.table import read_table

    for table in tables:
        yield from read_table(table)
    yield from scan(paths, by_folder=by_folder)


def without_names(paths: list[Path], tables: list[Path], by_encounter: bool) -> Iterator[Record | Rejection]:
    """The same, their names forgotten; the photos of a folder are of one encounter if `by_encounter`."""
    from resight.media.folders import met_in_folder
    from resight.work.completed import own_encounter

    for entry in entries(paths, tables, False):
        if isinstance(entry, Rejection):
            yield entry
            continue
        met = met_in_folder(entry) if by_encounter else entry
        # Tables often number the encounters of each individual anew, so the label needs the name that it loses.
        yield replace(met, identity=None, encounter=own_encounter(met))
