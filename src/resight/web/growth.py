"""The discovery curve: how many individuals had been met by each day, and in how many encounters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Photo


@dataclass(frozen=True, slots=True)
class Growth:
    """Days (ISO, rising), and for each how many individuals and encounters there were by then."""

    days: tuple[str, ...]
    individuals: tuple[int, ...]
    encounters: tuple[int, ...]


def growth(catalogue: Catalogue) -> Growth:
    """By the dates of the photos of named animals; those without a date are left out."""
    day = func.substr(Photo.taken_at, 1, 10)

    def first(column: InstrumentedAttribute[int | None]) -> Select[int | None, str]:
        return (
            select(column, func.min(day))
            .join(Photo, Photo.id == Annotation.photo_id)
            .where(Annotation.individual_id.is_not(None), Photo.taken_at.is_not(None), column.is_not(None))
            .group_by(column)
        )

    with catalogue.reading() as session:
        individuals = [met for _, met in session.execute(first(Annotation.individual_id))]
        encounters = [met for _, met in session.execute(first(Annotation.encounter_id))]
    return grown(individuals, encounters)


def grown(individuals: Iterable[str], encounters: Iterable[str]) -> Growth:
    """From the day that each individual, and each encounter, was first seen.

    >>> grown(["2020-05-01", "2020-05-03"], ["2020-05-01", "2020-05-01", "2020-05-03"])
    Growth(days=('2020-05-01', '2020-05-03'), individuals=(1, 2), encounters=(2, 3))
    """
    met, seen = Counter(individuals), Counter(encounters)
    days = tuple(sorted(met | seen))
    return Growth(days, tuple(accumulate(met[day] for day in days)), tuple(accumulate(seen[day] for day in days)))
