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
    together: str | None = None,
) -> tuple[Annotations, list[Rejection]]:
    """The table's annotations, described by the method; and the rows that could not be used.

    `exclude` names the column whose equal values are never compared, `together` the one whose equal values are answered
    together. ResightError where nothing is left.
    """
    columns = [column for column in (exclude, together) if column]
    rows = list(read_rows(table, columns))
    entries = [row.record if isinstance(row, Row) else row for row in rows]
    try:
        seen = look(entries, method, executor, progress)
    except ResightError as error:
        raise ResightError(f"{table}: {error}") from error
    used = [row for row in (rows[place] for place in seen.rows.tolist()) if isinstance(row, Row)]
    nothing = np.full(len(used), "", np.str_)
    cells = {column: np.array([row.extra[place] for row in used]) for place, column in enumerate(columns)}
    labels = labels_of([one.record for one in seen.sighted], [one.sha256 for one in seen.sighted])
    tags, groups = cells.get(exclude or "", nothing), cells.get(together or "", nothing)
    return Annotations(labels, seen.descriptors, tags, groups), list(seen.rejected)
