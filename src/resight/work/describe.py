"""Records in, described annotations out: what one worker does with one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from resight.types import Box, Chip, Descriptors, Embeddings, LocalFeatures, Photo, Place, Record, Rejection, Together
from resight.work.processes import Executor

SHARD = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sighted:
    """What is kept of one record once its photo has been looked at; no pixels.

    `width` and `height` are the upright photo's. Time and place are the table's, else the photo's own.
    `box` is what was described; `annotation` the catalogue's id, where it has the annotation already.
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
    box: Box | None
    annotation: int | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """A record whose annotation the catalogue has, described already: nothing is left to do but to name it."""

    record: Record
    annotation: int


@dataclass(frozen=True, slots=True)
class Undescribed:
    """A record whose annotation the catalogue has, but not its descriptor; the box may have been corrected since."""

    record: Record
    annotation: int
    box: Box | None


Entry = Record | Rejection | Present | Undescribed


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
        if isinstance(entry, Rejection | Present):
            outcomes.append(entry)
            continue
        seen = entry if isinstance(entry, Record) else replace(entry.record, box=entry.box)
        opened = _opened(method)
        try:
            photo = read_photo(seen.path)
            prepared = opened.preparation(photo, seen)
        except PhotoError as error:
            outcomes.append(Rejection(seen.path, str(error)))
            continue
        chips.append(prepared.chip)
        outcomes.append(_sighted(entry, photo, prepared))
    return DescribedShard(tuple(outcomes), _opened(method).describer.describe(chips) if chips else None)


@cache
def _opened(method: str) -> Method:
    # Once a process: models are slow to load. OpenCV's own threads would fight with the other processes.
    cv2.setNumThreads(1)
    return open_method(method)


def _sighted(entry: Record | Undescribed, photo: Photo, prepared: Prepared) -> Sighted:
    record = entry if isinstance(entry, Record) else entry.record
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
        box=entry.box,
        annotation=None if isinstance(entry, Record) else entry.annotation,
    )


def joined(parts: Sequence[Descriptors]) -> Descriptors:
    """Descriptors of one kind, one after another."""
    local = [part for part in parts if isinstance(part, LocalFeatures)]
    if len(local) == len(parts):
        return LocalFeatures.joined(local)
    together = [part for part in parts if isinstance(part, Together)]
    if together:
        return Together.joined(together)
    return Embeddings.joined([part for part in parts if isinstance(part, Embeddings)])
