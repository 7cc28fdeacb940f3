"""Add photos, annotations, encounters and tracks; these rows stay as they were added."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from resight.catalogue.chunks import chunks
from resight.catalogue.derived import box_of, columns_of
from resight.catalogue.models import Annotation, Base, Encounter, Individual, Mention, Photo, RejectedFile, Track
from resight.errors import CatalogueError
from resight.types import Box, Place, Rejection, Side


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """One animal in a photo, as it is added. `encounter` is a label, empty where not known."""

    box: Box | None = None
    side: Side = Side.UNKNOWN
    part: str = ""
    quality: float | None = None
    encounter: str = ""
    track: int | None = None
    mask_kind: str | None = None
    mask_path: Path | None = None


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo and the animals in it, as they are added.

    `path` is absolute, or relative to the catalogue where the file was copied there from `original_name`.
    `frame` counts the frames of a video, whose sha256 they share; it is 0 for an image file.
    """

    path: Path
    sha256: str
    size_bytes: int
    width: int
    height: int
    annotations: tuple[NewAnnotation, ...]
    taken_at: datetime | None = None
    place: Place | None = None
    perceptual_hash: int | None = None
    frame: int = 0
    original_name: str = ""
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """An annotation after adding: its id, and whether it is new or was in the catalogue before."""

    annotation: int
    new: bool


# Photo, box as added, part.
_Key = tuple[int, Box | None, str]


def add_shard(session: Session, photos: Sequence[NewPhoto]) -> list[tuple[Added, ...]]:
    """Add photos with their annotations, as a part of the session's transaction.

    A photo known already (same sha256 and frame) keeps its row, and an annotation known already (same
    photo, box as added, and part) its own, so that what was interrupted can be done again.

    Returns:
        For each photo, its annotations in the order given.

    Raises:
        CatalogueError: a track is not known, or decisions speak of it already.
    """
    _check_tracks(session, {a.track for photo in photos for a in photo.annotations if a.track is not None})
    photo_ids = _add_photos(session, photos)
    encounters = _add_encounters(session, photos)
    known = _known_annotations(session, photo_ids.values())
    keys = [[(photo_ids[p.sha256, p.frame], a.box, a.part) for a in p.annotations] for p in photos]
    rows: dict[_Key, dict[str, object]] = {}
    for photo, of_photo in zip(photos, keys, strict=True):
        for key, annotation in zip(of_photo, photo.annotations, strict=True):
            if key not in known and key not in rows:
                rows[key] = _annotation_row(key[0], annotation, encounters.get(annotation.encounter))
    known |= dict(zip(rows, _inserted(session, Annotation, list(rows.values())), strict=True))
    # Of two equal annotations in one call, the first is the new one.
    new = set(rows)
    added: list[tuple[Added, ...]] = []
    for of_photo in keys:
        entries = []
        for key in of_photo:
            entries.append(Added(known[key], key in new))
            new.discard(key)
        added.append(tuple(entries))
    return added


def named(session: Session, annotations: Iterable[int]) -> dict[int, str]:
    """The names of those of the annotations that are assigned to an individual."""
    query = select(Annotation.id, Individual.name).join(Individual, Individual.id == Annotation.individual_id)
    return {
        key: name for ids in chunks(annotations) for key, name in session.execute(query.where(Annotation.id.in_(ids)))
    }


def add_track(session: Session, source: str) -> int:
    """Add a track of this source; its id comes back. A cut needs one without annotations."""
    return _inserted(session, Track, [{"source": source}])[0]


def open_tracks(session: Session, labels: Iterable[str]) -> dict[str, int]:
    """The ids of the tracks of these labels, new ones added; without those of which decisions speak already.

    Where such a track's later pictures belong would follow from a decision made before they were there.
    """
    sources = {hashlib.sha256(label.encode()).hexdigest(): label for label in labels}
    query = select(Track.source, Track.id)
    known = {
        source: key
        for some in chunks(sources)
        for source, key in session.execute(query.where(Track.source.in_(some)).order_by(Track.id.desc()))
    }
    new = [source for source in sources if source not in known]
    known |= dict(zip(new, _inserted(session, Track, [{"source": source} for source in new]), strict=True))
    spoken = select(Mention.subject_id).where(Mention.what == "track")
    closed = {
        key for some in chunks(known.values()) for key in session.scalars(spoken.where(Mention.subject_id.in_(some)))
    }
    return {sources[source]: key for source, key in known.items() if key not in closed}


def encounter_ids(session: Session, first: Mapping[str, int]) -> dict[str, int]:
    """The ids of encounters by label; a new one is dated and placed as the photo of its `first` annotation is."""
    query = select(Annotation.id, Photo.taken_at, Photo.lat, Photo.lon).join(Photo, Photo.id == Annotation.photo_id)
    seen = {
        key: (taken_at, None if lat is None or lon is None else Place(lat, lon))
        for ids in chunks(first.values())
        for key, taken_at, lat, lon in session.execute(query.where(Annotation.id.in_(ids)))
    }
    return _encounters(session, {label: seen[key] for label, key in first.items()})


def date_and_place(session: Session, photo: int, taken_at: datetime | None, place: Place | None) -> None:
    """Write down when and where a photo was taken."""
    lat, lon = (None, None) if place is None else (place.lat, place.lon)
    session.execute(update(Photo).where(Photo.id == photo).values(taken_at=taken_at, lat=lat, lon=lon))


def add_rejected(session: Session, rejections: Iterable[Rejection]) -> None:
    """Keep the record of files that could not be used; of one that failed for this reason before, the latest time."""
    at = datetime.now(UTC)
    wanted = dict.fromkeys((str(r.path), r.reason) for r in rejections)
    query = select(RejectedFile.path, RejectedFile.reason)
    there = {
        (path, reason)
        for paths in chunks({path for path, _ in wanted})
        for path, reason in session.execute(query.where(RejectedFile.path.in_(paths)))
    }
    for path, reason in there & wanted.keys():
        session.execute(
            update(RejectedFile).where(RejectedFile.path == path, RejectedFile.reason == reason).values(at=at)
        )
    rows = [{"path": path, "reason": reason, "at": at} for path, reason in wanted if (path, reason) not in there]
    if rows:
        session.connection().execute(insert(RejectedFile), rows)


def described_with(session: Session, masks: Mapping[int, str]) -> None:
    """Annotations were described anew, with masks of these kinds."""
    for kind in set(masks.values()):
        for keys in chunks(key for key, of in masks.items() if of == kind):
            session.execute(update(Annotation).where(Annotation.id.in_(keys)).values(mask_kind=kind))


def _add_photos(session: Session, photos: Sequence[NewPhoto]) -> dict[tuple[str, int], int]:
    known: dict[tuple[str, int], int] = {}
    query = select(Photo.sha256, Photo.frame, Photo.id)
    for hashes in chunks({photo.sha256 for photo in photos}):
        for sha256, frame, key in session.execute(query.where(Photo.sha256.in_(hashes))):
            known[sha256, frame] = key
    new: dict[tuple[str, int], dict[str, object]] = {}
    for photo in photos:
        if (photo.sha256, photo.frame) not in known:
            new.setdefault((photo.sha256, photo.frame), _photo_row(photo))
    return known | dict(zip(new, _inserted(session, Photo, list(new.values())), strict=True))


def _photo_row(photo: NewPhoto) -> dict[str, object]:
    place = photo.place
    return {
        "sha256": photo.sha256,
        "frame": photo.frame,
        "path": str(photo.path),
        "original_name": photo.original_name or photo.path.name,
        "copied": photo.copied,
        "size_bytes": photo.size_bytes,
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.taken_at,
        "lat": None if place is None else place.lat,
        "lon": None if place is None else place.lon,
        "perceptual_hash": photo.perceptual_hash,
        "added_at": datetime.now(UTC),
    }


def _add_encounters(session: Session, photos: Sequence[NewPhoto]) -> dict[str, int]:
    """The ids of the encounters by label; a new one is dated and placed as its first photo is."""
    first: dict[str, NewPhoto] = {}
    for photo in photos:
        for annotation in photo.annotations:
            if annotation.encounter:
                first.setdefault(annotation.encounter, photo)
    return _encounters(session, {label: (photo.taken_at, photo.place) for label, photo in first.items()})


def _encounters(session: Session, seen: Mapping[str, tuple[datetime | None, Place | None]]) -> dict[str, int]:
    """The ids of the encounters by label; new ones are added with this date and place."""
    query = select(Encounter.label, Encounter.id)
    known = {
        label: key
        for labels in chunks(seen)
        for label, key in session.execute(query.where(Encounter.label.in_(labels)))
    }
    new: dict[str, dict[str, object]] = {
        label: {
            "label": label,
            "date": None if taken_at is None else taken_at.date(),
            "lat": None if place is None else place.lat,
            "lon": None if place is None else place.lon,
        }
        for label, (taken_at, place) in seen.items()
        if label not in known
    }
    return known | dict(zip(new, _inserted(session, Encounter, list(new.values())), strict=True))


def _known_annotations(session: Session, photos: Iterable[int]) -> dict[_Key, int]:
    a = Annotation
    query = select(a.id, a.photo_id, a.added_x, a.added_y, a.added_w, a.added_h, a.part)
    return {
        (photo, box_of(x, y, w, h), part): key
        for ids in chunks(photos)
        for key, photo, x, y, w, h, part in session.execute(query.where(a.photo_id.in_(ids)))
    }


def _annotation_row(photo_id: int, annotation: NewAnnotation, encounter: int | None) -> dict[str, object]:
    box = columns_of(annotation.box)
    return {
        "photo_id": photo_id,
        "part": annotation.part,
        "quality": annotation.quality,
        "mask_kind": annotation.mask_kind,
        "mask_path": None if annotation.mask_path is None else str(annotation.mask_path),
        "side": annotation.side.value,
        "added_side": annotation.side.value,
        **box,
        **{f"added_{key}": value for key, value in box.items()},
        "encounter_id": encounter,
        "added_encounter_id": encounter,
        "track_id": annotation.track,
        "added_track_id": annotation.track,
    }


def _check_tracks(session: Session, tracks: set[int]) -> None:
    for ids in chunks(tracks):
        if missing := set(ids) - set(session.scalars(select(Track.id).where(Track.id.in_(ids)))):
            raise CatalogueError(f"there is no track {min(missing)}")
        decided = select(Mention.subject_id).where(Mention.what == "track", Mention.subject_id.in_(ids))
        if (track := session.scalars(decided).first()) is not None:
            # Where it now belongs would follow from a decision made before it was there.
            raise CatalogueError(f"decisions speak of track {track}; annotations cannot be added to it")


def _inserted(session: Session, table: type[Base], rows: list[dict[str, object]]) -> list[int]:
    """Insert the rows; their ids, in order."""
    if not rows:
        return []
    key = table.__table__.c.id
    statement = insert(table).returning(key, sort_by_parameter_order=True)
    return list(session.connection().execute(statement, rows).scalars())
