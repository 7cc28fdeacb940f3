"""Look up what the catalogue knows, for many annotations at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from resight.catalogue import models
from resight.catalogue.chunks import chunks
from resight.catalogue.derived import box_of
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Encounter, Individual, Photo
from resight.errors import CatalogueError
from resight.types import Box, Ints, Labels, Place, Side

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Catalogued:
    """An annotation as it stands: where its photo lies, what to cut out, and whom it shows.

    `photo` is the photo's id, `width` and `height` are its pixels, upright.
    `individual` is the individual's id, `name` its name, empty where nobody is assigned.
    """

    id: int
    path: Path
    sha256: str
    frame: int
    box: Box | None
    side: Side
    part: str
    quality: float | None
    encounter: str
    taken_at: datetime | None
    individual: int | None
    name: str
    mask_kind: str | None
    mask_path: Path | None
    photo: int
    width: int
    height: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A live individual, and how many annotations and encounters show it."""

    id: int
    name: str
    annotations: int
    encounters: int


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that could not be used, why, and when that was found (UTC)."""

    path: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a catalogue holds. `unnamed` annotations are assigned to no individual."""

    photos: int
    annotations: int
    unnamed: int
    encounters: int
    tracks: int
    individuals: int
    decisions: int
    rejected_files: int


def catalogued(catalogue: Catalogue, ids: Sequence[int] | Ints | None = None) -> list[Catalogued]:
    """Annotations as they stand: all, by id, or these, in this order.

    Raises:
        CatalogueError: there is no annotation of one of these ids.
    """
    a, p = Annotation, Photo
    what = (a.side, a.part, a.quality, a.individual_id, a.mask_kind, a.mask_path)
    photo = (a.photo_id, p.width, p.height, p.lat, p.lon)
    query = (
        select(
            a.id,
            p.path,
            p.sha256,
            p.frame,
            p.taken_at,
            a.x,
            a.y,
            a.w,
            a.h,
            Encounter.label,
            Individual.name,
            *what,
            *photo,
        )
        .join(Photo, Photo.id == Annotation.photo_id)
        .outerjoin(Encounter, Encounter.id == Annotation.encounter_id)
        .outerjoin(Individual, Individual.id == Annotation.individual_id)
        .order_by(Annotation.id)
    )
    wanted = None if ids is None else [int(key) for key in ids]
    queries = [query] if wanted is None else [query.where(Annotation.id.in_(c)) for c in chunks(wanted)]
    with catalogue.reading() as session:
        found = {
            row.id: Catalogued(
                id=row.id,
                path=catalogue.folder / row.path,
                sha256=row.sha256,
                frame=row.frame,
                box=box_of(row.x, row.y, row.w, row.h),
                side=Side(row.side),
                part=row.part,
                quality=row.quality,
                encounter=row.label or "",
                taken_at=row.taken_at,
                individual=row.individual_id,
                name=row.name or "",
                mask_kind=row.mask_kind,
                mask_path=None if row.mask_path is None else Path(row.mask_path),
                photo=row.photo_id,
                width=row.width,
                height=row.height,
                place=None if row.lat is None or row.lon is None else Place(row.lat, row.lon),
            )
            for query in queries
            for row in session.execute(query)
        }
    return list(found.values()) if wanted is None else [_found(found, key) for key in wanted]


def labels(catalogue: Catalogue, ids: Sequence[int] | Ints | None = None) -> tuple[Ints, Labels]:
    """Ids (n,) and labels of annotations: all, by id, or these, in this order.

    `photo` is the sha256, and for a frame of a video its number after a colon.

    Raises:
        CatalogueError: there is no annotation of one of these ids.
    """
    query = (
        select(
            Annotation.id,
            Individual.name,
            Annotation.side,
            Annotation.part,
            Encounter.label,
            Photo.sha256,
            Photo.frame,
        )
        .join(Photo, Photo.id == Annotation.photo_id)
        .outerjoin(Encounter, Encounter.id == Annotation.encounter_id)
        .outerjoin(Individual, Individual.id == Annotation.individual_id)
        .order_by(Annotation.id)
    )
    wanted = None if ids is None else [int(key) for key in ids]
    queries = [query] if wanted is None else [query.where(Annotation.id.in_(c)) for c in chunks(wanted)]
    with catalogue.reading() as session:
        found = {
            key: (name or "", side, part, label or "", f"{sha256}:{frame}" if frame else sha256)
            for query in queries
            for key, name, side, part, label, sha256, frame in session.execute(query)
        }
    keys = list(found) if wanted is None else wanted
    rows = [_found(found, key) for key in keys]
    columns = zip(*rows, strict=True) if rows else [()] * 5
    return np.asarray(keys, np.int64), Labels(*(np.asarray(column, np.str_) for column in columns))


def known_photos(catalogue: Catalogue, sha256s: Iterable[str]) -> set[str]:
    """Those of the hashes whose files the catalogue has."""
    with catalogue.reading() as session:
        return {
            found
            for hashes in chunks(sha256s)
            for found in session.scalars(select(Photo.sha256).where(Photo.sha256.in_(hashes)))
        }


def individual_named(catalogue: Catalogue, name: str) -> int:
    """The id of the live individual with this name; CatalogueError where there is none."""
    query = select(Individual.id).where(Individual.name == name, Individual.absorbed_by.is_(None))
    with catalogue.reading() as session:
        found = session.scalar(query)
        if found is None:
            raise CatalogueError(f"there is no individual named {name}")
        return found


def live_names(session: Session) -> list[str]:
    """The names of the live individuals."""
    return list(session.scalars(select(Individual.name).where(Individual.absorbed_by.is_(None))))


def names_ever(catalogue: Catalogue) -> dict[int, str]:
    """The names of all individuals there ever were, merged ones too, by id."""
    with catalogue.reading() as session:
        return {row.id: row.name for row in session.execute(select(Individual.id, Individual.name))}


def individuals(catalogue: Catalogue) -> list[Known]:
    """The live individuals, by name."""
    query = (
        select(
            Individual.id,
            Individual.name,
            func.count(Annotation.id),
            func.count(Annotation.encounter_id.distinct()),
        )
        .outerjoin(Annotation, Annotation.individual_id == Individual.id)
        .where(Individual.absorbed_by.is_(None))
        .group_by(Individual.id, Individual.name)
    )
    with catalogue.reading() as session:
        return sorted((Known(*row) for row in session.execute(query)), key=lambda known: known.name)


def photos_of(session: Session, individuals: Iterable[int], most: int) -> dict[int, list[int]]:
    """The annotations of each individual, the best first, at most so many of each."""
    place = (
        func.row_number()
        .over(partition_by=Annotation.individual_id, order_by=(Annotation.quality.desc().nulls_last(), Annotation.id))
        .label("place")
    )
    found: dict[int, list[int]] = {key: [] for key in individuals}
    for some in chunks(found):
        ranked = select(Annotation.id, Annotation.individual_id, place).where(Annotation.individual_id.in_(some))
        of = ranked.subquery()
        for key, individual in session.execute(
            select(of.c.id, of.c.individual_id).where(of.c.place <= most).order_by(of.c.place)
        ):
            found[individual].append(key)
    return found


def tracks_of(catalogue: Catalogue, annotations: Sequence[int]) -> list[int]:
    """The track of each annotation; CatalogueError where one belongs to none, or there is no such annotation."""
    with catalogue.reading() as session:
        query = select(Annotation.id, Annotation.track_id)
        found = {
            key: track
            for ids in chunks(annotations)
            for key, track in session.execute(query.where(Annotation.id.in_(ids)))
        }
    tracks = []
    for key in annotations:
        if key not in found:
            raise CatalogueError(f"there is no annotation {key}")
        track = found[key]
        if track is None:
            raise CatalogueError(f"annotation {key} belongs to no track: only pictures cut out of films do")
        tracks.append(track)
    return tracks


def refused(catalogue: Catalogue, ids: Sequence[int] | Ints) -> list[set[int]]:
    """For each annotation, the live individuals it was said not to be.

    A rejected individual that was merged since counts as the one it was merged into; the individual an
    annotation is assigned to never counts.
    """
    rejection = models.Rejection
    own: dict[int, int | None] = {}
    wanted = [int(key) for key in ids]
    found: dict[int, set[int]] = {key: set() for key in wanted}
    with catalogue.reading() as session:
        merged = select(Individual.id, Individual.absorbed_by).where(Individual.absorbed_by.is_not(None))
        into = {row.id: row.absorbed_by for row in session.execute(merged)}
        for some in chunks(found):
            pairs = select(rejection.annotation_id, rejection.individual_id, Annotation.individual_id)
            for key, other, shown in session.execute(pairs.join(Annotation).where(rejection.annotation_id.in_(some))):
                own[key] = shown
                found[key].add(_last(into, other))
    return [found[key] - {own.get(key)} for key in wanted]


def rejected_files(catalogue: Catalogue, limit: int) -> list[RejectedFile]:
    """The files that could not be used, the latest first."""
    row = models.RejectedFile
    query = select(row.path, row.reason, row.at).order_by(row.id.desc()).limit(limit)
    with catalogue.reading() as session:
        return [RejectedFile(path, reason, at) for path, reason, at in session.execute(query)]


def counts(catalogue: Catalogue) -> Counts:
    """How much the catalogue holds."""
    with catalogue.reading() as session:

        def count(query: Select[int]) -> int:
            return session.scalar(query) or 0

        unnamed = Annotation.individual_id.is_(None)
        return Counts(
            photos=count(_rows_of(Photo)),
            annotations=count(_rows_of(Annotation)),
            unnamed=count(_rows_of(Annotation).where(unnamed)),
            encounters=count(_rows_of(Encounter)),
            tracks=count(_rows_of(models.Track)),
            individuals=count(_rows_of(Individual).where(Individual.absorbed_by.is_(None))),
            decisions=count(_rows_of(models.Decision)),
            rejected_files=count(_rows_of(models.RejectedFile)),
        )


def _rows_of(table: type[models.Base]) -> Select[int]:
    return select(func.count()).select_from(table)


def _last(into: Mapping[int, int | None], individual: int) -> int:
    while (absorber := into.get(individual)) is not None:
        individual = absorber
    return individual


def _found(found: Mapping[int, T], key: int) -> T:
    if key not in found:
        raise CatalogueError(f"there is no annotation {key}")
    return found[key]
