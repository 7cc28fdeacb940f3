"""From a table of photos to described annotations, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.evaluate.run import Annotations
from resight.media.table import Row, read_rows
from resight.types import Rejection
from resight.work.look import look
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
    entries = [row.record if isinstance(row, Row) else row for row in rows]
    try:
        seen = look(entries, method, executor, progress)
    except ResightError as error:
        raise ResightError(f"{table}: {error}") from error
    used = [rows[place] for place in seen.rows.tolist()]
    tags = np.array([row.extra[0] if isinstance(row, Row) and row.extra else "" for row in used])
    labels = labels_of([one.record for one in seen.sighted], [one.sha256 for one in seen.sighted])
    return Annotations(labels, seen.descriptors, tags), list(seen.rejected)
