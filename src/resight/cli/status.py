"""resight info, relink, repair: the state of a catalogue, and putting it right."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import list_rejected, say, warn, write_json
from resight.cli.options import Folder, Json


def info(catalogue: Folder, json: Json = None) -> None:
    """Say what a catalogue holds, and check that it is sound.

    Example: resight info whales
    """
    from resight.catalogue.check import check
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.lookup import counts
    from resight.catalogue.vectors import damaged

    with open_catalogue(catalogue) as opened:
        found, faults = counts(opened), check(opened)
        broken = damaged(opened)
    if json is None:
        say(f"{catalogue}: {found.photos} photos, {found.annotations} annotations ({found.unnamed} unnamed),")
        say(f"  {found.individuals} individuals, {found.encounters} encounters, {found.decisions} decisions.")
        for fault in faults:
            warn(fault)
        list_rejected(broken, "files of descriptors are damaged; run 'resight repair', then add their photos again")
        if not faults and not broken:
            say("Everything agrees with the decision log.")
    write_json(json, asdict(found) | {"faults": faults, "damaged": [asdict(one) for one in broken]})
    if faults or broken:
        raise typer.Exit(1)


def relink(
    catalogue: Folder,
    folder: Annotated[Path, typer.Argument(help="Where the photos are now.")],
    json: Json = None,
) -> None:
    """Find photos again, by their content, after folders were moved or renamed.

    Example: resight relink whales /media/disk2/photos
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.relink import relink as find_again

    with open_catalogue(catalogue) as opened:
        found = find_again(opened, folder)
    if json is None:
        say(f"{len(found.found)} photos found again, {len(found.lost)} still missing.")
        for path in found.lost[:20]:
            say(f"  missing: {path}")
    list_rejected(found.rejected)
    write_json(json, asdict(found))
    if found.lost or found.rejected:
        raise typer.Exit(1)


def repair(catalogue: Folder, json: Json = None) -> None:
    """Put a catalogue right: names as the decision log says, and damaged descriptors given up.

    Add the photos of damaged descriptors again to describe them anew.

    Example: resight repair whales
    """
    from resight.catalogue.check import check, rebuild
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.vectors import collect_garbage, damaged, forget

    with open_catalogue(catalogue) as opened:
        broken = damaged(opened)
        forget(opened, [one.path for one in broken])
        rebuild(opened)
        collect_garbage(opened)
        faults = check(opened)
    if json is None:
        say("Names, sides, boxes and encounters were derived again from the decision log.")
        if broken:
            say(f"{len(broken)} damaged files were given up: add their photos again to describe them.")
        for fault in faults:
            warn(f"could not be put right: {fault}")
    write_json(json, {"faults": faults, "given_up": [asdict(one) for one in broken]})
    if faults:
        raise typer.Exit(1)
