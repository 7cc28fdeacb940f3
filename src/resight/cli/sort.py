"""resight sort: a pile of photos without names, sorted into individuals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resight.cli.add import without_names
from resight.cli.console import list_rejected, progress, say, warn
from resight.cli.options import ByEncounter, SidesOption
from resight.errors import ResightError

TABLE, PAGE = "individuals.csv", "individuals.html"


def sort(
    into: Annotated[Path, typer.Option("--into", help="A folder for the table and the page.", metavar="FOLDER")],
    paths: Annotated[list[Path] | None, typer.Argument(help="Photos, or folders of photos.", metavar="PATH...")] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(help="A CSV table of photos, as for 'add'. Photos of one encounter stay together."),
    ] = None,
    by_encounter: ByEncounter = False,
    method: Annotated[
        str, typer.Option(help="How animals are compared, by their spots: 'patches+mask', 'patches:upright', …")
    ] = "patches+mask",
    sides: Annotated[
        SidesOption, typer.Option(help="'apart' never compares a left side with a right one; 'any' does.")
    ] = SidesOption.APART,
) -> None:
    """Sort photos of which nobody knows a name into individuals, and say how many animals there are.

    Writes a page with the photos of each, and a table that makes a catalogue of them: 'resight add CATALOGUE --table
    FOLDER/individuals.csv'. One animal may end up as several individuals; 'resight merge' joins them later.

    Example: resight sort card/ --into sorted
    """
    from dataclasses import replace

    from resight.config import settings
    from resight.export.pile import Sorting, summary, write_pile
    from resight.identify.pile import sort_pile
    from resight.identify.usual import usual
    from resight.match.comparable import Sides
    from resight.media.records import write_records
    from resight.method import open_method
    from resight.work.look import look
    from resight.work.processes import local_processes
    from resight.work.sample import labels_of

    if not paths and not table:
        raise ResightError("nothing to sort: name photos or folders, or a table with --table")
    if (into / TABLE).exists():
        raise ResightError(f"{into / TABLE} is there already: name another folder with --into, or move it away")
    given = list(without_names(paths or [], table or [], by_encounter))
    opened = open_method(method)
    calibration = usual(opened.fingerprint, opened.matcher.name)
    if calibration is None:
        raise ResightError(
            f"what scores of '{opened.name}' mean must be learned from named animals, and here are none: sort by a "
            "method that compares spots, such as 'patches+mask'"
        )
    with progress() as tell:
        run = local_processes(settings().workers if len(given) > 16 else 1)
        seen = look(given, opened.name, run, lambda done, total: tell("Describing photos", done, total))
        records = [one.record for one in seen.sighted]
        labels = labels_of(records, [one.sha256 for one in seen.sighted])
        pile = sort_pile(seen.descriptors, labels, opened.matcher, calibration, Sides(sides.value), tell)
        names = [f"animal {number + 1:03d}" for number in range(pile.many)]
        into.mkdir(parents=True, exist_ok=True)
        how = f"Compared by {opened.name} ({opened.fingerprint}), sides {sides.value}."
        sorting = Sorting(records, pile, names, how, sides is SidesOption.APART, seen.rejected)
        write_pile(into / PAGE, sorting, lambda done, total: tell("Writing the page", done, total))
        write_records(
            into / TABLE,
            [replace(one, identity=names[of]) for one, of in zip(records, pile.individual.tolist(), strict=True)],
            {"sure": ["" if p != p else f"{p:.3f}" for p in pile.sure.tolist()]},
        )
    for warning in opened.warnings:
        warn(warning)
    list_rejected(seen.rejected, in_json=False)
    say(summary(pile))
    say(f"Look at them: {into / PAGE}")
    say(f"Make a catalogue of them: resight add CATALOGUE --table {into / TABLE}")
    if seen.rejected:
        raise typer.Exit(1)
