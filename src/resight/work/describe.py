"""Records in, described annotations out: what one worker does with one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import islice

import cv2

from resight.chip.prepare import MaskKind, Prepared
from resight.describe.seam import Describer
from resight.errors import PhotoError
from resight.media.copies import perceptual_hash
from resight.media.photo import read_photo
from resight.method import Method, open_method
from resight.types import Chip, Descriptors, Embeddings, LocalFeatures, Photo, Place, Record, Rejection
from resight.work.processes import Executor

SHARD = 32


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
class DescribedShard:
    """The annotations of a shard with their descriptors, row by row, and the records that could not be used."""

    sighted: tuple[Sighted, ...]
    descriptors: Descriptors | None
    rejected: tuple[Rejection, ...]


def shards(entries: Iterable[Record | Rejection], size: int = SHARD) -> Iterator[tuple[Record | Rejection, ...]]:
    """The entries in groups of `size`, in order."""
    source = iter(entries)
    while group := tuple(islice(source, size)):
        yield group


def describe_all(
    entries: Iterable[Record | Rejection], method: str, executor: Executor, size: int = SHARD
) -> Iterator[DescribedShard]:
    """Every entry described by the method of that name, shard by shard, in order."""
    return executor(partial(describe_shard, method), shards(entries, size))


def describe_shard(method: str, entries: Sequence[Record | Rejection]) -> DescribedShard:
    """Read, mask, cut and describe one shard; a photo that cannot be used is rejected and the rest goes on."""
    opened = _opened(method)
    sighted: list[Sighted] = []
    chips: list[Chip] = []
    rejected: list[Rejection] = []
    for entry in entries:
        if isinstance(entry, Rejection):
            rejected.append(entry)
            continue
        try:
            photo = read_photo(entry.path)
            prepared = opened.preparation(photo, entry)
        except PhotoError as error:
            rejected.append(Rejection(entry.path, str(error)))
            continue
        chips.append(prepared.chip)
        sighted.append(_sighted(entry, photo, prepared))
    return DescribedShard(tuple(sighted), _described(opened.describer, chips), tuple(rejected))


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


def _described(describer: Describer, chips: Sequence[Chip]) -> Descriptors | None:
    return describer.describe(chips) if chips else None


def joined(parts: Sequence[Descriptors]) -> Descriptors:
    """Descriptors of one kind, one after another."""
    local = [part for part in parts if isinstance(part, LocalFeatures)]
    if len(local) == len(parts):
        return LocalFeatures.joined(local)
    return Embeddings.joined([part for part in parts if isinstance(part, Embeddings)])
