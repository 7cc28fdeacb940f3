"""resight demo: the whole job on simulated fish, or on one's own photos, with the truth beside it."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import out, progress, say, user, warn
from resight.errors import ResightError
from resight.types import Record, Rejection, Verdict

INDIVIDUALS, NEWCOMERS, PHOTOS_PER_PASS = 40, 8, 1
SIMULATED = "The fish are simulated: these figures say nothing about real animals."


def demo(
    folder: Annotated[Path, typer.Option(help="Where to work; emptied of an earlier demo first.")] = Path("demo"),
    photos: Annotated[
        Path | None, typer.Option(help="Your own photos instead: a folder per individual, in it one per encounter.")
    ] = None,
    individuals: Annotated[int, typer.Option(help="How many simulated fish.")] = INDIVIDUALS,
    seed: Annotated[int, typer.Option(help="Another seed, other fish.")] = 1,
) -> None:
    """Build a catalogue, identify photos it has not seen, and compare the answers with the truth.

    Example: resight demo --photos whales/
    """
    from resight.catalogue.folder import create
    from resight.config import settings
    from resight.export.query_view import query_view
    from resight.export.report import ReportWriter
    from resight.export.views import ReportHeading
    from resight.export.words import verdict_words
    from resight.identify.calibration import basis
    from resight.identify.decide import PRESETS
    from resight.identify.library import open_library
    from resight.identify.propose import keep
    from resight.identify.run import identify
    from resight.match.comparable import Sides
    from resight.method import PLAIN, open_method
    from resight.work.add import add
    from resight.work.choose import choose
    from resight.work.processes import local_processes

    work, page = folder / "catalogue", folder / "report.html"
    for earlier in (work, folder / "photos"):
        shutil.rmtree(earlier, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with progress() as tell:
        known, asked = own(photos) if photos else simulated(folder / "photos", individuals, seed)
        run = local_processes(settings().workers)
        chosen = PLAIN
        if photos:
            stated = [entry for entry in known if isinstance(entry, Record)]
            chosen = choose(stated, run, progress=lambda n, ways: tell("Choosing the method", n, ways)).method
        method = open_method(chosen)
        with create(work, method=method.name) as catalogue:
            add(
                catalogue, known, method.name, method.fingerprint, run, user(),
                lambda done: tell("Cataloguing what is known", done, len(known)),
            )  # fmt: skip
            questions = [replace(entry, identity=None) for entry in asked]
            added = add(
                catalogue, questions, method.name, method.fingerprint, run, user(),
                lambda done: tell("Reading what is asked", done, len(asked)),
            )  # fmt: skip
            library = open_library(catalogue, method.fingerprint, tell, method.matcher)
            truth = {str(entry.path.absolute()): entry.identity for entry in asked}
            names = {entry.identity for entry in known if isinstance(entry, Record)}
            answered = identify(
                catalogue, library, list(dict.fromkeys(added.annotations)), Sides.APART, PRESETS["balanced"], tell
            )
            warnings = method.warnings if photos else (SIMULATED,)
            heading = ReportHeading(str(work), method.name, method.fingerprint, basis(answered.calibration), warnings)
            right: dict[Verdict, list[bool]] = defaultdict(list)
            first: list[bool] = []
            lines = []
            with ReportWriter(page, heading) as report:
                for one in keep(catalogue, answered.answers, method.fingerprint, library.individuals):
                    said, true = one.answer, truth[str(one.query.path)]
                    was_right = said.individual == true if said.verdict is Verdict.KNOWN else true not in names
                    right[said.verdict].append(was_right)
                    if true in names:
                        first.append(bool(said.candidates) and said.candidates[0].individual == true)
                    mark = "?" if said.verdict is Verdict.UNDECIDED else "✓" if was_right else "✗"
                    shown = true if true in names else f"{true} (new)"
                    lines.append(f" {mark} {one.query.path.name:<30.30} truth {shown!s:<18.18} {verdict_words(said)}")
                    report.add(query_view(one))
                for rejected in added.rejected:
                    report.reject(rejected)
    for line in lines:
        out.print(line, markup=False)
    say("")
    say(f"{len(lines)} photos asked about, {len(first)} of animals in the catalogue ({len(names)} individuals).")
    if first:
        say(f"First candidate right: {sum(first)} of {len(first)} ({sum(first) / len(first):.0%}).")
    for verdict, what in ((Verdict.KNOWN, "Named"), (Verdict.NEW, "Called new")):
        say(f"{what}: {len(right[verdict])}, of them right: {sum(right[verdict])}.")
    say(f"Left to a person: {len(right[Verdict.UNDECIDED])}.")
    if photos is None:
        say(SIMULATED)
    elif method.warnings:
        warn(method.warnings[0])
    say(f"Look at the report: {page}")


def simulated(folder: Path, individuals: int, seed: int) -> tuple[list[Record | Rejection], list[Record]]:
    """Salmon heads seen in three passes: two are known, the third, with some newcomers, is asked about.

    Two, because probabilities are learned from animals that were met twice.
    """
    from resight.media.table import read_table
    from resight.simulate import write_heads

    tables = write_heads(folder, individuals, passes=3, photos_per_pass=PHOTOS_PER_PASS, seed=seed, newcomers=NEWCOMERS)
    # The true masks stay unused: nobody has them in the sea. The boxes are what a detector would give.
    *known, asked = ([replace(e, mask=None) for e in read_table(t) if isinstance(e, Record)] for t in tables)
    return [entry for table in known for entry in table], asked


def own(photos: Path) -> tuple[list[Record | Rejection], list[Record]]:
    """A folder per individual: its last encounter, by time or else by name, is asked about, the others are known."""
    from resight.media.folders import scan

    entries = list(scan([photos], by_folder=True))
    met: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if isinstance(entry, Record) and entry.identity:
            met[entry.identity].add(_encounter(entry))
    if not met:
        raise ResightError(f"{photos}: no folder of an individual in it. Put the photos of each animal into a folder")
    last = {name: max(encounters) for name, encounters in met.items()}
    asked = [e for e in entries if isinstance(e, Record) and e.identity and _encounter(e) == last[e.identity]]
    chosen = set(map(id, asked))
    return [entry for entry in entries if id(entry) not in chosen], asked


def _encounter(record: Record) -> str:
    return record.encounter or record.path.name
