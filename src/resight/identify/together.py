"""Photos of one encounter show one animal, so they are answered together.

What a photo says of an individual is how many times as probable it has made it. Photos of one side show the same
marking under the same light, and are wrong together: what they say is averaged, for a new animal that looks like a
known one does so in all of them. Another side is another marking: what the sides say is multiplied, even where they are
compared with each other, for hardly anything agrees then. A side that is not known may be any, so such a photo is
shared out among them. Where other photos of the encounter have a name already, they tell who it is.

But a photo may have got into the wrong encounter, or deceive. How well it goes with the others tells how probable that
is, and so much of its answer is its own: then neither name is sure, and a person sees both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from resight.identify.answer import Chances, Shortlist
from resight.identify.told import Told
from resight.types import Bools, Doubles, Labels, Side, Strings

MISFILED = 0.05  # of an encounter's photos, as many are expected to be of another animal


@dataclass(frozen=True, slots=True)
class Heard:
    """One photo's candidates and what is thought of them, how many photos have said so, and what names have told."""

    candidates: Shortlist
    chances: Chances
    photos: int = 1
    told: Told | None = None


def together(
    lists: Sequence[Shortlist],
    found: Sequence[Chances],
    refused: Sequence[frozenset[str]],
    asked: Labels,
    named: Sequence[Told | None],
    share_new: float,
) -> list[Heard]:
    """What is thought of each of n photos once all photos of its encounter are heard.

    `asked` (n,) tells the encounter of each, '' where there is none, its side, and its photo: an encounter with two
    animals in one photo is not one animal, and its photos are answered alone. `refused` are the individuals that
    somebody has said each photo does not show: then no photo of the encounter does. `named` is what photos of its
    encounter that have a name tell of each. `share_new` is what was thought of a new animal before. A photo keeps its
    own best photo of each candidate, and has that of another of the encounter, with a score of 0, where it could not be
    compared itself.
    """
    heard = [Heard(*one) for one in zip(lists, found, strict=True)]
    for encounter in np.unique(asked.encounter[asked.encounter != ""]):
        rows: list[int] = np.flatnonzero(asked.encounter == encounter).tolist()
        if len(np.unique(asked.photo[rows])) == len(rows):
            never = frozenset[str]().union(*(refused[row] for row in rows))
            one_animal = _one_animal([heard[row] for row in rows], asked.side[rows], never, named[rows[0]], share_new)
            for row, one in zip(rows, one_animal, strict=True):
                heard[row] = one
    return heard


def _one_animal(
    photos: Sequence[Heard], side: Strings, never: frozenset[str], told: Told | None, share_new: float
) -> Sequence[Heard]:
    """The photos of one encounter (m,), each with what it says, once they have heard each other."""
    everyone = photos[0].candidates.everyone
    can = ~np.isin(everyone, sorted(never))
    whose = can & (everyone == ("" if told is None else told.individual))
    if told is None or not whose.any():
        told = None
        if len(photos) == 1:
            return photos
    listed = whose | can & np.isin(everyone, [name for one in photos for name in one.candidates.individuals.tolist()])
    if not listed.any():
        return photos
    possible = can & np.logical_or.reduce([whose, *(one.candidates.possible for one in photos)])
    before = _before(possible, share_new)
    alone, said = np.tile(before, (len(photos), 1)), np.zeros((len(photos), len(before)))
    for place, one in enumerate(photos):
        if len(one.candidates.individuals):
            alone[place] = _everyone(one.candidates, one.chances)
            said[place] = _said(alone[place], _before(one.candidates.possible, share_new))
    of_all, of_others = _pooled(said, side, before) if told is None else _known(whose, len(photos))
    p = _mixed(np.where(before > 0, alone, 0), said, of_all, of_others)

    most = max(1, *(len(one.candidates.individuals) for one in photos))
    answers = []
    for place in range(len(photos)):
        order = np.argsort(-p[place, :-1], kind="stable")
        best = order[listed[order]][:most]
        candidates = _shortlist(everyone[best], [photos[place].candidates, *(one.candidates for one in photos)], told)
        candidates = replace(candidates, everyone=everyone, possible=possible)
        chances = Chances(p[place, best], float(p[place, -1]))
        answers.append(Heard(candidates, chances, len(photos), told))
    return answers


def _known(whose: Bools, many: int) -> tuple[Doubles, Doubles]:
    """As `_pooled`, where it is known whose the encounter is, (n,)."""
    p = np.append(whose, False).astype(np.float64)
    return p, np.tile(p, (many, 1))


def _pooled(said: Doubles, side: Strings, before: Doubles) -> tuple[Doubles, Doubles]:
    """P of every individual and of a new animal by all photos (n + 1,), and by all but each of them (m, n + 1).

    What the photos have `said` is (m, n + 1), their `side` (m,), and `before` (n + 1,) is 0 for whom it cannot be. A
    photo that says nothing does not count.
    """
    weights = _markings(side) * said.any(axis=1)
    sums, counts = weights @ said, weights.sum(axis=1, keepdims=True)
    without = [
        _after(sums - weights[:, photo, None] * one, counts - weights[:, photo, None], before)
        for photo, one in enumerate(said)
    ]
    return _after(sums, counts, before), np.array(without)


def _mixed(alone: Doubles, said: Doubles, of_all: Doubles, of_others: Doubles) -> Doubles:
    """The chances by each photo (m, n + 1): those of all so far as it is of their animal, and else its own."""
    agreeing = (1 - MISFILED) * (of_others * np.exp(said)).sum(axis=1, keepdims=True)
    of_theirs = agreeing / (agreeing + MISFILED)
    return np.asarray(of_theirs * of_all + (1 - of_theirs) * alone / alone.sum(axis=1, keepdims=True))


def _markings(side: Strings) -> Doubles:
    """How much each photo shows of each marking, (markings, m)."""
    known = sorted(set(side.tolist()) - {Side.UNKNOWN})
    if not known:
        return np.ones((1, len(side)))
    return np.where(side == Side.UNKNOWN, 1 / len(known), np.array(known)[:, None] == side)


def _after(sums: Doubles, counts: Doubles, before: Doubles) -> Doubles:
    """P of every individual and of a new animal, (n + 1,), after so many photos of each marking have said so much."""
    with np.errstate(divide="ignore"):
        total = np.log(before) + (sums / np.maximum(counts, 1e-9)).sum(axis=0)
    chances = np.exp(total - total.max())
    return np.asarray(chances / chances.sum())


def _before(possible: Bools, share_new: float) -> Doubles:
    """P of every individual, and at the end of a new animal, before any photo has spoken, (n + 1,)."""
    return np.append(np.where(possible, (1 - share_new) / possible.sum(), 0), share_new)


def _everyone(candidates: Shortlist, found: Chances) -> Doubles:
    """P of every individual by one photo alone, whether listed or not, and at the end of a new animal, (n + 1,)."""
    unlisted = int(candidates.possible.sum()) - len(found.p)
    rest = max(1 - float(found.p.sum()) - found.p_new, 1e-12) / max(1, unlisted)
    p = np.where(candidates.possible, rest, 0)
    p[np.searchsorted(candidates.everyone, candidates.individuals)] = found.p
    return np.append(p, found.p_new)


def _said(alone: Doubles, before: Doubles) -> Doubles:
    """The logarithm of how many times as probable a photo has made everybody, (n + 1,).

    Of individuals that could not be compared nothing is said.
    """
    return np.log(np.divide(alone, before, out=np.ones_like(before), where=before > 0))


def _shortlist(names: Strings, lists: Sequence[Shortlist], told: Told | None) -> Shortlist:
    """The individuals as candidates of the first photo; what its list lacks, it has of the others', or was told."""
    scores, best = np.zeros(len(names), np.float32), np.full(len(names), -1 if told is None else told.row, np.int64)
    missing = set(names.tolist())
    for place, candidates in enumerate(lists):
        where = {name: number for number, name in enumerate(candidates.individuals.tolist()) if name in missing}
        for column, name in enumerate(names.tolist()):
            if name in where:
                best[column] = candidates.best[where[name]]
                scores[column] = candidates.scores[where[name]] if place == 0 else 0
        missing -= where.keys()
    return replace(lists[0], individuals=names, scores=scores, best=best)
