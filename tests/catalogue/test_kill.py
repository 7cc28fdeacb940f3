"""A real process is killed at random moments, and started again, until it is done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from resight.catalogue import check, folder, log, lookup, vectors
from resight.catalogue.folder import Catalogue
from resight.catalogue.vectors import Described
from resight.types import Embeddings

PROGRAM = Path(__file__).with_name("adding.py")
KILLS = 4


def run_and_kill(catalogue: Path, shards_more: int, moment: float) -> int:
    """Start the program and kill it a moment after it has begun so many more shards; its exit code."""
    with subprocess.Popen([sys.executable, PROGRAM, catalogue], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(shards_more):
            if not process.stdout.readline():
                break
        time.sleep(moment)
        process.kill()
        return process.wait()


def content(catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Every annotation by its photo, with its labels and descriptor; then the kinds of the decisions."""
    ids, labels = lookup.labels(catalogue)
    described: dict[int, str] = {}
    for part in vectors.read_shards(catalogue, "steps-1"):
        assert isinstance(part, Described)
        assert isinstance(part.descriptors, Embeddings)
        assert not isinstance(part.descriptors.vectors, np.memmap)
        for row, key in enumerate(part.annotations):
            described[int(key)] = str(part.descriptors.vectors[row].tolist())
    rows = zip(*(column.tolist() for column in labels.columns), strict=True)
    annotations = [(*row, described[int(key)]) for key, row in zip(ids, rows, strict=True)]
    entries = [(entry.decision.kind, entry.by, str(entry.undone_by)) for entry in log.history(catalogue)]
    return [*sorted(annotations), *entries]


def test_killing_it_at_any_moment_loses_at_most_the_transaction_in_hand(tmp_path: Path, catalogue: Catalogue) -> None:
    with folder.create(tmp_path / "undisturbed") as undisturbed:
        assert subprocess.run([sys.executable, PROGRAM, undisturbed.folder], stdout=subprocess.DEVNULL).returncode == 0
        expected = content(undisturbed)
    moments = random.Random(3)
    killed, done = 0, 0
    for _ in range(KILLS):
        # Each run begins with the shards that are done, which take no time.
        code = run_and_kill(catalogue.folder, done + 2, moments.uniform(0, 0.04))
        killed += code == -signal.SIGKILL
        assert check.check(catalogue) == []
        counts = lookup.counts(catalogue)
        assert counts.photos % 6 == 0
        assert counts.photos // 6 >= done
        done = counts.photos // 6
        assert vectors.damaged(catalogue) == []
    assert killed >= 2
    assert subprocess.run([sys.executable, PROGRAM, catalogue.folder], stdout=subprocess.DEVNULL).returncode == 0
    vectors.collect_garbage(catalogue)
    assert content(catalogue) == expected
    files = list((catalogue.folder / folder.VECTORS).glob("*/*"))
    assert len(files) == 12
