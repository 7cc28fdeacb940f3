"""resight bench: every method on every data set, in one table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from resight.cli.console import out, progress, say, warn

MANY = ("--data", "--methods")


class Spread(TyperCommand):
    """A command whose options may have several values each: `--data A B` is read as `--data A --data B`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed."""
        return super().parse_args(ctx, spread(args))


def spread(args: list[str]) -> list[str]:
    """Name the option before each of its values.

    >>> spread(["--data", "a", "b", "--out", "c", "--methods", "d", "e"])
    ['--data', 'a', '--data', 'b', '--out', 'c', '--methods', 'd', '--methods', 'e']
    """
    found: list[str] = []
    option = ""
    for arg in args:
        if arg.startswith("--"):
            option = arg if arg in MANY else ""
            found += [] if option else [arg]
        else:
            found += [option, arg] if option else [arg]
    return found


class PresetOption(StrEnum):
    """How much is done."""

    QUICK = "quick"
    FULL = "full"


def bench(
    data: Annotated[
        list[Path],
        typer.Option(
            help="A data set's folder with its metadata.csv, or 'cage' for simulated fish; name as many as you like.",
            metavar="DIR...",
        ),
    ],
    into: Annotated[Path, typer.Option("--out", help="Where everything goes.", metavar="DIR")],
    methods: Annotated[
        list[str] | None, typer.Option(help="A method; without any, all of them.", metavar="NAME...")
    ] = None,
    preset: Annotated[
        PresetOption, typer.Option(help="'quick': few animals, minutes; 'full': all of them, a night.")
    ] = PresetOption.FULL,
) -> None:
    """Run methods of the literature on data sets, and put them side by side with intervals, seconds and memory.

    All methods are asked about the same photos, of animals that none has learned. Stopped at any moment, the same
    command goes on with what is missing. What a method cannot do on a set is said, and the rest goes on. DIR gets
    table.md, table.json and report.html. Methods that learn need the extra: pip install 'resight[train]'.

    Example: resight bench --data cage --methods auto spots-stars --out bench --preset quick
    """
    from resight.bench.contenders import CONTENDERS, contender
    from resight.bench.report import page
    from resight.bench.run import Bench, finished, prepare, run
    from resight.bench.table import as_json, markdown, value_of
    from resight.bench.tables import Preset
    from resight.work.written import write

    chosen = [contender(name).name for name in methods or CONTENDERS]
    doing = Preset(preset.value)
    place = Bench(into, doing)
    with progress() as tell:
        sets = prepare(place, data, tell)
        cells = {(cell.set, cell.method): cell for cell in finished(place, sets, chosen)}
        for cell in run(place, sets, chosen, tell):
            if cell.refused:
                warn(f"{cell.method} on {cell.set}: {cell.refused}.")
            else:
                out.print(f"{cell.method} on {cell.set}: top-1 {value_of(cell, 'top1')}", markup=False)
            cells[cell.set, cell.method] = cell
            told = list(cells.values())
            name = "" if doing is Preset.FULL else f"-{doing.value}"
            write(into / f"table{name}.md", markdown(told, sets, chosen, doing).encode())
            write(into / f"table{name}.json", as_json(told).encode())
            write(into / f"report{name}.html", page(told, sets, doing).encode())
    say(f"Wrote {into / f'table{name}.md'}, table{name}.json and report{name}.html beside it.")
    if any(cell.refused for cell in cells.values()):
        raise typer.Exit(1)
