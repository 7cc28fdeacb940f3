"""resight describe: what cannot be compared yet, or everything by another method."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import list_rejected, progress, say, warn
from resight.cli.options import Folder
from resight.errors import ResightError


def describe(
    catalogue: Folder,
    method: Annotated[
        str | None,
        typer.Option(help="Compare by this method from now on, as for 'init': another one, or 'onnx:MODEL.onnx'."),
    ] = None,
) -> None:
    """Describe animals that cannot be compared yet: those whose box was corrected, or all by another method.

    With --method the catalogue goes on with the old one until all are described by the new; names and decisions stay.
    Going back is quick: what the old method described is kept. Stopped at any moment, the same command goes on.

    Example: resight describe whales --method onnx:model/model.onnx
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.folder import settle
    from resight.config import settings
    from resight.method import open_method
    from resight.work.processes import local_processes
    from resight.work.rest import describe_rest

    with open_catalogue(catalogue) as opened, progress() as tell:
        name = method or opened.settings.method
        if name is None:
            raise ResightError("nothing was added yet, so the catalogue has no method: add photos, or name a --method")
        chosen = open_method(name)
        rest = describe_rest(
            opened,
            chosen.name,
            chosen.fingerprint,
            local_processes(settings().workers),
            lambda done, total: tell("Describing", done, total),
        )
        if chosen.name != opened.settings.method:
            settle(opened, chosen.name)
    for warning in chosen.warnings:
        warn(warning)
    list_rejected(rest.rejected, in_json=False)
    say(f"Described {rest.described:,}. {catalogue} compares by {chosen.name}.")
    say(f"Ask again who is unnamed: resight identify {catalogue} --again")
    if rest.rejected:
        raise typer.Exit(1)
