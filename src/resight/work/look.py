"""All of a list of entries described at once, in memory: what tables, tracks and piles of photos need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from resight.errors import ResightError
from resight.types import Descriptors, Ints, Record, Rejection
from resight.work.describe import Sighted, describe_all, in_shards, joined
from resight.work.processes import Executor


@dataclass(frozen=True, slots=True)
class Looked:
    """What could be used of n entries: `rows` (m,) of those described, what was seen of each, and their descriptors."""

    rows: Ints
    sighted: tuple[Sighted, ...]
    descriptors: Descriptors
    rejected: tuple[Rejection, ...]


def look(
    entries: Sequence[Record | Rejection],
    method: str,
    executor: Executor,
    progress: Callable[[int, int], None] | None = None,
) -> Looked:
    """Describe the entries by the method of that name; ResightError, with the first reason, where none can be used."""
    rows: list[int] = []
    sighted: list[Sighted] = []
    parts: list[Descriptors] = []
    rejected: list[Rejection] = []
    done = 0
    for shard in describe_all(in_shards(entries), method, executor):
        rows += [done + place for place, outcome in enumerate(shard.outcomes) if isinstance(outcome, Sighted)]
        sighted += shard.sighted
        rejected += shard.rejected
        if shard.descriptors is not None:
            parts.append(shard.descriptors)
        done += len(shard.outcomes)
        if progress is not None:
            progress(done, len(entries))
    if not parts:
        reason = f": {rejected[0].reason}" if rejected else ""
        raise ResightError(f"none of the photos can be used{reason}")
    return Looked(np.array(rows, np.int64), tuple(sighted), joined(parts), tuple(rejected))
