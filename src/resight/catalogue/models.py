"""The tables of a catalogue, one set for SQLite and PostgreSQL.

Photos, annotations, encounters and tracks are added and stay. Decisions are appended and stay. Individuals,
rejections, opinions, and the plain columns of an annotation that have an `added_` twin are derived: a replay of the
log over the `added_` values gives them again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Double, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from resight.catalogue.columns import Bits64, CameraTime, FileName, Utc


class Base(DeclarativeBase):
    """What all tables share: constraints have names, so that migrations can speak of them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double()}


class Photo(Base):
    """An image file, or one frame of a video: known by the sha256 of the file's bytes and the frame.

    `path` is absolute, or relative to the catalogue's folder where the file was copied into it.
    `frame` is 0 for an image file.
    """

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("sha256", "frame"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    frame: Mapped[int]
    path: Mapped[str] = mapped_column(FileName)
    original_name: Mapped[str] = mapped_column(FileName)
    copied: Mapped[bool]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime | None] = mapped_column(CameraTime)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    perceptual_hash: Mapped[int | None] = mapped_column(Bits64)
    added_at: Mapped[datetime | None] = mapped_column(Utc, index=True)


class Encounter(Base):
    """One animal seen at one place and time, under a label that is unique in the catalogue."""

    __tablename__ = "encounter"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(Text, unique=True)
    date: Mapped[date | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class Track(Base):
    """Annotations of one animal in successive frames; `source` is the sha256 of what it was first called."""

    __tablename__ = "track"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64))


class Decision(Base):
    """A row of the log. The database itself refuses to change or delete one."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    grounds: Mapped[str | None] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)


class Mention(Base):
    """Which annotations, individuals and tracks a decision speaks of: the way into the log."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_what_subject_id", "what", "subject_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Individual(Base):
    """A known animal (derived). Its id is that of the decision that made it."""

    __tablename__ = "individual"

    id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    absorbed_by: Mapped[int | None] = mapped_column(ForeignKey("individual.id"), index=True)
    sex: Mapped[str] = mapped_column(Text)
    life_stage: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)


LIVE = text("absorbed_by IS NULL")
Index("uq_individual_live_name", Individual.name, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


class Annotation(Base):
    """One animal, or one part of it, in one photo. No box means the whole photo."""

    __tablename__ = "annotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"), index=True)
    part: Mapped[str] = mapped_column(Text)
    quality: Mapped[float | None]
    mask_kind: Mapped[str | None] = mapped_column(String(20))
    mask_path: Mapped[str | None] = mapped_column(FileName)
    added_side: Mapped[str] = mapped_column(String(10))
    added_x: Mapped[float | None]
    added_y: Mapped[float | None]
    added_w: Mapped[float | None]
    added_h: Mapped[float | None]
    added_encounter_id: Mapped[int | None] = mapped_column(ForeignKey("encounter.id"))
    added_track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    side: Mapped[str] = mapped_column(String(10))
    x: Mapped[float | None]
    y: Mapped[float | None]
    w: Mapped[float | None]
    h: Mapped[float | None]
    encounter_id: Mapped[int | None] = mapped_column(ForeignKey("encounter.id"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"), index=True)
    individual_id: Mapped[int | None] = mapped_column(ForeignKey("individual.id"), index=True)


class Rejection(Base):
    """This annotation was said not to be this individual (derived)."""

    __tablename__ = "rejection"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"), primary_key=True)
    individual_id: Mapped[int] = mapped_column(ForeignKey("individual.id"), primary_key=True, index=True)


class StandingOpinion(Base):
    """An opinion that has not been undone (derived), by its decision; no individual means any of them."""

    __tablename__ = "opinion"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True, autoincrement=False)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"), index=True)
    individual_id: Mapped[int | None] = mapped_column(ForeignKey("individual.id"), index=True)
    says: Mapped[str] = mapped_column(String(10))


class Proposal(Base):
    """What the last identification said of an annotation: a cache, written anew by the next one.

    `worth` is how much an answer to it would bring: the higher, the sooner it is asked. `answer` is JSON, as
    `catalogue.proposals` has it.
    """

    __tablename__ = "proposal"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"), primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    verdict: Mapped[str] = mapped_column(String(10))
    worth: Mapped[float] = mapped_column(index=True)
    answer: Mapped[str] = mapped_column(Text)


class Request(Base):
    """What a client asked for under a token of its own, and the decisions it came to: asked twice, it is done once."""

    __tablename__ = "request"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True, autoincrement=False)


class Person(Base):
    """Somebody who may log in. `password` is a hash by argon2; who is not active may not."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    password: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool]


class Key(Base):
    """What opens the door for a person: a session of a browser, or a token for a program, by its sha256.

    A token has a label; a session has none, and ends.
    """

    __tablename__ = "key"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime | None] = mapped_column(Utc)


class Visit(Base):
    """What happened at the door: who came in, who was refused, who was given which rights, and by whom."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    who: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)


class Shard(Base):
    """A file of descriptors, never changed once written. `kind` and `dimension` are one per fingerprint."""

    __tablename__ = "shard"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text, index=True)
    file: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    dimension: Mapped[int]
    rows: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class Descriptor(Base):
    """Where an annotation's descriptor lies, and the box it was made from: another box makes it stale."""

    __tablename__ = "descriptor"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotation.id"), primary_key=True)
    shard_id: Mapped[int] = mapped_column(ForeignKey("shard.id"), primary_key=True, index=True)
    row: Mapped[int]
    x: Mapped[float | None]
    y: Mapped[float | None]
    w: Mapped[float | None]
    h: Mapped[float | None]


class RejectedFile(Base):
    """A file that could not be used, and why."""

    __tablename__ = "rejected_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(FileName)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
