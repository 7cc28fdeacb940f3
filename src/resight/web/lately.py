"""What came into the catalogue lately: photos by the day, and files that could not be used.

A photo's row does not say when it came. The first file of descriptors that speaks of it was written then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Descriptor, RejectedFile, Shard

SHOWN = 5  # days on which something came
SPAN = timedelta(days=30)
SHARDS = 5000  # looked at, at most, the latest: some 300,000 photos


@dataclass(frozen=True, slots=True)
class Day:
    """A day by this machine's clock, how many photos came, and how many files could not be used."""

    day: date
    photos: int
    rejected: int


def lately(catalogue: Catalogue, now: datetime) -> list[Day]:
    """The last days on which something came, the latest first."""
    since = (now - SPAN).astimezone()
    with catalogue.reading() as session:
        photos = _photos(catalogue, session, since)
        moments = session.scalars(select(RejectedFile.at).where(RejectedFile.at >= since))
        rejected = Counter(at.astimezone().date() for at in moments)
    days = sorted(photos | rejected, reverse=True)[:SHOWN]
    return [Day(day, photos[day], rejected[day]) for day in days]


def called(day: date, today: date) -> str:
    """A day as people say it.

    >>> called(date(2024, 5, 30), date(2024, 5, 31)), called(date(2024, 5, 1), date(2024, 5, 31))
    ('Yesterday', '2024-05-01')
    """
    return {0: "Today", 1: "Yesterday"}.get((today - day).days, day.isoformat())


def _photos(catalogue: Catalogue, session: Session, since: datetime) -> Counter[date]:
    written: dict[int, datetime] = {}
    for key, file in session.execute(select(Shard.id, Shard.file).order_by(Shard.id.desc()).limit(SHARDS)):
        at = _written(catalogue, file)
        if at is not None:
            if at < since:
                break
            written[key] = at
    if not written:
        return Counter()
    late = select(Annotation.photo_id).join(Descriptor).where(Descriptor.shard_id >= min(written))
    first = (
        select(Annotation.photo_id, func.min(Descriptor.shard_id).label("shard"))
        .join(Descriptor)
        .where(Annotation.photo_id.in_(late))
        .group_by(Annotation.photo_id)
        .subquery()
    )
    groups = select(first.c.shard, func.count(), func.max(first.c.photo_id)).group_by(first.c.shard)
    found: Counter[date] = Counter()
    earliest: datetime | None = None
    for shard, photos, _last in sorted(session.execute(groups), key=lambda group: -group[2]):
        at = written.get(shard)
        if at is None:
            continue
        # Photos are numbered as they come. One that is described anew, for another box, came before those after it.
        earliest = at if earliest is None else min(earliest, at)
        found[earliest.date()] += photos
    return found


def _written(catalogue: Catalogue, file: str) -> datetime | None:
    try:
        return datetime.fromtimestamp((catalogue.folder / file).stat().st_mtime).astimezone()
    except OSError:
        return None
