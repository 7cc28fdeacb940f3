"""Photos of one encounter show one animal, so they are answered together.

What a photo says of an individual is how many times as probable it has made it. Photos of one side show the same
marking under the same light, and are wrong together: what they say is averaged. Another side is another marking: what
the sides say is multiplied, even where they are compared with each other, for hardly anything agrees then. A side that
is not known may be any, so such a photo is averaged with those of each. Where two photos are each for another animal,
one of them deceives, or they are not of one encounter: then each is answered alone, so that a person sees both names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from resight.identify.answer import Chances, Shortlist
from resight.types import Doubles, Labels, Side, Strings

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
        p, p_new = _pooled(lists, found, _markings(asked.side, speaking), share_new)
        everyone = lists[speaking[0]].everyone
        never = np.isin(everyone, sorted(frozenset().union(*(refused[row] for row in rows))))
        listed = np.isin(everyone, np.concatenate([lists[row].individuals for row in speaking])) & ~never
        if not listed.any():
            continue
        left = 1 - float(p[never].sum())
        order = np.argsort(-p, kind="stable")
        best = order[listed[order]][: max(len(lists[row].individuals) for row in speaking)]
        chances = Chances(p[best] / left, p_new / left)
        possible = np.logical_or.reduce([lists[row].possible for row in speaking]) & ~never
        for row in rows:
            own = _shortlist(everyone[best], lists, [row, *speaking])
            heard[row] = Heard(replace(own, everyone=everyone, possible=possible), chances, len(rows))
    return heard


def _markings(side: Strings, rows: Sequence[int]) -> list[list[int]]:
    """The photos that show one marking, together: of each side those that are of it, or may be."""
    known = sorted({str(side[row]) for row in rows} - {Side.UNKNOWN})
    if not known:
        return [list(rows)]
    return [[row for row in rows if side[row] in (one, Side.UNKNOWN)] for one in known]


def _pooled(
    lists: Sequence[Shortlist], found: Sequence[Chances], markings: Sequence[Sequence[int]], share_new: float
) -> tuple[Doubles, float]:
    """P of every individual of the gallery (n,), and of a new animal, once the photos of each marking have spoken."""
    possible = np.logical_or.reduce([lists[row].possible for of in markings for row in of])
    before = np.where(possible, (1 - share_new) / possible.sum(), 0)
    with np.errstate(divide="ignore"):
        total = np.log(np.append(before, share_new))
    for of in markings:
        total += np.mean([_said(lists[row], found[row], share_new) for row in of], axis=0)
    chances = np.exp(total - total.max())
    chances /= chances.sum()
    return chances[:-1], float(chances[-1])


def _said(candidates: Shortlist, found: Chances, share_new: float) -> Doubles:
    """The logarithm of how many times as probable each individual is now, and at the end a new animal, (n + 1,).

    Of individuals that could not be compared nothing is said.
    """
    possible = candidates.possible
    many, unlisted = int(possible.sum()), int(possible.sum()) - len(found.p)
    p = np.full(len(possible), max(1 - float(found.p.sum()) - found.p_new, 1e-12) / max(1, unlisted))
    p[np.searchsorted(candidates.everyone, candidates.individuals)] = found.p
    said = np.where(possible, np.log(p * many / (1 - share_new)), 0)
    return np.append(said, np.log(found.p_new / share_new))


def _shortlist(names: Strings, lists: Sequence[Shortlist], rows: Sequence[int]) -> Shortlist:
    """The individuals as candidates of the first of these photos; what it lacks, it has of the others."""
    scores, best = np.zeros(len(names), np.float32), np.full(len(names), -1, np.int64)
    for place, row in enumerate(rows):
        where = {name: number for number, name in enumerate(lists[row].individuals.tolist())}
        for column, name in enumerate(names.tolist()):
            if best[column] < 0 and name in where:
                best[column] = lists[row].best[where[name]]
                scores[column] = lists[row].scores[where[name]] if place == 0 else 0
    return replace(lists[rows[0]], individuals=names, scores=scores, best=best)
