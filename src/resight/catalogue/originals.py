"""Keep copies of originals inside the catalogue, for photos whose own place will not last: a card, a borrowed disk."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select, update

from resight.catalogue.chunks import chunks
from resight.catalogue.folder import PHOTOS, Catalogue
from resight.catalogue.models import Annotation, Photo
from resight.catalogue.shard_file import flush_folder
from resight.errors import PhotoError
from resight.media.file_bytes import file_sha256
from resight.types import Rejection

PARTIAL = ".partial"
ABANDONED_SECONDS = 3600  # nobody has written to it for so long


def keep_originals(catalogue: Catalogue, seen: Sequence[tuple[int, Path]]) -> list[Rejection]:
    """Copy photos into the catalogue's folder, where that has not been done; returns what could not be copied.

    `seen` are annotations, each with the file that its photo has just been read from. A copy is named by its sha256,
    so that a killed run is simply done again. Each is complete on disk before the catalogue speaks of it. The
    original stays as it is.
    """
    query = (
        select(Annotation.id, Photo.sha256)
        .join(Photo, Photo.id == Annotation.photo_id)
        .where(Photo.copied.is_(False), Photo.frame == 0)
    )
    with catalogue.reading() as session:
        wanted = {
            key: sha256
            for some in chunks(key for key, _ in seen)
            for key, sha256 in session.execute(query.where(Annotation.id.in_(some)))
        }
    kept: dict[str, Path] = {}
    rejected: list[Rejection] = []
    for key, original in seen:
        sha256 = wanted.get(key)
        if sha256 is None or sha256 in kept:
            continue
        place = Path(PHOTOS, sha256[:2], sha256 + original.suffix.lower())
        try:
            _copy(original, catalogue.folder / place, sha256)
        except PhotoError as error:
            rejected.append(Rejection(original, str(error)))
        else:
            kept[sha256] = place
    if kept:
        with catalogue.writing() as session:
            for sha256, place in kept.items():
                session.execute(update(Photo).where(Photo.sha256 == sha256).values(path=str(place), copied=True))
    return rejected


def clear_unfinished(catalogue: Catalogue) -> None:
    """Delete the halves of copies that killed runs have left."""
    for path in (catalogue.folder / PHOTOS).glob(f"*/*{PARTIAL}"):
        # Another program may be at it, or may have finished it just now.
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()


def _copy(original: Path, place: Path, sha256: str) -> None:
    """Put the bytes of that hash at `place`; PhotoError where the original has others, or the copy cannot be made."""
    if place.exists() and file_sha256(place) == sha256:
        return
    partial = place.with_suffix(f".{os.getpid()}{PARTIAL}")
    hashed = hashlib.sha256()
    try:
        with original.open("rb") as source:
            place.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as target:
                while block := source.read(1 << 20):
                    hashed.update(block)
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
        if hashed.hexdigest() != sha256:
            raise PhotoError("it could not be copied into the catalogue: the file has changed since it was read")
        partial.replace(place)
        flush_folder(place.parent)
        flush_folder(place.parent.parent)
    except OSError as error:
        raise PhotoError(f"it could not be copied to {place.parent}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
