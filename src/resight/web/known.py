"""What is known of one individual."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Individual


@dataclass(frozen=True, slots=True)
class About:
    """A live individual and what people noted of it."""

    id: int
    name: str
    sex: str
    life_stage: str
    marks: str
    notes: str


def about(catalogue: Catalogue, individual: int) -> About | None:
    """The live individual of this id, if there is one."""
    i = Individual
    query = select(i.id, i.name, i.sex, i.life_stage, i.marks, i.notes)
    with catalogue.reading() as session:
        row = session.execute(query.where(i.id == individual, i.absorbed_by.is_(None))).first()
        return None if row is None else About(*row)


def annotations_of(catalogue: Catalogue, individual: int) -> list[int]:
    """The annotations that show it."""
    query = select(Annotation.id).where(Annotation.individual_id == individual).order_by(Annotation.id)
    with catalogue.reading() as session:
        return list(session.scalars(query))
