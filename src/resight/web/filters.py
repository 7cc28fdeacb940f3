"""Which annotations are shown, of all that there are."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Double, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from resight.catalogue.decisions import Says
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Encounter, Individual, Photo, StandingOpinion
from resight.types import Place, Side

EARTH = 6371.0088  # km, the mean radius


class State(StrEnum):
    """Whether somebody has named it; `aside`: not named, and somebody was unsure."""

    ANY = ""
    NAMED = "named"
    UNNAMED = "unnamed"
    ASIDE = "aside"


class Quality(StrEnum):
    """How good a photo has to be at least; what was never measured is found under `any` alone."""

    ANY = ""
    FAIR = "fair"
    GOOD = "good"
    BEST = "best"

    @property
    def least(self) -> float:
        """As `resight.chip.quality` has it; 0 for any."""
        return {Quality.ANY: 0.0, Quality.FAIR: 0.5, Quality.GOOD: 0.7, Quality.BEST: 0.85}[self]


@dataclass(frozen=True, slots=True)
class Near:
    """All that is so many kilometres from a place at most, along the ground."""

    place: Place
    km: float


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for, by all of these at once.

    `text` is a part of a name, an encounter or a file's name; days are ISO, and included; `individual` is an id.
    """

    state: State = State.ANY
    side: Side | None = None
    text: str = ""
    since: str = ""
    until: str = ""
    near: Near | None = None
    quality: Quality = Quality.ANY
    individual: int | None = None


def matching(catalogue: Catalogue, wanted: Filter, count: int, skip: int = 0) -> tuple[int, list[int]]:
    """How many annotations fit, and some of them, the newest photos first."""
    query = (
        select(Annotation.id)
        .join(Photo, Photo.id == Annotation.photo_id)
        .outerjoin(Encounter, Encounter.id == Annotation.encounter_id)
        .outerjoin(Individual, Individual.id == Annotation.individual_id)
        .where(*_named(wanted), *_shown(wanted), *_taken(wanted))
    )
    ordered = query.order_by(Photo.taken_at.desc().nulls_last(), Annotation.id.desc()).limit(count).offset(skip)
    with catalogue.reading() as session:
        if wanted.near is not None:
            _teach_trigonometry(session)
        return _total(session, query), list(session.scalars(ordered))


def _total(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _named(wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked of its name, and of whether it has one."""
    conditions: list[ColumnElement[bool]] = []
    unsure = StandingOpinion.says == Says.UNSURE.value
    aside = exists().where(StandingOpinion.annotation_id == Annotation.id, unsure)
    match wanted.state:
        case State.NAMED:
            conditions.append(Annotation.individual_id.is_not(None))
        case State.UNNAMED:
            conditions.append(Annotation.individual_id.is_(None))
        case State.ASIDE:
            conditions += [Annotation.individual_id.is_(None), aside]
        case State.ANY:
            pass
    if wanted.individual is not None:
        conditions.append(Annotation.individual_id == wanted.individual)
    if wanted.text:
        columns = (Individual.name, Encounter.label, Photo.original_name)
        conditions.append(or_(*(func.lower(c).contains(wanted.text.lower(), autoescape=True) for c in columns)))
    return conditions


def _shown(wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked of how the animal is seen."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.side is not None:
        conditions.append(Annotation.side == wanted.side.value)
    if wanted.quality is not Quality.ANY:
        conditions.append(Annotation.quality >= wanted.quality.least)
    return conditions


def _taken(wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked of when and where the photo was taken."""
    conditions: list[ColumnElement[bool]] = []
    day = func.substr(Photo.taken_at, 1, 10)
    if wanted.since:
        conditions.append(day >= wanted.since)
    if wanted.until:
        conditions.append(day <= wanted.until)
    if wanted.near is not None:
        conditions += _within(wanted.near)
    return conditions


def _within(near: Near) -> list[ColumnElement[bool]]:
    """By the haversine of the distance, which knows no date line, and no pole where all meridians meet.

    The band of latitudes first: most of the Earth needs no sine.
    """
    place, reach = near.place, min(near.km / EARTH, math.pi)
    band = math.degrees(reach) + 1e-9
    along = math.cos(math.radians(place.lat)) * _cos(Photo.lat) * _squared_sine_of_half(Photo.lon, place.lon)
    haversine = _squared_sine_of_half(Photo.lat, place.lat) + along
    return [
        Photo.lat.between(place.lat - band, place.lat + band),
        haversine <= math.sin(reach / 2) ** 2 * (1 + 1e-9),
    ]


def _cos(degrees: InstrumentedAttribute[float | None]) -> ColumnElement[float]:
    return func.cos(degrees * (math.pi / 180), type_=Double)


def _squared_sine_of_half(degrees: InstrumentedAttribute[float | None], other: float) -> ColumnElement[float]:
    sine = func.sin((degrees - other) * (math.pi / 360), type_=Double)
    return sine * sine


def _teach_trigonometry(session: Session) -> None:
    """Not every SQLite was built with sine and cosine."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT sin(0), cos(0)").fetchone()
    except sqlite3.OperationalError:
        for name, of in (("sin", math.sin), ("cos", math.cos)):
            connection.create_function(name, 1, _of_number(of), deterministic=True)


def _of_number(of: Callable[[float], float]) -> Callable[[float | None], float | None]:
    return lambda number: None if number is None else of(number)
