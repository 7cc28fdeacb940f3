"""Descriptors of annotations, in immutable shards that the database lists."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, exists, insert, select
from sqlalchemy.orm import Session

from resight.catalogue import shard_file
from resight.catalogue.chunks import chunks
from resight.catalogue.derived import box_of, columns_of
from resight.catalogue.folder import VECTORS, Catalogue
from resight.catalogue.models import Annotation, Descriptor, Shard
from resight.errors import CatalogueError
from resight.types import Box, Descriptors, Ints, Rejection

# A descriptor counts only for the box that it was made from.
SAME_BOX = (
    Descriptor.x.is_not_distinct_from(Annotation.x)
    & Descriptor.y.is_not_distinct_from(Annotation.y)
    & Descriptor.w.is_not_distinct_from(Annotation.w)
    & Descriptor.h.is_not_distinct_from(Annotation.h)
)


@dataclass(frozen=True, slots=True)
class Described:
    """Descriptors read from one shard; row i is of annotation `annotations[i]`."""

    annotations: Ints
    descriptors: Descriptors


@dataclass(frozen=True, slots=True)
class Garbage:
    """What a collection removed: files that no row names, and shards of which no descriptor counts."""

    files: int
    shards: int


def write_shard(
    catalogue: Catalogue,
    session: Session,
    fingerprint: str,
    annotations: Sequence[int] | Ints,
    descriptors: Descriptors,
    boxes: Sequence[Box | None] | None = None,
) -> Path:
    """Write descriptors to a new file, now, and its rows, with the transaction of `Catalogue.writing`.

    Where the transaction fails, the file is left over for `collect_garbage`. Older descriptors of the same
    annotations and fingerprint no longer count.

    Args:
        catalogue: where to.
        session: of `catalogue.writing()`.
        fingerprint: how the descriptors were made.
        annotations: (n,) their ids.
        descriptors: of n annotations.
        boxes: what was described, where it was read in an earlier transaction: a box corrected since
            makes the descriptor stale. Without them, the boxes as they are now.

    Raises:
        CatalogueError: the rows do not match, an annotation is not known, or the fingerprint has
            descriptors of another kind or dimension already.
    """
    keys = [int(key) for key in annotations]
    if len(keys) != len(descriptors) or len(set(keys)) != len(keys):
        raise CatalogueError(f"{len(descriptors)} descriptors cannot be stored for {len(set(keys))} annotations")
    kind, dimension = shard_file.kind_of(descriptors), shard_file.dimension_of(descriptors)
    _check_alike(session, fingerprint, kind, dimension)
    described = _boxes(session, keys) if boxes is None else dict(zip(keys, boxes, strict=True))
    path = catalogue.folder / VECTORS / folder_name(fingerprint) / f"{uuid4().hex}.npz"
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        shard_file.flush_folder(path.parent.parent)
    shard_file.write(path, fingerprint, keys, descriptors)
    shard = Shard(
        fingerprint=fingerprint,
        file=path.relative_to(catalogue.folder).as_posix(),
        kind=kind,
        dimension=dimension,
        rows=len(keys),
        size_bytes=path.stat().st_size,
        sha256=_sha256(path),
    )
    older = select(Shard.id).where(Shard.fingerprint == fingerprint)
    for ids in chunks(keys):
        stale = Descriptor.annotation_id.in_(ids) & Descriptor.shard_id.in_(older)
        session.execute(delete(Descriptor).where(stale))
    session.add(shard)
    session.flush()
    if keys:
        session.connection().execute(
            insert(Descriptor),
            [
                {"annotation_id": key, "shard_id": shard.id, "row": row} | columns_of(described[key])
                for row, key in enumerate(keys)
            ],
        )
    return path


def read_shards(
    catalogue: Catalogue, fingerprint: str, annotations: Sequence[int] | Ints | None = None
) -> Iterator[Described | Rejection]:
    """The descriptors of this fingerprint, shard by shard: of all annotations, or of these.

    A shard whose file is missing or damaged comes as a Rejection. Annotations of which nothing comes have
    no descriptor of this fingerprint, or only one of another box: see `undescribed`.
    """
    query = (
        select(Shard.id, Shard.file, Shard.kind, Shard.size_bytes, Descriptor.row)
        .join_from(Descriptor, Shard)
        .join(Annotation, Annotation.id == Descriptor.annotation_id)
        .where(Shard.fingerprint == fingerprint, SAME_BOX)
    )
    conditions: list[ColumnElement[bool]] = (
        [Shard.id.is_not(None)]
        if annotations is None
        else [Descriptor.annotation_id.in_(ids) for ids in chunks(int(key) for key in annotations)]
    )
    with catalogue.reading() as session:
        rows = sorted(
            (shard, file, kind, size, row)
            for condition in conditions
            for shard, file, kind, size, row in session.execute(query.where(condition))
        )
    for (_, file, kind, size), members in groupby(rows, key=lambda row: (row[0], row[1], row[2], row[3])):
        path = catalogue.folder / file
        try:
            _check_size(path, size)
            found = shard_file.read(path, fingerprint, kind, [row[4] for row in members])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            yield Rejection(path, f"the descriptors cannot be read: {error}")
        else:
            yield Described(*found)


def described(catalogue: Catalogue, fingerprint: str) -> dict[int, int]:
    """The annotations with a descriptor of this fingerprint and their present box, and the shard it is in; by id."""
    query = (
        select(Descriptor.annotation_id, Descriptor.shard_id)
        .join(Shard, Shard.id == Descriptor.shard_id)
        .join(Annotation, Annotation.id == Descriptor.annotation_id)
        .where(Shard.fingerprint == fingerprint, SAME_BOX)
        .order_by(Descriptor.annotation_id)
    )
    with catalogue.reading() as session:
        return {row.annotation_id: row.shard_id for row in session.execute(query)}


def undescribed(catalogue: Catalogue, fingerprint: str) -> list[int]:
    """The annotations without a descriptor of this fingerprint made from their present box."""
    described = exists().where(
        Descriptor.annotation_id == Annotation.id,
        Descriptor.shard_id == Shard.id,
        Shard.fingerprint == fingerprint,
        SAME_BOX,
    )
    with catalogue.reading() as session:
        return list(session.scalars(select(Annotation.id).where(~described).order_by(Annotation.id)))


def damaged(catalogue: Catalogue) -> list[Rejection]:
    """Every listed shard whose file is missing, or differs from what was written; reads all of them."""
    with catalogue.reading() as session:
        shards = session.execute(select(Shard.file, Shard.size_bytes, Shard.sha256)).all()
    found = []
    for file, size, sha256 in shards:
        path = catalogue.folder / file
        try:
            _check_size(path, size)
            if _sha256(path) != sha256:
                raise ValueError("its bytes have changed since it was written")
        except (OSError, ValueError) as error:
            found.append(Rejection(path, str(error)))
    return found


def forget(catalogue: Catalogue, files: Iterable[Path]) -> None:
    """Give up these shards, damaged ones say: their annotations count as undescribed again."""
    names = [file.relative_to(catalogue.folder).as_posix() for file in files]
    with catalogue.writing() as session:
        for chosen in chunks(names):
            shards = select(Shard.id).where(Shard.file.in_(chosen))
            session.execute(delete(Descriptor).where(Descriptor.shard_id.in_(shards)))
            session.execute(delete(Shard).where(Shard.file.in_(chosen)))


def collect_garbage(catalogue: Catalogue) -> Garbage:
    """Remove files that no row names, and shards of which no descriptor counts any more.

    Files are written only inside a write transaction, and this is one: no file of another program that is
    still to be committed can be there.
    """
    with catalogue.writing() as session:
        unused = ~exists().where(Descriptor.shard_id == Shard.id)
        shards = len(session.scalars(delete(Shard).where(unused).returning(Shard.id)).all())
    with catalogue.writing() as session:
        listed = {catalogue.folder / file for file in session.scalars(select(Shard.file))}
        found = [*(catalogue.folder / VECTORS).glob("*/*.npz"), *(catalogue.folder / VECTORS).glob("*/*.tmp")]
        stray = [path for path in found if path not in listed]
        for path in stray:
            path.unlink()
    return Garbage(len(stray), shards)


def folder_name(fingerprint: str) -> str:
    """A folder name for the fingerprint, readable and safe on every system.

    >>> folder_name("rootsift-1"), folder_name("mega/v2")
    ('rootsift-1', 'mega_v2-0b806b8c')
    """
    safe = re.sub(r"[^a-z0-9._-]", "_", fingerprint.lower()).strip(".")[:80]
    if safe == fingerprint:
        return safe
    return f"{safe}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:8]}"


def _check_alike(session: Session, fingerprint: str, kind: str, dimension: int) -> None:
    first = session.execute(
        select(Shard.kind, Shard.dimension).where(Shard.fingerprint == fingerprint).limit(1)
    ).first()
    if first is not None and tuple(first) != (kind, dimension):
        raise CatalogueError(
            f"the descriptors of {fingerprint} are {first.kind} of {first.dimension} numbers, not {kind} of "
            f"{dimension}: what is made in another way needs another fingerprint"
        )


def _boxes(session: Session, annotations: Sequence[int]) -> dict[int, Box | None]:
    query = select(Annotation.id, Annotation.x, Annotation.y, Annotation.w, Annotation.h)
    found = {
        key: box_of(x, y, w, h)
        for ids in chunks(annotations)
        for key, x, y, w, h in session.execute(query.where(Annotation.id.in_(ids)))
    }
    if missing := set(annotations) - found.keys():
        raise CatalogueError(f"there is no annotation {min(missing)}")
    return found


def _check_size(path: Path, size: int) -> None:
    if (found := path.stat().st_size) != size:
        raise ValueError(f"it has {found} bytes, not the {size} that were written")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
