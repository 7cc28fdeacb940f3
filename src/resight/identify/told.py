"""What is said of an encounter already: other photos of it have a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resight.types import Labels


@dataclass(frozen=True, slots=True)
class Told:
    """Whom named photos of an encounter show, how many they are, and the row of the first."""

    individual: str
    photos: int
    row: int


def told(asked: Labels, known: Labels) -> Sequence[Told | None]:
    """What the other photos of its encounter among those `known` tell of each that is asked about.

    None where none has a name, or two have another, or one of them shows two animals: then the encounter is not one
    animal's.

    >>> from dataclasses import replace
    >>> known = replace(Labels.named(np.array(["Nala", ""])), encounter=np.array(["morning", "morning"]))
    >>> told(known.take([1]), known)
    [Told(individual='Nala', photos=1, row=0)]
    """
    of = {str(encounter): _told(asked, known, encounter) for encounter in np.unique(asked.encounter)}
    return [of[str(encounter)] for encounter in asked.encounter]


def _told(asked: Labels, known: Labels, encounter: str) -> Told | None:
    rows = np.flatnonzero((known.encounter == encounter) & (encounter != ""))
    if len(np.unique(known.photo[rows])) < len(rows):
        return None
    others = rows[~np.isin(known.photo[rows], asked.photo[asked.encounter == encounter])]
    named = others[known.individual[others] != ""]
    names = np.unique(known.individual[named])
    return Told(str(names[0]), len(named), int(named[0])) if len(names) == 1 else None
