"""Add photographs to a catalogue: read, masked, described, named, shard by shard.

Each shard is one transaction: its file of descriptors is complete on disk before its rows are committed. A run
that was killed is simply started again: what the catalogue has is known by its hash, and passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from resight.catalogue.decisions import Assigned, Decision, NewIndividual, tidy_name
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append_all
from resight.catalogue.lookup import refused
from resight.catalogue.originals import clear_unfinished, keep_originals
from resight.catalogue.present import held, living
from resight.catalogue.store import NewAnnotation, NewPhoto, add_rejected, add_shard, named, open_tracks
from resight.catalogue.vectors import collect_garbage, write_shard
from resight.errors import PhotoError
from resight.media.file_bytes import file_sha256
from resight.types import Record, Rejection
from resight.work.completed import completed, own_encounter
from resight.work.describe import DescribedShard, Entry, Present, Sighted, Undescribed, describe_all, in_shards
from resight.work.near_copies import NearCopy, NearCopySearch
from resight.work.processes import Executor


@dataclass(slots=True)
class AddReport:
    """What became of the entries.

    `annotations` holds the id of each entry that could be used, in order, new or not; `new` counts those the
    catalogue did not have. `disputed` are entries that contradict what the catalogue knows of them: name, side or
    encounter. `near_copies` are photos that look like an earlier one saved again; they were added all the same.
    """

    annotations: list[int] = field(default_factory=list)
    new: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    disputed: list[Rejection] = field(default_factory=list)
    near_copies: list[NearCopy] = field(default_factory=list)


def add(
    catalogue: Catalogue,
    entries: Iterable[Record | Rejection],
    method: str,
    fingerprint: str,
    executor: Executor,
    by: str,
    progress: Callable[[int], None] | None = None,
    *,
    copy: bool = False,
) -> AddReport:
    """Add every entry, described by the method; identities become individuals, assigned in the decision log.

    A photo that has a name in the catalogue keeps it: an entry that names it otherwise, or as an individual that
    somebody has said it is not, changes no name and is listed. `progress` is told how many entries are done. With
    `copy` the photos are copied into the catalogue's folder; otherwise it refers to them where they lie.
    """
    collect_garbage(catalogue)
    if copy:
        clear_unfinished(catalogue)
    report = AddReport()
    search = NearCopySearch(catalogue)
    shards = (_sorted_out(catalogue, fingerprint, group) for group in in_shards(entries))
    done = 0
    for shard in describe_all(shards, method, executor):
        there = [outcome.annotation for outcome in shard.outcomes if not isinstance(outcome, Rejection)]
        known = [key for key in there if key is not None]
        said_not = dict(zip(known, refused(catalogue, known), strict=True))
        before = len(report.annotations)
        with catalogue.writing() as session:
            _commit(catalogue, session, shard, fingerprint, said_not, by, report)
        report.near_copies += search.among(report.annotations[before:])
        if copy:
            read = [outcome.record.path for outcome in shard.outcomes if not isinstance(outcome, Rejection)]
            report.rejected += keep_originals(catalogue, list(zip(report.annotations[before:], read, strict=True)))
        done += len(shard.outcomes)
        if progress is not None:
            progress(done)
    return report


def _sorted_out(catalogue: Catalogue, fingerprint: str, group: Iterable[Record | Rejection]) -> list[Entry]:
    """A shard with what the catalogue has already marked as present."""
    hashed: list[tuple[Record | Rejection, str]] = []
    for entry in group:
        try:
            hashed.append((entry, file_sha256(entry.path) if isinstance(entry, Record) else ""))
        except PhotoError as error:
            hashed.append((Rejection(entry.path, str(error)), ""))
    known = held(catalogue, fingerprint, {sha256 for _, sha256 in hashed if sha256})
    found: list[Entry] = []
    for entry, sha256 in hashed:
        there = known.get((sha256, entry.box, entry.part)) if isinstance(entry, Record) else None
        if there is None or isinstance(entry, Rejection):
            found.append(entry)
        elif there.described:
            found.append(Present(entry, there.annotation))
        else:
            found.append(Undescribed(entry, there.annotation, there.box))
    return found


def _commit(
    catalogue: Catalogue,
    session: Session,
    shard: DescribedShard,
    fingerprint: str,
    said_not: dict[int, set[int]],
    by: str,
    report: AddReport,
) -> None:
    """Write one shard, as a part of the session's transaction; all of it or nothing."""
    sighted = shard.sighted
    tracks = open_tracks(session, {one.record.track for one in sighted if one.record.track})
    added = [members[0] for members in add_shard(session, [_new_photo(one, tracks) for one in sighted])]
    ids = [entry.annotation for entry in added]
    # Copies of one photo are one annotation, and have one descriptor: the first.
    rows = [row for row, key in enumerate(ids) if key not in ids[:row]]
    if shard.descriptors is not None:
        keys, boxes = [ids[row] for row in rows], [sighted[row].box for row in rows]
        write_shard(catalogue, session, fingerprint, keys, shard.descriptors.take(rows), boxes)
    stated = list(_stated(shard, iter(ids)))
    corrections, contradicted = completed(session, stated)
    decisions, disputed = _decisions(session, stated, said_not)
    append_all(session, corrections + decisions, by)
    add_rejected(session, shard.rejected)
    report.annotations += [key for key, _ in stated]
    report.new += sum(entry.new for entry in added)
    report.rejected += shard.rejected
    report.disputed += contradicted + disputed


def _stated(shard: DescribedShard, ids: Iterator[int]) -> Iterator[tuple[int, Record]]:
    """The annotation of each entry that could be used, beside what was stated of it."""
    for outcome in shard.outcomes:
        if isinstance(outcome, Present):
            yield outcome.annotation, outcome.record
        elif isinstance(outcome, Sighted):
            yield next(ids), outcome.record


def _decisions(
    session: Session, stated: list[tuple[int, Record]], said_not: dict[int, set[int]]
) -> tuple[list[Decision], list[Rejection]]:
    """What the entries' identities decide, one decision for each individual; and the names that disagree."""
    present = named(session, [key for key, _ in stated])
    # Looked up anew for each shard: another program may have named or merged individuals since the last.
    individual = living(session, {tidy_name(record.identity) for _, record in stated if record.identity is not None})
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    disputed: list[Rejection] = []
    for key, record in stated:
        if record.identity is None:
            continue
        name = tidy_name(record.identity)
        if individual.get(name) in said_not.get(key, ()):
            reason = f"stated to be {name}, but somebody has said that it is not; kept as {present.get(key, 'unnamed')}"
            disputed.append(Rejection(record.path, reason))
        elif key not in present:
            present[key] = name
            wanted[name].append(key)
        elif present[key] != name:
            reason = f"stated to be {name}, but the catalogue knows it as {present[key]}; kept as {present[key]}"
            disputed.append(Rejection(record.path, reason))
    decisions: list[Decision] = [
        Assigned(tuple(keys), individual[name]) if name in individual else NewIndividual(name, tuple(keys))
        for name, keys in wanted.items()
    ]
    return decisions, disputed


def _new_photo(sighted: Sighted, tracks: dict[str, int]) -> NewPhoto:
    record = sighted.record
    annotation = NewAnnotation(
        box=record.box,
        side=record.side,
        part=record.part,
        quality=sighted.quality,
        encounter=own_encounter(record),
        track=tracks.get(record.track),
        mask_kind=sighted.mask.value,
        mask_path=record.mask.absolute() if record.mask else None,
    )
    return NewPhoto(
        path=record.path.absolute(),
        sha256=sighted.sha256,
        size_bytes=sighted.size_bytes,
        width=sighted.width,
        height=sighted.height,
        annotations=(annotation,),
        taken_at=sighted.taken_at,
        place=sighted.place,
        perceptual_hash=sighted.perceptual_hash,
        original_name=record.path.name,
    )
