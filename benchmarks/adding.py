"""Adding ten thousand photos: memory, speed, and ten kills in the middle of it.

    python benchmarks/adding.py [--photos FOLDER ...] [--json results.json]

The photos are added once undisturbed, and once more into another catalogue by a program that is killed at
random moments and started again. Both catalogues must then say the same. Without --photos, small pictures
are drawn. Memory is what all processes of the command hold together, sampled while they run.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from resight.catalogue import check, log, lookup, vectors
from resight.catalogue import create as create_catalogue
from resight.catalogue import open as open_catalogue
from resight.catalogue.decisions import Assigned, NewIndividual
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Shard
from resight.media.folders import scan
from resight.types import LocalFeatures, Record, Rejection, Together

RESIGHT = [sys.executable, "-c", "from resight.cli import main; main()"]
SEED, PHOTOS_EACH, SAMPLED_EVERY, MIB = 0, 4, 0.25, 1 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """One way to add all photos; `seconds` are of all starts together, memory is in MiB.

    `peak_mib` is the most that all processes held at one moment, `largest_mib` the most that one of them held.
    """

    way: str
    photos: int
    rejected: int
    kills: int
    seconds: float
    photos_per_second: float
    peak_mib: float
    largest_mib: float
    faults: int


def drawn(folder: Path, n: int) -> Iterator[Path]:
    """So many small photos of blotches, no two alike."""
    for number in range(n):
        rng = np.random.default_rng([SEED, number])
        layers = (cv2.resize(rng.random((size, size, 3)), (160, 120)) for size in (5, 20, 40))
        path = folder / f"{number // 1000}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.clip(sum(layers) * 85, 0, 255).astype(np.uint8))
        yield path


def write_table(path: Path, photos: Iterator[Path]) -> int:
    """A table that names every few photos as one individual on one day; how many rows it has."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "identity", "encounter"])
        n = 0
        for n, photo in enumerate(photos, start=1):
            rows.writerow([photo.absolute(), f"individual {n // PHOTOS_EACH}", f"day {n % PHOTOS_EACH // 2}"])
        return n


def added(way: str, catalogue: Path, table: Path, method: str, workers: int, moments: list[float]) -> Run:
    """Start the command and kill it after each of these seconds, then let it end."""
    create_catalogue(catalogue, method=method).close()
    peak = largest = seconds = 0.0
    killed = 0
    for moment in [*moments, float("inf")]:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*RESIGHT, "add", str(catalogue), "--table", str(table)],
            env=os.environ | {"RESIGHT_WORKERS": str(workers), "OMP_NUM_THREADS": "1"},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None:
            held = memory(process.pid)
            peak, largest = max(peak, sum(held)), max(largest, *held)
            left = began + moment - time.perf_counter()
            if left <= 0:
                process.kill()
            else:
                time.sleep(min(SAMPLED_EVERY, left))
        seconds += time.perf_counter() - began
        killed += process.returncode == -signal.SIGKILL
    with open_catalogue(catalogue) as opened:
        counts, faults = lookup.counts(opened), [*check.check(opened), *vectors.damaged(opened)]
    return Run(
        way, counts.photos, counts.rejected_files, killed, seconds, counts.photos / seconds,
        peak / MIB, largest / MIB, len(faults),
    )  # fmt: skip


def memory(pid: int) -> list[int]:
    """The bytes that the process and its children hold, shared ones shared out; at least one number."""
    held = [0]
    try:
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            full = process.memory_full_info()
            held.append(getattr(full, "pss", full.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        pass  # it ended between two looks
    return held


def statements(catalogue: Catalogue) -> set[str]:
    """All that the catalogue says, without its ids and times: what equal photos must give again."""
    rows = {one.id: one for one in lookup.catalogued(catalogue)}
    said = {str(replace(one, id=0, individual=None)) for one in rows.values()}
    with catalogue.reading() as session:
        fingerprints = sorted(set(session.scalars(select(Shard.fingerprint))))
    for fingerprint in fingerprints:
        for part in vectors.read_shards(catalogue, fingerprint):
            if isinstance(part, Rejection):
                said.add(f"damaged: {part.reason}")
                continue
            for row, key in enumerate(part.annotations.tolist()):
                one = part.descriptors.take([row])
                assert not isinstance(one, Together)
                columns = (one.vectors, one.positions, one.scales) if isinstance(one, LocalFeatures) else (one.vectors,)
                digest = hashlib.sha256(b"".join(column.tobytes() for column in columns))
                said.add(f"{fingerprint} {rows[key].sha256} {digest.hexdigest()}")
    names = lookup.names_ever(catalogue)
    for entry in log.history(catalogue):
        decision = entry.decision
        if isinstance(decision, NewIndividual | Assigned):
            name = decision.name if isinstance(decision, NewIndividual) else names[decision.individual]
            shown = sorted(rows[key].sha256 for key in decision.annotations)
            said.add(f"{decision.kind} {name} {shown} by {entry.by}")
        else:
            said.add(f"{entry}")
    return said


def main() -> None:
    """Measure, print one table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, action="append", help="a folder of photos; may be given again")
    parser.add_argument("--n", type=int, default=10_000, help="how many photos at most")
    parser.add_argument("--kills", type=int, default=10, help="how often the second run is killed")
    parser.add_argument("--workers", type=int, default=1, help="processes of the command")
    parser.add_argument("--method", default="rootsift", help="as for 'resight init'")
    parser.add_argument("--json", type=Path, help="write the results here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        found = (entry.path for entry in scan(asked.photos or []) if isinstance(entry, Record))
        photos = itertools.islice(found, asked.n) if asked.photos else drawn(work / "photos", asked.n)
        n = write_table(work / "table.csv", photos)
        calm = added("undisturbed", work / "calm", work / "table.csv", asked.method, asked.workers, [])
        # Each start runs for a random stretch, so that the kills are spread over the whole work.
        ends = sorted(random.Random(SEED).uniform(0, calm.seconds) for _ in range(asked.kills))
        stretches = [end - before for before, end in itertools.pairwise([0.0, *ends])]
        rough = added(
            "killed again and again", work / "rough", work / "table.csv", asked.method, asked.workers, stretches
        )
        with open_catalogue(work / "calm") as one, open_catalogue(work / "rough") as other:
            expected, differing = statements(one), len(statements(one) ^ statements(other))
    table = Table(title=f"Adding {n:,} photos with {asked.method}, {asked.workers} worker processes")
    for heading in ("way", "photos", "rejected", "kills", "seconds", "photos/s", "peak MiB", "largest MiB", "faults"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for run in (calm, rough):
        rates = (f"{run.seconds:.0f}", f"{run.photos_per_second:.1f}", f"{run.peak_mib:.0f}", f"{run.largest_mib:.0f}")
        table.add_row(run.way, f"{run.photos:,}", str(run.rejected), str(run.kills), *rates, str(run.faults))
    console = Console(width=130)
    console.print(table)
    console.print(f"{len(expected):,} statements of the first catalogue; {differing} differ in the second")
    if asked.json:
        results = {
            "asked": n,
            "runs": [asdict(calm), asdict(rough)],
            "statements": len(expected),
            "differing": differing,
        }
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
