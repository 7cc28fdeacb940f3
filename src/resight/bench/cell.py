"""One method on one data set, in a process of its own: what it cost and how well it named."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from resight.bench.closed import closed_set
from resight.bench.contenders import Contender, Workshop, contender, seconds_learned
from resight.bench.tables import AMOUNTS, Preset, Tables
from resight.errors import ResightError
from resight.evaluate.result import Evaluation
from resight.types import Descriptors, Embeddings, LocalFeatures, Together


@dataclass(frozen=True, slots=True)
class Cell:
    """A method on a set: `evaluation` is the text of an OUT.json, or `refused` says why there is none.

    `seconds_learned` are those of its epochs; `seconds_photo` one photo takes to be read, cut and described, on the
    processors that the cell was given; `megabytes` is the most memory that one of its processes held. `empty` is the
    share of photos that the method could say nothing of.
    """

    set: str
    method: str
    preset: str
    split: str
    version: str
    evaluation: str = ""
    refused: str = ""
    seconds_learned: float = 0.0
    seconds_photo: float = 0.0
    megabytes: float = 0.0
    empty: float = 0.0


def read_cell(path: Path) -> Cell | None:
    """A finished cell, None where there is none, or it cannot be read."""
    try:
        return Cell(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def cell_of(tables: Tables, one: Contender, workshop: Workshop, blank: Cell) -> Cell:
    """Learn, describe, ask; a method that cannot do it says so in the cell."""
    try:
        if one.closed:
            evaluation, seconds_photo, empty = closed_set(one, tables, workshop)
        else:
            evaluation, seconds_photo, empty = _open_set(one.ready(workshop), tables, workshop, one.slow)
    except ResightError as error:
        return replace(blank, refused=str(error), megabytes=_megabytes())
    return replace(
        blank,
        evaluation=evaluation.to_json(),
        seconds_learned=seconds_learned(workshop, one),
        seconds_photo=seconds_photo,
        megabytes=_megabytes(),
        empty=empty,
    )


def _open_set(name: str, tables: Tables, workshop: Workshop, slow: bool) -> tuple[Evaluation, float, float]:
    from resight.config import settings
    from resight.evaluate.run import Protocol, evaluate
    from resight.evaluate.tables import read_annotations
    from resight.identify.decide import PRESETS
    from resight.match.comparable import Sides
    from resight.media.table import read_table
    from resight.method import open_method
    from resight.types import Record
    from resight.work.choose import choose
    from resight.work.processes import local_processes

    run = local_processes(settings().workers)
    if name == "auto" and workshop.preset is Preset.FULL:
        # Chosen on the photos that may be learned from, as everything else is.
        name = choose([row for row in read_table(tables.learn) if isinstance(row, Record)], run).method
    method = open_method(name)
    started = time.perf_counter()
    gallery, _ = read_annotations(tables.gallery, name, run, tables.exclude)
    query = gallery if tables.query == tables.gallery else read_annotations(tables.query, name, run, tables.exclude)[0]
    described = len(gallery) if query is gallery else len(gallery) + len(query)
    seconds = (time.perf_counter() - started) / described
    nothing = empty_of(query.descriptors)
    if nothing.all():
        raise ResightError("it found nothing to compare in any photo")
    protocol = Protocol(Sides.APART, PRESETS["never-ask"], seed=0)
    if slow:
        most = AMOUNTS[workshop.preset].slowly
        query = query.take(np.sort(np.random.default_rng(protocol.seed).permutation(len(query))[:most]))
        protocol = replace(protocol, lessons=most)
    told = evaluate(gallery, query, protocol, name, method.fingerprint, workshop.tell, method.matcher)[0]
    return told, seconds, float(nothing.mean())


def empty_of(descriptors: Descriptors) -> npt.NDArray[np.bool_]:
    """Of which photos nothing was found to compare (n,)."""
    if isinstance(descriptors, Together):
        return np.asarray(np.all([empty_of(part) for part in descriptors.parts], axis=0), np.bool_)
    if isinstance(descriptors, LocalFeatures):
        return np.asarray(descriptors.counts == 0, np.bool_)
    assert isinstance(descriptors, Embeddings)
    return np.asarray((descriptors.vectors == 0).all(axis=1), np.bool_)


def _megabytes() -> float:
    """The most memory that this process, or one that it started, has held."""
    try:
        import resource
    except ImportError:  # Windows does not tell
        return 0.0
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / (1 << 20 if sys.platform == "darwin" else 1024)


def do_cell(out: Path, preset: Preset, name: str, method: str, workers: int) -> None:
    """Do the cell in this process, and write its file; the whole of it or nothing. What it says goes to a log."""
    from resight.bench.run import Bench, tables_of
    from resight.config import settings
    from resight.work.parent import end_with_parent
    from resight.work.written import write

    bench = Bench(out, preset)
    path = bench.cell(name, method)
    log = os.open(path.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for said in (1, 2):
        os.dup2(log, said)
    end_with_parent()
    os.environ["RESIGHT_WORKERS"] = str(workers)
    settings.cache_clear()

    def tell(what: str, done: int, total: int) -> None:
        print(f"{what} {done}/{total}", flush=True)

    folder = bench.models(name)
    folder.mkdir(parents=True, exist_ok=True)
    blank = bench.blank(name, method)
    tables = tables_of(bench, name)
    found = cell_of(
        tables, contender(method), Workshop(tables.learn, folder, preset, tell, tables.gallery == tables.learn), blank
    )
    write(path, json.dumps(asdict(found), ensure_ascii=False, indent=1).encode())
