"""resight identify: who is in these photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.add import list_near_copies, without_names
from resight.cli.console import list_rejected, out, progress, say, user, warn
from resight.cli.library import current_library
from resight.cli.options import By, ByEncounter, Caution, Copy, Folder, SidesOption
from resight.errors import ResightError
from resight.types import Basis, Record, Rejection, Verdict

WHY = {
    Basis.OWN: (),
    Basis.USUAL: (
        "Usual probabilities: too few individuals of this catalogue were met twice for its own to be learned, so these "
        "are what is right for most other animals, and no name is given without you. Add more named animals that were "
        "photographed in two or more encounters.",
    ),
    Basis.NONE: (
        "Ranks only: too few individuals of this catalogue were met twice for probabilities to be learned. Add more "
        "named animals that were photographed in two or more encounters.",
    ),
}
NOWHERE = (
    "Place and time were not counted: too few photos of named animals that were met twice carry them, to learn what a "
    "distance means."
)
SHOWN = 25


def identify(
    catalogue: Folder,
    paths: Annotated[list[Path] | None, typer.Argument(help="Photos, or folders of photos.", metavar="PATH...")] = None,
    table: Annotated[list[Path] | None, typer.Option(help="A CSV table of photos, as for 'add'.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write all answers as JSON.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all answers as a table.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write one HTML file with the photos side by side and the matched spots.")
    ] = None,
    caution: Annotated[
        Caution,
        typer.Option(
            help="How sure a name must be: 'careful' 98%, 'balanced' 90%, 'quick' 75%; else you are asked. 'never-ask' "
            "always answers."
        ),
    ] = Caution.BALANCED,
    wrong_name: Annotated[
        float | None,
        typer.Option(help="What a wrong name costs you, if a look at the photo costs 1; overrides --caution."),
    ] = None,
    missed_match: Annotated[
        float | None, typer.Option(help="What calling a known animal new costs you, likewise.")
    ] = None,
    sides: Annotated[
        SidesOption | None, typer.Option(help="Compare left with right? As the catalogue is set, if left out.")
    ] = None,
    by_encounter: ByEncounter = False,
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Answer each photo by itself; else the photos of one encounter answer together."),
    ] = False,
    where_when: Annotated[
        bool,
        typer.Option(
            "--where-and-when",
            help="Count how near in place and time an animal was met before, as far as photos or tables tell.",
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Ask once more about everything in the catalogue that has no name.")
    ] = False,
    copy: Copy = False,
    by: By = None,
) -> None:
    """Say for every photo who it is, how sure that is, or that it is somebody new.

    The photos become part of the catalogue, without a name until somebody decides.

    Example: resight identify whales card/ --report today.html
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.present import unnamed_described
    from resight.config import settings
    from resight.export.identification import CsvWriter, JsonWriter, appearing
    from resight.export.query_view import query_view
    from resight.export.report import ReportWriter
    from resight.export.views import ReportHeading
    from resight.export.words import verdict_words
    from resight.identify.calibration import basis
    from resight.identify.decide import PRESETS, Costs
    from resight.identify.propose import keep
    from resight.identify.run import identify as ask
    from resight.match.comparable import Sides
    from resight.method import open_method
    from resight.work.add import add
    from resight.work.processes import local_processes

    if not paths and not table and not again:
        raise ResightError("nothing to identify: name photos or folders, a table with --table, or --again")
    preset = PRESETS[caution.value]
    costs = Costs(
        preset.wrong_name if wrong_name is None else wrong_name,
        preset.missed_match if missed_match is None else missed_match,
        preset.asking,
    )

    def unnamed() -> Iterator[Record | Rejection]:
        return without_names(paths or [], table or [], by_encounter)

    total = sum(1 for _ in unnamed())
    with open_catalogue(catalogue) as opened, ExitStack() as files:
        tell = files.enter_context(progress())
        method = open_method(opened.settings.method or "auto")
        added = add(
            opened,
            unnamed(),
            method.name,
            method.fingerprint,
            local_processes(settings().workers if total > 16 else 1),
            by or user(),
            lambda done: tell("Reading, masking and describing photos", done, total),
            copy=copy,
        )
        library = current_library(opened, tell)
        asked = [*added.annotations, *(unnamed_described(opened, method.fingerprint) if again else ())]
        queries = list(dict.fromkeys(asked))
        run = ask(
            opened,
            library,
            queries,
            Sides(sides or opened.settings.sides),
            costs,
            tell,
            alone=alone,
            where_when=where_when,
        )
        rests_on = basis(run.calibration)
        warnings = (*method.warnings, *WHY[rests_on])
        if where_when and not run.where_when:
            warnings += (NOWHERE,)
        heading = ReportHeading(str(catalogue), method.name, method.fingerprint, rests_on, warnings)
        said = {
            "catalogue": str(catalogue),
            "method": method.name,
            "fingerprint": method.fingerprint,
            "calibrated": rests_on is Basis.OWN,
            "warnings": list(warnings),
        }
        as_json = JsonWriter(files.enter_context(appearing(json)), said) if json else None
        as_csv = CsvWriter(files.enter_context(appearing(csv))) if csv else None
        page = files.enter_context(ReportWriter(report, heading)) if report else None
        counted: Counter[Verdict] = Counter()
        lines: list[str] = []
        answers = keep(opened, run.answers, method.fingerprint, library.individuals)
        for done, identified in enumerate(answers, start=1):
            counted[identified.answer.verdict] += 1
            if len(lines) < SHOWN:
                query = identified.query
                named = f"  (named {query.name} already)" if query.name else ""
                lines.append(f"{query.id:>7}  {query.path.name:<32.32} {verdict_words(identified.answer)}{named}")
            if as_json:
                as_json.add(identified)
            if as_csv:
                as_csv.add(identified)
            if page:
                page.add(query_view(identified))
            tell("Finding the reasons", done, len(queries))
        if as_json:
            as_json.finish(added.rejected)
        if as_csv:
            as_csv.finish(added.rejected)
        if page:
            for one in added.rejected:
                page.reject(one)
    for warning in warnings:
        warn(warning)
    list_rejected(added.rejected)
    list_rejected(added.disputed, "known otherwise before, and left as they were")
    list_near_copies(added.near_copies)
    if any(str(path) == "-" for path in (json, csv)):
        raise typer.Exit(1 if added.rejected else 0)
    for line in lines:
        out.print(line, markup=False)
    if len(queries) > SHOWN:
        say(f"  … and {len(queries) - SHOWN} more")
    say(
        f"{len(queries)} photos: {counted[Verdict.KNOWN]} known, {counted[Verdict.NEW]} new, "
        f"{counted[Verdict.UNDECIDED]} for you to look at, {len(added.rejected)} rejected."
    )
    if counted[Verdict.KNOWN] or counted[Verdict.UNDECIDED]:
        say(f"Write down who it is, by the numbers in front: resight decide {catalogue} NUMBER --is NAME")
    for what, path in (("Report", report), ("JSON", json), ("Table", csv)):
        if path:
            say(f"{what}: {path}")
    if added.rejected:
        raise typer.Exit(1)
