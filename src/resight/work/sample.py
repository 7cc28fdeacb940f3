"""A few named photos described in several ways at once: each is read and masked only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import cv2
import numpy as np

from resight.chip.prepare import Preparation
from resight.errors import PhotoError, ResightError
from resight.media.photo import read_photo
from resight.method import Method, open_method
from resight.types import Chip, Descriptors, Labels, Record
from resight.work.describe import in_shards, joined
from resight.work.processes import Executor

SHARD = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """What is stated of the photos that could be used, and their descriptors by the name of each method."""

    labels: Labels
    descriptors: dict[str, Descriptors]


@dataclass(frozen=True, slots=True)
class _Part:
    records: tuple[Record, ...]
    sha256: tuple[str, ...]
    descriptors: tuple[Descriptors, ...]
    reason: str = ""


def spread(photos: Sequence[Record], most: int) -> list[Record]:
    """At most so many of an individual's photos: the first of every encounter, then the second of every one, and so on.

    >>> from pathlib import Path
    >>> photos = [Record(Path(name), encounter=name[0]) for name in ("a1", "a2", "a3", "b1", "b2", "c1")]
    >>> [photo.path.name for photo in spread(photos, 4)]
    ['a1', 'b1', 'c1', 'a2']
    """
    met: Counter[str] = Counter()
    turns = []
    for photo in photos:
        encounter = photo.encounter or str(photo.path)
        turns.append(met[encounter])
        met[encounter] += 1
    return [photos[row] for row in np.argsort(turns, kind="stable")[:most]]


def describe_sample(
    records: Sequence[Record], methods: Sequence[str], executor: Executor, progress: Callable[[int], None] | None = None
) -> Sample:
    """The photos described by every method; ResightError where none of them can be used.

    `progress` is told how many are done.
    """
    parts: list[_Part] = []
    for part in executor(partial(_described, tuple(methods)), in_shards(records, SHARD)):
        parts.append(part)
        if progress is not None:
            progress(min(len(parts) * SHARD, len(records)))
    used = [part for part in parts if part.records]
    if not used:
        raise ResightError(f"none of the photos can be used: {parts[0].reason}")
    return Sample(
        labels=labels_of([one for part in used for one in part.records], [one for part in used for one in part.sha256]),
        descriptors={name: joined([part.descriptors[i] for part in used]) for i, name in enumerate(methods)},
    )


def _described(names: tuple[str, ...], records: Sequence[Record]) -> _Part:
    methods = _opened(names)
    # Methods that mask alike share their chips: the network costs more than all the rest.
    preparations: dict[Preparation, list[Chip]] = {method.preparation: [] for method in methods}
    seen: list[tuple[Record, str]] = []
    reason = ""
    for record in records:
        try:
            photo = read_photo(record.path)
            chips = [preparation(photo, record).chip for preparation in preparations]
        except PhotoError as error:
            reason = reason or str(error)
            continue
        seen.append((record, photo.sha256))
        for chip, kept in zip(chips, preparations.values(), strict=True):
            kept.append(chip)
    described = tuple(method.describer.describe(preparations[method.preparation]) for method in methods)
    return _Part(tuple(one for one, _ in seen), tuple(sha256 for _, sha256 in seen), described, reason)


@cache
def _opened(names: tuple[str, ...]) -> tuple[Method, ...]:
    cv2.setNumThreads(1)
    return tuple(open_method(name) for name in names)


def labels_of(records: Sequence[Record], sha256: Sequence[str]) -> Labels:
    """What the records of described photos state; encounters are numbered anew for each individual in many tables."""
    return Labels(
        individual=np.array([record.identity or "" for record in records]),
        side=np.array([record.side.value for record in records]),
        part=np.array([record.part for record in records]),
        encounter=np.array([f"{r.identity or ''}/{r.encounter}" if r.encounter else "" for r in records]),
        photo=np.array(sha256),
    )
