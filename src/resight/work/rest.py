"""Describe what the catalogue holds and cannot compare yet: corrected boxes, lost descriptors, or another method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued
from resight.catalogue.store import add_rejected, described_with
from resight.catalogue.vectors import undescribed, write_shard
from resight.types import Record, Rejection
from resight.work.describe import Undescribed, describe_all, in_shards
from resight.work.processes import Executor


@dataclass(slots=True)
class Rest:
    """How many annotations were described, and the photos that could not be."""

    described: int = 0
    rejected: list[Rejection] = field(default_factory=list)


def describe_rest(
    catalogue: Catalogue,
    method: str,
    fingerprint: str,
    executor: Executor,
    progress: Callable[[int, int], None] | None = None,
) -> Rest:
    """Describe every annotation that has no descriptor of this fingerprint made from its present box.

    Each shard is one transaction, so a run that was killed is simply started again. `progress` is told how many of how
    many are done.
    """
    rest = Rest()
    keys = undescribed(catalogue, fingerprint)
    shards = ([_entry(one) for one in catalogued(catalogue, group)] for group in in_shards(keys))
    done = 0
    for shard in describe_all(shards, method, executor):
        with catalogue.writing() as session:
            if shard.descriptors is not None:
                ids = [one.annotation for one in shard.sighted if one.annotation is not None]
                boxes = [one.box for one in shard.sighted]
                write_shard(catalogue, session, fingerprint, ids, shard.descriptors, boxes)
                described_with(session, {key: one.mask.value for key, one in zip(ids, shard.sighted, strict=True)})
            add_rejected(session, shard.rejected)
        rest.described += len(shard.sighted)
        rest.rejected += shard.rejected
        done += len(shard.outcomes)
        if progress is not None:
            progress(done, len(keys))
    return rest


def _entry(one: Catalogued) -> Undescribed:
    record = Record(one.path, side=one.side, part=one.part, box=one.box, mask=one.mask_path)
    return Undescribed(record, one.id, one.box)
