"""Second opinions: two people say, without knowing of each other, who an animal is; where they agree it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from resight.catalogue.chunks import chunks
from resight.catalogue.decisions import Says
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Decision, StandingOpinion
from resight.catalogue.proposals import FINAL


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's last word on an annotation; no individual and DIFFERENT means: nobody that is known."""

    by: str
    says: Says
    individual: int | None

    def agrees(self, other: Voice) -> bool:
        """Whether both say the same, and more than that they cannot tell."""
        return self.says is not Says.UNSURE and (self.says, self.individual) == (other.says, other.individual)


def voices(session: Session, annotations: Iterable[int]) -> dict[int, list[Voice]]:
    """The last words on each of these annotations, one for each person, in their order."""
    o = StandingOpinion
    query = (
        select(o.annotation_id, Decision.by, o.says, o.individual_id)
        .join(Decision, Decision.id == o.decision_id)
        .order_by(o.decision_id)
    )
    found: dict[int, dict[str, Voice]] = {}
    for ids in chunks(annotations):
        for key, by, says, individual in session.execute(query.where(o.annotation_id.in_(ids), FINAL)):
            found.setdefault(key, {})[by] = Voice(by, Says(says), individual)
    return {key: list(of.values()) for key, of in found.items()}


def disagreements(catalogue: Catalogue) -> dict[int, list[Voice]]:
    """The annotations without a name on which two people have spoken, and did not say the same."""
    query = (
        select(StandingOpinion.annotation_id)
        .join(Annotation, Annotation.id == StandingOpinion.annotation_id)
        .where(Annotation.individual_id.is_(None), FINAL)
        .distinct()
    )
    with catalogue.reading() as session:
        spoken = voices(session, session.scalars(query.order_by(StandingOpinion.annotation_id)).all())
    return {key: of for key, of in spoken.items() if len(of) > 1}
