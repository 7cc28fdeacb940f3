"""A decision in plain words, for messages and the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    Says,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)

_SAYS = {Says.SAME: "is", Says.DIFFERENT: "is not", Says.UNSURE: "may or may not be"}


def describe(decision: Decision, names: Mapping[int, str]) -> str:
    """What was decided, with the individuals' names as they are now.

    >>> describe(Merged(1, 2), {1: "Bella", 2: "Anna"})
    'merged Anna into Bella'
    >>> describe(Assigned((4, 5), 1), {1: "Bella"})
    'assigned annotations 4, 5 to Bella'
    """

    def name(individual: int) -> str:
        return names.get(individual, f"individual {individual}")

    match decision:
        case NewIndividual(new, ()):
            return f"new individual {new}"
        case NewIndividual(new, annotations):
            return f"new individual {new} with {_counted('annotation', annotations)}"
        case Assigned(annotations, individual):
            return f"assigned {_counted('annotation', annotations)} to {name(individual)}"
        case Rejected(annotation, individual):
            return f"rejected {name(individual)} for annotation {annotation}"
        case Opinion(annotation, individual, says):
            whom = "any known individual" if individual is None else name(individual)
            return f"opinion that annotation {annotation} {_SAYS[says]} {whom}"
        case Renamed(individual, new):
            return f"renamed individual {individual} to {new}"
        case Corrected(annotation, side, box, encounter):
            parts = [
                *([f"side to {side}"] if side is not None else []),
                *([f"box to {box.x:g}, {box.y:g}, {box.w:g}, {box.h:g}"] if box is not None else []),
                *([f"encounter to number {encounter}"] if encounter is not None else []),
            ]
            return f"corrected annotation {annotation}: {' and '.join(parts)}"
        case Merged(kept, absorbed):
            return f"merged {name(absorbed)} into {name(kept)}"
        case Split(individual, new, annotations):
            return f"split {_counted('annotation', annotations)} from {name(individual)} as {new}"
        case Noted(individual, sex, life_stage, marks, notes):
            said = {"sex": sex, "life stage": life_stage, "marks": marks, "notes": notes}
            parts = [f"{what} {_shortened(text)}" for what, text in said.items() if text is not None]
            return f"noted of {name(individual)}: {', '.join(parts)}"
        case TrackJoined(tracks):
            return f"joined {_counted('track', tracks)}"
        case TrackCut(track, at, into):
            return f"cut track {track} at annotation {at} into track {into}"
        case Undone(undone):
            return f"undid decision {undone}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:59]}…”" if len(line) > 60 else f"“{line}”"


def _counted(what: str, ids: Sequence[int]) -> str:
    if len(ids) > 5:
        return f"{len(ids)} {what}s"
    return f"{what}{'s' * (len(ids) > 1)} {', '.join(map(str, ids))}"
