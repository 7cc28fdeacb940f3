"""Keep copies of originals inside the catalogue, for photos whose own place will not last: a card, a borrowed disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select, update

from resight.catalogue.chunks import chunks
from resight.catalogue.folder import PHOTOS, Catalogue
from resight.catalogue.models import Annotation, Photo
from resight.media.file_bytes import why_unreadable
from resight.types import Rejection

BLOCK = 1 << 20


def keep_originals(catalogue: Catalogue, annotations: Iterable[int]) -> list[Rejection]:
    """Copy the photos of these annotations into the catalogue's folder, where that has not been done; what cannot be.

    A copy is named by its sha256, so that a killed run is simply done again. Each is complete on disk before the
    catalogue speaks of it. The original stays as it is.
    """
    query = (
        select(Photo.sha256, Photo.path)
        .join(Annotation, Annotation.photo_id == Photo.id)
        .where(Photo.copied.is_(False))
        .distinct()
    )
    with catalogue.reading() as session:
        wanted = [row for some in chunks(annotations) for row in session.execute(query.where(Annotation.id.in_(some)))]
    kept: dict[str, Path] = {}
    rejected: list[Rejection] = []
    for sha256, name in wanted:
        original = catalogue.folder / name
        place = Path(PHOTOS, sha256[:2], sha256 + original.suffix.lower())
        try:
            same = _copied(original, catalogue.folder / place, sha256)
        except (OSError, ValueError) as error:
            rejected.append(Rejection(original, f"it could not be copied into the catalogue: {why_unreadable(error)}"))
            continue
        if same:
            kept[sha256] = place
        else:
            reason = "it could not be copied into the catalogue: the file has changed since it was added"
            rejected.append(Rejection(original, reason))
    if kept:
        with catalogue.writing() as session:
            for sha256, place in kept.items():
                session.execute(update(Photo).where(Photo.sha256 == sha256).values(path=str(place), copied=True))
    return rejected


def _copied(original: Path, place: Path, sha256: str) -> bool:
    """Whether the bytes of that hash are now at `place`; False where the original holds other bytes."""
    if place.exists():
        return True
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(f".{os.getpid()}.partial")
    hashed = hashlib.sha256()
    with original.open("rb") as source, partial.open("wb") as target:
        while block := source.read(BLOCK):
            hashed.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if hashed.hexdigest() != sha256:
        partial.unlink()
        return False
    partial.replace(place)
    return True
