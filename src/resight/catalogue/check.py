"""Do the derived rows equal a replay of the log? If not, derive them anew."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from resight.catalogue import derived, models
from resight.catalogue.chunks import chunks
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import decisions, mentions, undos
from resight.catalogue.replay import Changes, State, replay, voided
from resight.catalogue.subjects import Subjects, subjects


def check(catalogue: Catalogue) -> list[str]:
    """Every difference between the derived rows and a replay of the log, in words; empty where all is well.

    Raises:
        CatalogueError: the log itself is damaged, and cannot be replayed.
    """
    with catalogue.reading() as session:
        meant, found = _replayed(session), derived.derived_state(session)
        return [
            *_differences("annotation", meant.annotations, found.annotations),
            *_differences("individual", meant.individuals, found.individuals),
            *(
                f"decision {key} is not found again by {what} {subject}"
                for key, what, subject in sorted(_meant_mentions(session) - _found_mentions(session))
            ),
            *(
                f"decision {key} is found by {what} {subject}, which it does not speak of"
                for key, what, subject in sorted(_found_mentions(session) - _meant_mentions(session))
            ),
        ]


def rebuild(catalogue: Catalogue) -> None:
    """Derive everything anew from the log and the added rows, in one transaction."""
    with catalogue.writing() as session:
        meant = _replayed(session)
        gone = set(derived.derived_state(session).individuals) - set(meant.individuals)
        derived.write(session, Changes(meant.annotations, meant.individuals | dict.fromkeys(gone)))
        session.execute(delete(models.Mention))
        for rows in chunks(_meant_mentions(session)):
            session.connection().execute(
                insert(models.Mention),
                [{"decision_id": key, "what": what, "subject_id": subject} for key, what, subject in rows],
            )


def _replayed(session: Session) -> State:
    return replay(derived.added_state(session), decisions(session), voided(undos(session)))


def _differences(what: str, meant: Mapping[int, object], found: Mapping[int, object]) -> list[str]:
    return [
        f"{what} {key} is {found.get(key)}, but by the log it is {meant.get(key)}"
        for key in sorted(meant.keys() | found.keys())
        if meant.get(key) != found.get(key)
    ]


def _meant_mentions(session: Session) -> set[tuple[int, str, int]]:
    spoken_of: dict[int, Subjects] = {}
    undone = undos(session)
    for key, decision in decisions(session):
        spoken_of[key] = spoken_of[undone[key]] if key in undone else subjects(decision, key)
    return {(key, what, subject) for key, spoken in spoken_of.items() for what, subject in mentions(spoken)}


def _found_mentions(session: Session) -> set[tuple[int, str, int]]:
    query = select(models.Mention.decision_id, models.Mention.what, models.Mention.subject_id)
    return {(key, what, subject) for key, what, subject in session.execute(query)}
