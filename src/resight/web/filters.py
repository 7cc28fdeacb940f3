"""Which annotations are shown, of all that there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, or_, select

from resight.catalogue.decisions import Says
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Encounter, Individual, Photo, StandingOpinion
from resight.types import Side


class State(StrEnum):
    """Whether somebody has named it; `aside`: not named, and somebody was unsure."""

    ANY = ""
    NAMED = "named"
    UNNAMED = "unnamed"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for. `text` is a part of a name, an encounter or a file's name; days are ISO, and included."""

    state: State = State.ANY
    side: Side | None = None
    text: str = ""
    since: str = ""
    until: str = ""


def matching(catalogue: Catalogue, wanted: Filter, count: int, skip: int = 0) -> tuple[int, list[int]]:
    """How many annotations fit, and some of them, the newest photos first."""
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
    if wanted.side is not None:
        conditions.append(Annotation.side == wanted.side.value)
    if wanted.text:
        columns = (Individual.name, Encounter.label, Photo.original_name)
        conditions.append(or_(*(func.lower(c).contains(wanted.text.lower(), autoescape=True) for c in columns)))
    day = func.substr(Photo.taken_at, 1, 10)
    if wanted.since:
        conditions.append(day >= wanted.since)
    if wanted.until:
        conditions.append(day <= wanted.until)
    query = (
        select(Annotation.id)
        .join(Photo, Photo.id == Annotation.photo_id)
        .outerjoin(Encounter, Encounter.id == Annotation.encounter_id)
        .outerjoin(Individual, Individual.id == Annotation.individual_id)
        .where(*conditions)
    )
    ordered = query.order_by(Photo.taken_at.desc().nulls_last(), Annotation.id.desc()).limit(count).offset(skip)
    with catalogue.reading() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        return total, list(session.scalars(ordered))
