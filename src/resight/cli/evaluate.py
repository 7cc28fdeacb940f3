"""resight evaluate: how well a method names the animals of one table by those of another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import list_rejected, out, progress, say, warn
from resight.cli.options import Caution, Method, SidesOption


def evaluate(
    gallery: Annotated[Path, typer.Argument(help="Table of the animals known.", metavar="GALLERY.csv")],
    query: Annotated[Path, typer.Argument(help="Table of the animals asked about.", metavar="QUERY.csv")],
    json: Annotated[Path, typer.Option(help="Write the measures here.", metavar="OUT.json")],
    method: Method = "auto",
    sides: Annotated[
        SidesOption, typer.Option(help="'apart' never compares a left side with a right one; 'any' does.")
    ] = SidesOption.APART,
    exclude_same: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Never compare two rows that hold the same in this column.")
    ] = None,
    together: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Queries that hold the same in this column, such as an encounter, show one animal and are answered "
            "together, as 'identify' does.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a report with figures into this folder.")
    ] = None,
    caution: Annotated[
        Caution, typer.Option(help="As for 'identify'; an answer left to a person counts as wrong.")
    ] = Caution.NEVER_ASK,
    seed: Annotated[int, typer.Option(help="Another number, other random choices.")] = 0,
) -> None:
    """Measure how well animals of known names are recognised; each figure with its 95% interval.

    Tables hold path, identity (empty: new) and any of side or viewpoint, encounter, date, lat, lon, x, y, w, h.
    The same table given twice compares every photo with every other.

    Example: resight evaluate gallery.csv query.csv --json out.json --report report
    """
    from resight.config import settings
    from resight.evaluate.report import write_report
    from resight.evaluate.result import in_words
    from resight.evaluate.run import Protocol
    from resight.evaluate.run import evaluate as measure
    from resight.evaluate.tables import read_annotations
    from resight.identify.decide import PRESETS
    from resight.match.comparable import Sides
    from resight.media.table import read_table
    from resight.method import open_method
    from resight.types import Record
    from resight.work.choose import choose
    from resight.work.processes import local_processes

    run = local_processes(settings().workers)
    with progress() as tell:
        warnings: tuple[str, ...] = ()
        if method == "auto":
            stated = [row for row in read_table(gallery) if isinstance(row, Record)]
            choice = choose(stated, run, Sides(sides.value), lambda n, ways: tell("Choosing the method", n, ways))
            method, warnings = choice.method, choice.warnings
        opened = open_method(method)
        one_table = query.resolve() == gallery.resolve()
        known, rejected = read_annotations(
            gallery, opened.name, run, exclude_same, lambda done, total: tell("Describing the gallery", done, total),
            together if one_table else None,
        )  # fmt: skip
        asked = known
        if not one_table:
            asked, more = read_annotations(
                query, opened.name, run, exclude_same, lambda done, total: tell("Describing the queries", done, total),
                together,
            )  # fmt: skip
            rejected += more
        protocol = Protocol(Sides(sides.value), PRESETS[caution.value], seed)
        evaluation, curves = measure(known, asked, protocol, opened.name, opened.fingerprint, tell, opened.matcher)
    json.write_text(evaluation.to_json(), encoding="utf-8")
    for warning in (*opened.warnings, *warnings):
        warn(warning)
    list_rejected(rejected)
    out.print(f"{evaluation.n_query} queries, {evaluation.n_gallery} in the gallery, {opened.name}", markup=False)
    for name, figure in evaluation.measures.items():
        out.print(f"  {name:<18} {in_words(figure)}", markup=False)
    if report:
        say(f"Report: {write_report(evaluation, curves, report)}")
    if rejected:
        raise typer.Exit(1)
