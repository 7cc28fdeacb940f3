"""Photos of one encounter show one animal, so they are answered together.

What a photo says of an individual is how many times as probable it has made it. Photos of one side show the same
marking under the same light, and are wrong together: what they say is averaged. Another side is another marking: what
the sides say is multiplied. Where two photos are each for another animal, one of them deceives, or they are not of one
encounter: then each is answered alone, so that a person sees both names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resight.identify.answer import Chances, Shortlist
from resight.types import Doubles, Labels, Strings

CONTRADICTS = 0.5  # how probable another name must be


@dataclass(frozen=True, slots=True)
class Heard:
    """One photo's candidates and what is thought of them, and how many photos have said so."""

    candidates: Shortlist
    chances: Chances
    photos: int = 1


def together(
    lists: Sequence[Shortlist],
    found: Sequence[Chances],
    refused: Sequence[frozenset[str]],
    asked: Labels,
    share_new: float,
) -> list[Heard]:
    """What is thought of each of n photos once all photos of its encounter are heard.

    `asked` (n,) tells the encounter of each, '' where there is none, its side, and its photo: an encounter with two
    animals in one photo is not one animal, and its photos are answered alone. `refused` are the individuals that
    somebody has said each photo does not show: then no photo of the encounter does. `share_new` is what was thought of
    a new animal before. A photo keeps its own best photo of each candidate, and has that of another of the encounter,
    with a score of 0, where it could not be compared itself.
    """
    heard = [Heard(*one) for one in zip(lists, found, strict=True)]
    for encounter in np.unique(asked.encounter[asked.encounter != ""]):
        rows: list[int] = np.flatnonzero(asked.encounter == encounter).tolist()
        speaking = [row for row in rows if len(lists[row].individuals)]
        firsts = {str(lists[row].individuals[0]) for row in speaking if found[row].p[0] >= CONTRADICTS}
        several = len(np.unique(asked.photo[rows])) < len(rows)
        if len(rows) == 1 or several or not speaking or len(firsts) > 1:
            continue
        names, chances = _pooled(lists, found, speaking, asked.side, share_new)
        never = np.isin(names, sorted(frozenset().union(*(refused[row] for row in rows))))
        if never.all():
            continue
        left = 1 - float(chances.p[never].sum())
        names, chances = names[~never], Chances(chances.p[~never] / left, chances.p_new / left)
        for row in rows:
            heard[row] = Heard(_shortlist(names, lists, [row, *speaking]), chances, len(rows))
    return heard


def _pooled(
    lists: Sequence[Shortlist], found: Sequence[Chances], speaking: Sequence[int], sides: Strings, share_new: float
) -> tuple[Strings, Chances]:
    """The individuals (k,), the most probable first, and their chances."""
    names = np.unique(np.concatenate([lists[row].individuals for row in speaking]))
    before = np.append(np.full(len(names), (1 - share_new) / len(names)), share_new)
    total = np.log(before)
    for side in sorted({str(sides[row]) for row in speaking}):
        of = [row for row in speaking if sides[row] == side]
        total += np.mean([_said(names, lists[row], found[row], share_new) for row in of], axis=0)
    chances = np.exp(total - total.max())
    chances /= chances.sum()
    order = np.argsort(-chances[:-1], kind="stable")
    return names[order], Chances(chances[order], float(chances[-1]))


def _said(names: Strings, candidates: Shortlist, found: Chances, share_new: float) -> Doubles:
    """The logarithm of how many times as probable each individual is now, and at the end a new animal, (k + 1,).

    Of individuals that could not be compared nothing is said.
    """
    said = np.zeros(len(names) + 1)
    place = np.searchsorted(names, candidates.individuals)
    said[place] = np.log(found.p * len(found.p) / (1 - share_new))
    said[-1] = np.log(found.p_new / share_new)
    return said


def _shortlist(names: Strings, lists: Sequence[Shortlist], rows: Sequence[int]) -> Shortlist:
    """The individuals as candidates of the first of these photos; what it lacks, it has of the others."""
    scores, best = np.zeros(len(names), np.float32), np.full(len(names), -1, np.int64)
    for place, row in enumerate(rows):
        where = {name: number for number, name in enumerate(lists[row].individuals.tolist())}
        for column, name in enumerate(names.tolist()):
            if best[column] < 0 and name in where:
                best[column] = lists[row].best[where[name]]
                scores[column] = lists[row].scores[where[name]] if place == 0 else 0
    return Shortlist(names, scores, best)
