"""What came into the catalogue lately: photos by the day, and files that could not be used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Photo, RejectedFile

SHOWN = 5  # days on which something came
SPAN = timedelta(days=30)


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
        came = session.scalars(select(Photo.added_at).where(Photo.added_at >= since))
        photos = Counter(at.astimezone().date() for at in came if at is not None)
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
