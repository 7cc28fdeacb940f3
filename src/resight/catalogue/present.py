"""What of a shard of records the catalogue has already, so that it is not read again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select

from resight.catalogue.chunks import chunks
from resight.catalogue.derived import box_of
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Descriptor, Photo, Shard
from resight.types import Box

Key = tuple[str, Box | None, str]


def described_already(catalogue: Catalogue, fingerprint: str, sha256s: Iterable[str]) -> dict[Key, int]:
    """Annotations of these photos that have a descriptor of this fingerprint: by sha256, box as added, and part."""
    a = Annotation
    has_descriptor = exists().where(
        Descriptor.annotation_id == a.id, Descriptor.shard_id == Shard.id, Shard.fingerprint == fingerprint
    )
    query = (
        select(Photo.sha256, a.added_x, a.added_y, a.added_w, a.added_h, a.part, a.id)
        .join_from(a, Photo, Photo.id == a.photo_id)
        .where(Photo.frame == 0, has_descriptor)
    )
    with catalogue.reading() as session:
        return {
            (sha256, box_of(x, y, w, h), part): key
            for some in chunks(sha256s)
            for sha256, x, y, w, h, part, key in session.execute(query.where(Photo.sha256.in_(some)))
        }
