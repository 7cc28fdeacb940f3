"""What the catalogue has already of what is being added, so that it is not read or named again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from resight.catalogue.chunks import chunks
from resight.catalogue.derived import box_of
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Descriptor, Encounter, Individual, Photo, Shard
from resight.catalogue.vectors import SAME_BOX
from resight.types import Box, Place, Side

Key = tuple[str, Box | None, str]


@dataclass(frozen=True, slots=True)
class Held:
    """An annotation that is there: its box as it is now, and whether it has been described with that box."""

    annotation: int
    box: Box | None
    described: bool


def held(catalogue: Catalogue, fingerprint: str, sha256s: Iterable[str]) -> dict[Key, Held]:
    """The annotations of these photos, by sha256, box as added, and part; described: with this fingerprint."""
    a = Annotation
    described = exists().where(
        Descriptor.annotation_id == a.id, Descriptor.shard_id == Shard.id, Shard.fingerprint == fingerprint, SAME_BOX
    )
    added, now = (a.added_x, a.added_y, a.added_w, a.added_h), (a.x, a.y, a.w, a.h)
    query = (
        select(Photo.sha256, a.part, a.id, described, *added, *now)
        .join_from(a, Photo, Photo.id == a.photo_id)
        .where(Photo.frame == 0)
    )
    with catalogue.reading() as session:
        return {
            (sha256, box_of(*boxes[:4]), part): Held(key, box_of(*boxes[4:]), bool(is_described))
            for some in chunks(sha256s)
            for sha256, part, key, is_described, *boxes in session.execute(query.where(Photo.sha256.in_(some)))
        }


@dataclass(frozen=True, slots=True)
class Sight:
    """An annotation's side, the label of its encounter, and when and where its photo was taken, as they are now.

    The label is empty and the others None where they are not known.
    """

    photo: int
    side: Side
    encounter: str
    taken_at: datetime | None
    place: Place | None


def sights(session: Session, annotations: Iterable[int]) -> dict[int, Sight]:
    """What is known now of these annotations."""
    query = (
        select(Annotation.id, Photo.id, Annotation.side, Encounter.label, Photo.taken_at, Photo.lat, Photo.lon)
        .join(Photo, Photo.id == Annotation.photo_id)
        .outerjoin(Encounter, Encounter.id == Annotation.encounter_id)
    )
    return {
        key: Sight(photo, Side(side), label or "", at, None if lat is None or lon is None else Place(lat, lon))
        for ids in chunks(annotations)
        for key, photo, side, label, at, lat, lon in session.execute(query.where(Annotation.id.in_(ids)))
    }


def unnamed_described(catalogue: Catalogue, fingerprint: str) -> list[int]:
    """The annotations that nobody has named and that are described with this fingerprint."""
    a = Annotation
    described = exists().where(
        Descriptor.annotation_id == a.id, Descriptor.shard_id == Shard.id, Shard.fingerprint == fingerprint, SAME_BOX
    )
    query = select(a.id).where(a.individual_id.is_(None), described).order_by(a.id)
    with catalogue.reading() as session:
        return list(session.scalars(query))


def living(session: Session, names: Iterable[str]) -> dict[str, int]:
    """The ids of the live individuals of these names."""
    query = select(Individual.name, Individual.id).where(Individual.absorbed_by.is_(None))
    return {
        name: key for some in chunks(names) for name, key in session.execute(query.where(Individual.name.in_(some)))
    }
