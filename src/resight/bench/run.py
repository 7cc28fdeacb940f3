"""All cells of a benchmark, one after another: what is finished is not done again, what was killed is."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from resight import __version__
from resight.bench.cell import Cell, do_cell, read_cell
from resight.bench.simulated import CAGE, simulated
from resight.bench.split import by_individual, check, committed, read_split
from resight.bench.tables import Preset, Tables, write_tables
from resight.config import settings
from resight.errors import ResightError
from resight.media.table import read_table
from resight.types import Record
from resight.work.written import write

TABLE = "metadata.csv"
THREADS = "OMP_NUM_THREADS"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything of a benchmark lies: OUT/PRESET/SET holds the split, the tables, the models and the cells."""

    out: Path
    preset: Preset

    def set(self, name: str) -> Path:
        """The folder of a data set."""
        return self.out / self.preset.value / name

    def models(self, name: str) -> Path:
        """What methods have learned from a set."""
        return self.set(name) / "models"

    def cell(self, name: str, method: str) -> Path:
        """The file of a method's outcome on a set."""
        return self.set(name) / "cells" / f"{method}.json"

    def split(self, name: str) -> Path:
        """The file of the set's split."""
        return self.set(name) / "split.json"

    def blank(self, name: str, method: str) -> Cell:
        """The cell before anything is known of it; `split` tells it from cells of another split."""
        said = self.split(name).read_bytes()
        return Cell(name, method, self.preset.value, hashlib.sha256(said).hexdigest()[:12], __version__)


def prepare(bench: Bench, folders: Sequence[Path], tell: Callable[[str, int, int], None]) -> list[str]:
    """Split every set, or take the split that is there; gives their names.

    A folder is that of a `metadata.csv`; `cage` stands for simulated heads, which are made where there are none; and
    `NAME=FOLDER` takes the committed split NAME of a folder of another name. ResightError where a table cannot be read,
    holds too few individuals, or is not the one that was split.
    """
    names = []
    for given in folders:
        name, folder = _named(given)
        if name == CAGE and not (folder / TABLE).exists():
            folder = simulated(bench.out / CAGE, tell)
        records = [row for row in read_table(folder / TABLE) if isinstance(row, Record)]
        kept = bench.split(name)
        split = read_split(kept) if kept.exists() else committed(name) or by_individual(name, records)
        check(split, records, folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(kept, split.model_dump_json(indent=1).encode())
        write_tables(split, records, folder, bench.preset, bench.set(name))
        names.append(name)
    return names


def tables_of(bench: Bench, name: str) -> Tables:
    """The tables of a set that was prepared."""
    split = read_split(bench.split(name))
    place = bench.set(name)
    if split.by == "photo":
        return Tables(place / "learn.csv", place / "learn.csv", place / "query.csv", None)
    test = place / "test.csv"
    encounters = any(isinstance(row, Record) and row.encounter for row in read_table(test))
    return Tables(place / "learn.csv", test, test, "encounter" if encounters else None)


def run(
    bench: Bench, sets: Sequence[str], methods: Sequence[str], tell: Callable[[str, int, int], None]
) -> Iterator[Cell]:
    """Every method on every set; a cell whose process dies is told as refused, and the rest goes on.

    One set a processor, side by side: networks as small as these gain little from a second one, so a run ends sooner
    than if each had all processors to itself, and the seconds of a cell are those of one processor.
    """
    at_once = max(1, min(len(sets), settings().workers))
    workers = max(1, settings().workers // at_once)
    ended: SimpleQueue[Cell | Exception] = SimpleQueue()
    stopped = Event()

    def of_set(name: str) -> None:
        try:
            for method in methods:
                if stopped.is_set():
                    return
                ended.put(_cell(bench, name, method, workers))
        except Exception as error:
            ended.put(error)

    wanted = len(sets) * len(methods)
    with _threads(workers), ThreadPoolExecutor(at_once) as pool:
        try:
            for name in sets:
                pool.submit(of_set, name)
            for done in range(wanted):
                tell("Methods and sets", done, wanted)
                cell = ended.get()
                if isinstance(cell, Exception):
                    raise cell
                yield cell
            tell("Methods and sets", wanted, wanted)
        finally:
            stopped.set()


def finished(bench: Bench, sets: Sequence[str], methods: Sequence[str]) -> list[Cell]:
    """The cells that are there, of these sets and methods, in this order."""
    found = [read_cell(bench.cell(name, method)) for name in sets for method in methods]
    return [cell for cell in found if cell is not None]


def _cell(bench: Bench, name: str, method: str, workers: int) -> Cell:
    blank = bench.blank(name, method)
    kept = read_cell(bench.cell(name, method))
    if kept is not None and kept.split == blank.split:
        return kept
    return _in_a_process(bench, name, method, workers) or blank


def _in_a_process(bench: Bench, name: str, method: str, workers: int) -> Cell | None:
    path = bench.cell(name, method)
    log = path.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")  # it may end before it says a word
    started = _processes(bench.preset).Process(target=do_cell, args=(bench.out, bench.preset, name, method, workers))
    started.start()
    started.join()
    if started.exitcode == 0:
        return read_cell(path)
    said = log.read_text(encoding="utf-8").strip().splitlines()
    why = f"its process ended with {started.exitcode}: {said[-1] if said else 'it said nothing'}"
    return replace(bench.blank(name, method), refused=why)


def _processes(preset: Preset) -> ForkServerContext | SpawnContext:
    """How the process of a cell is started: afresh, so that its memory is its own, or quickly.

    Elsewhere than on Linux it is not safe to fork what has read these libraries.
    """
    if preset is Preset.FULL or sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload(["resight.bench.ready"])
    return forked


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let processes that are started meanwhile use so many threads; libraries take the number when they are read."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = str(count)
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


def _named(given: Path) -> tuple[str, Path]:
    name, sign, folder = str(given).partition("=")
    if sign:
        return name, Path(folder)
    found = given.resolve()
    if given.name != CAGE and not (found / TABLE).exists():
        raise ResightError(f"{given} holds no {TABLE}: name folders of data sets, each with such a table")
    return found.name if given.name != CAGE else CAGE, found
