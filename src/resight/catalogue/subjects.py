"""What a decision speaks of, and so which rows of the catalogue it depends on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from resight.catalogue.decisions import (
    Assigned,
    Corrected,
    Decision,
    Merged,
    NewIndividual,
    Noted,
    Opinion,
    Rejected,
    Renamed,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Ids and names a decision speaks of.

    Of the individuals in `whole` and of all tracks, every annotation matters, not only those named.
    """

    annotations: tuple[int, ...] = ()
    individuals: tuple[int, ...] = ()
    tracks: tuple[int, ...] = ()
    encounters: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    whole: tuple[int, ...] = ()


def subjects(decision: Decision, decision_id: int) -> Subjects:
    """What the decision with this id speaks of; an undo by itself speaks of nothing.

    >>> subjects(NewIndividual("Anna", (4,)), 1)
    Subjects(annotations=(4,), individuals=(1,), tracks=(), encounters=(), names=('Anna',), whole=())
    """
    match decision:
        case NewIndividual(name, annotations):
            return Subjects(annotations, (decision_id,), names=(name,))
        case Assigned(annotations, individual):
            return Subjects(annotations, (individual,))
        case Rejected(annotation, individual):
            return Subjects((annotation,), (individual,))
        case Opinion(annotation, individual, _):
            return Subjects((annotation,), () if individual is None else (individual,))
        case Renamed(individual, name):
            return Subjects(individuals=(individual,), names=(name,))
        case Corrected(annotation, _, _, encounter):
            return Subjects((annotation,), encounters=() if encounter is None else (encounter,))
        case Merged(kept, absorbed):
            return Subjects(individuals=(kept, absorbed), whole=(absorbed,))
        case Split(individual, name, annotations):
            return Subjects(annotations, (individual, decision_id), names=(name,), whole=(individual,))
        case Noted(individual):
            return Subjects(individuals=(individual,))
        case TrackJoined(tracks):
            return Subjects(tracks=tracks)
        case TrackCut(track, at, into):
            return Subjects((at,), tracks=(track, into))
        case Undone():
            return Subjects()


def joined(parts: Iterable[Subjects]) -> Subjects:
    """What several decisions speak of, each thing once."""
    kept = tuple(parts)
    return Subjects(
        tuple({a for part in kept for a in part.annotations}),
        tuple({i for part in kept for i in part.individuals}),
        tuple({t for part in kept for t in part.tracks}),
        tuple({e for part in kept for e in part.encounters}),
        tuple({n for part in kept for n in part.names}),
        tuple({i for part in kept for i in part.whole}),
    )
