"""resight export: the catalogue for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import say
from resight.cli.options import Folder
from resight.export.formats import Format


def export(
    catalogue: Folder,
    into: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; '-' prints it.")],
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="'csv': a row for each animal in a photo, which 'resight add --table' reads again; 'json': all "
            "that is known; 'history': which individual was met on which day, for mark-recapture models.",
        ),
    ] = Format.CSV,
) -> None:
    """Write the whole catalogue as one file.

    Example: resight export whales whales.csv
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.export.catalogue import write
    from resight.export.identification import appearing

    if str(into) != "-":
        into.parent.mkdir(parents=True, exist_ok=True)
    with open_catalogue(catalogue) as opened, appearing(into) as file:
        write(opened, format_, file)
    if str(into) != "-":
        say(f"Wrote {into}.")
