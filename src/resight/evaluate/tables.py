"""From a table of photos to described annotations, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.evaluate.run import Annotations
from resight.media.table import Row, read_rows
from resight.types import Descriptors, Rejection
from resight.work.describe import Sighted, describe_all, in_shards, joined
from resight.work.processes import Executor
from resight.work.sample import labels_of


def read_annotations(
    table: Path,
    method: str,
    executor: Executor,
    exclude: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Annotations, list[Rejection]]:
    """The table's annotations, described by the method; and the rows that could not be used.

    `exclude` names the column whose equal values are never compared. ResightError where nothing is left.
    """
    rows = list(read_rows(table, (exclude,) if exclude else ()))
    # The row's place in the table goes with its record, to find its column again after the describing.
    tags = {id(row.record): row.extra[0] if row.extra else "" for row in rows if isinstance(row, Row)}
    entries = [row.record if isinstance(row, Row) else row for row in rows]
    sighted: list[tuple[Sighted, str]] = []
    parts: list[Descriptors] = []
    rejected: list[Rejection] = []
    done = 0
    for group, shard in zip(in_shards(entries), describe_all(in_shards(entries), method, executor), strict=True):
        for entry, outcome in zip(group, shard.outcomes, strict=True):
            if isinstance(outcome, Sighted):
                sighted.append((outcome, tags[id(entry)]))
        if shard.descriptors is not None:
            parts.append(shard.descriptors)
        rejected += shard.rejected
        done += len(group)
        if progress is not None:
            progress(done, len(entries))
    if not parts:
        reason = f": {rejected[0].reason}" if rejected else ""
        raise ResightError(f"{table}: none of its photos can be used{reason}")
    labels = labels_of([one.record for one, _ in sighted], [one.sha256 for one, _ in sighted])
    return Annotations(labels, joined(parts), np.array([tag for _, tag in sighted])), rejected
