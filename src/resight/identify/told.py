"""What is said of an encounter already: other photos of it have a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resight.types import Labels, Strings

FEWEST = 20  # encounters of which no two animals share a label, before labels are taken to be of the whole catalogue


@dataclass(frozen=True, slots=True)
class Told:
    """Whom named photos of an encounter show, how many they are, and the row of the first."""

    individual: str
    photos: int
    row: int


def told(asked: Labels, known: Labels) -> Sequence[Told | None]:
    """What the other photos of its encounter among those `known` tell of each that is asked about.

    None where none has a name, or two have another, or one of them shows two animals: then the encounter is not one
    animal's. An encounter that came with names is kept under its animal's, 'Nala/7', for many number each animal's from
    1; a photo of encounter '7' that has no name is of that one only where no two animals share a label.

    >>> from dataclasses import replace
    >>> known = replace(Labels.named(np.array(["Nala", ""])), encounter=np.array(["morning", "morning"]))
    >>> told(known.take([1]), known)
    [Told(individual='Nala', photos=1, row=0)]
    """
    plain = _plain(known)
    of = {str(encounter): _told(asked, known, plain, encounter) for encounter in np.unique(asked.encounter)}
    return [of[str(encounter)] for encounter in asked.encounter]


def _told(asked: Labels, known: Labels, plain: Strings, encounter: str) -> Told | None:
    rows = np.flatnonzero(((known.encounter == encounter) | (plain == encounter)) & (encounter != ""))
    if len(np.unique(known.photo[rows])) < len(rows):
        return None
    others = rows[~np.isin(known.photo[rows], asked.photo[asked.encounter == encounter])]
    named = others[known.individual[others] != ""]
    names = np.unique(known.individual[named])
    return Told(str(names[0]), len(named), int(named[0])) if len(names) == 1 else None


def _plain(known: Labels) -> Strings:
    """The labels of encounters without the name of the animal before them, '' where there is none, (n,).

    All are '' where two animals share one, or too few are there to tell.
    """
    before = np.char.add(known.individual, "/")
    under = (known.individual != "") & np.char.startswith(known.encounter, before)
    pieces = zip(known.encounter.tolist(), before.tolist(), strict=True)
    plain = np.where(under, [label.removeprefix(name) for label, name in pieces], "")
    pairs = set(zip(plain[under].tolist(), known.individual[under].tolist(), strict=True))
    labels = {label for label, _ in pairs}
    return plain if FEWEST <= len(labels) == len(pairs) else np.full(len(plain), "", np.str_)
