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

    With --method the catalogue goes on with the old one until all are described by the new, and if some cannot be, it
    keeps the old one; names and decisions stay.
    Going back is quick: what the old method described is kept. Stopped at any moment, the same command goes on.

    Example: resight describe whales --method onnx:model/model.onnx
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.folder import read_settings, settle
    from resight.catalogue.vectors import described
    from resight.config import settings
    from resight.export.words import counted
    from resight.method import open_method
    from resight.work.processes import local_processes
    from resight.work.rest import describe_rest

    with open_catalogue(catalogue) as opened, progress() as tell:
        chosen = open_method(method or opened.settings.method or "auto")
        rest = describe_rest(
            opened,
            chosen.name,
            chosen.fingerprint,
            local_processes(settings().workers),
            lambda done, total: tell("Describing", done, total),
        )
        now = read_settings(opened.folder)  # it may have been hours
        changing = method is not None and chosen.name != now.method
        old = open_method(now.method).fingerprint if changing and now.method else ""
        lost = len(described(opened, old).keys() - described(opened, chosen.fingerprint).keys()) if old else 0
        if changing and not lost:
            settle(opened, chosen.name)
    for warning in chosen.warnings:
        warn(warning)
    list_rejected(rest.rejected, in_json=False)
    if lost:
        raise ResightError(
            f"{counted(lost, 'animal')} could not be described by {chosen.name}, as said above, so {catalogue} still "
            f"compares by {now.method}. Bring the photos back (resight relink), and start this again"
        )
    say(f"Described {rest.described:,}. {catalogue} compares by {chosen.name}.")
    say(f"Ask again who is unnamed: resight identify {catalogue} --again")
    if rest.rejected:
        raise typer.Exit(1)
