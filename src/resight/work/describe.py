"""Records in, described annotations out: what one worker does with one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import islice
from typing import TypeVar

import cv2

from resight.chip.prepare import MaskKind, Prepared
from resight.errors import PhotoError
from resight.media.copies import perceptual_hash
from resight.media.photo import read_photo
from resight.method import Method, open_method
from resight.types import Chip, Descriptors, Embeddings, LocalFeatures, Photo, Place, Record, Rejection
from resight.work.processes import Executor

SHARD = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sighted:
    """What is kept of one record once its photo has been looked at; no pixels.

    `width` and `height` are the upright photo's. Time and place are the table's, else the photo's own.
    """

    record: Record
    sha256: str
    size_bytes: int
    width: int
    height: int
    taken_at: datetime | None
    place: Place | None
    perceptual_hash: int
    quality: float
    mask: MaskKind


@dataclass(frozen=True, slots=True)
class Present:
    """A record whose annotation the catalogue has, described already: nothing is left to do but to name it."""

    record: Record
    annotation: int


Entry = Record | Rejection | Present


@dataclass(frozen=True, slots=True)
class DescribedShard:
    """One shard looked at: an outcome for each entry, in order, and the descriptors of those sighted, in order."""

    outcomes: tuple[Sighted | Present | Rejection, ...]
    descriptors: Descriptors | None

    @property
    def sighted(self) -> tuple[Sighted, ...]:
        """The annotations that were described, one for each row of the descriptors."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Sighted))

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """What could not be used, and why."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Rejection))


def in_shards(entries: Iterable[T], size: int = SHARD) -> Iterator[tuple[T, ...]]:
    """The entries in groups of `size`, in order."""
    source = iter(entries)
    while group := tuple(islice(source, size)):
        yield group


def describe_all(shards: Iterable[Sequence[Entry]], method: str, executor: Executor) -> Iterator[DescribedShard]:
    """Every shard described by the method of that name, in order."""
    return executor(partial(describe_shard, method), shards)


def describe_shard(method: str, entries: Sequence[Entry]) -> DescribedShard:
    """Read, mask, cut and describe one shard; a photo that cannot be used is rejected and the rest goes on."""
    outcomes: list[Sighted | Present | Rejection] = []
    chips: list[Chip] = []
    for entry in entries:
        if not isinstance(entry, Record):
            outcomes.append(entry)
            continue
        opened = _opened(method)
        try:
            photo = read_photo(entry.path)
            prepared = opened.preparation(photo, entry)
        except PhotoError as error:
            outcomes.append(Rejection(entry.path, str(error)))
            continue
        chips.append(prepared.chip)
        outcomes.append(_sighted(entry, photo, prepared))
    return DescribedShard(tuple(outcomes), _opened(method).describer.describe(chips) if chips else None)


@cache
def _opened(method: str) -> Method:
    # Once a process: models are slow to load. OpenCV's own threads would fight with the other processes.
    cv2.setNumThreads(1)
    return open_method(method)


def _sighted(record: Record, photo: Photo, prepared: Prepared) -> Sighted:
    return Sighted(
        record=record,
        sha256=photo.sha256,
        size_bytes=record.path.stat().st_size,
        width=photo.width,
        height=photo.height,
        taken_at=record.taken_at or photo.taken_at,
        place=record.place or photo.place,
        perceptual_hash=perceptual_hash(photo.pixels),
        quality=prepared.quality,
        mask=prepared.mask,
    )


def joined(parts: Sequence[Descriptors]) -> Descriptors:
    """Descriptors of one kind, one after another."""
    local = [part for part in parts if isinstance(part, LocalFeatures)]
    if len(local) == len(parts):
        return LocalFeatures.joined(local)
    return Embeddings.joined([part for part in parts if isinstance(part, Embeddings)])
