"""Photos of one encounter show one animal, so they are answered together.

What a photo says of an individual is how many times as probable it has made it. Photos of one side show the same
marking under the same light, and are often wrong together: m of them count as the square root of m, each as much as
the others. Another side is another marking: what the sides say is multiplied, even where they are compared with each
other, for hardly anything agrees then. A side that is not known may be any, so such a photo is shared out among them.

A photo may have got into the wrong encounter, or deceive. How well it goes with the other photos tells how probable
that is, and so much of its answer is its own: then neither name is sure, and a person sees both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from resight.identify.answer import Chances, Shortlist
from resight.types import Bools, Doubles, Labels, Side, Strings

MISFILED = 0.05  # of an encounter's photos, as many are expected to be of another animal


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
        several = len(np.unique(asked.photo[rows])) < len(rows)
        if len(rows) == 1 or several or not speaking:
            continue
        everyone = lists[rows[0]].everyone
        never = np.isin(everyone, sorted(frozenset().union(*(refused[row] for row in rows))))
        listed = np.isin(everyone, np.concatenate([lists[row].individuals for row in speaking])) & ~never
        if not listed.any():
            continue
        possible = np.logical_or.reduce([lists[row].possible for row in speaking]) & ~never
        many = max(len(lists[row].individuals) for row in speaking)
        before = _before(possible, share_new)
        alone, said = np.tile(before, (len(rows), 1)), np.zeros((len(rows), len(before)))
        for place in np.flatnonzero(np.isin(rows, speaking)).tolist():
            candidates = lists[rows[place]]
            alone[place] = _everyone(candidates, found[rows[place]])
            said[place] = _said(alone[place], _before(candidates.possible, share_new))
        for row, p in zip(rows, _pooled(alone, said, asked.side[rows], before), strict=True):
            order = np.argsort(-p[:-1], kind="stable")
            best = order[listed[order]][:many]
            own = _shortlist(everyone[best], lists, [row, *speaking])
            own = replace(own, everyone=everyone, possible=possible)
            heard[row] = Heard(own, Chances(p[best], float(p[-1])), len(rows))
    return heard


def _pooled(alone: Doubles, said: Doubles, side: Strings, before: Doubles) -> Doubles:
    """P of every individual, and at the end of a new animal, by each photo of an encounter that has heard the others.

    P by each photo `alone` and what it has `said` are (m, n + 1), `side` (m,), `before` (n + 1,), 0 for whom it cannot
    be. A photo that says nothing does not count.
    """
    weights = _markings(side) * said.any(axis=1)
    sums, counts = weights @ said, weights.sum(axis=1, keepdims=True)
    all_of_them = _after(sums, counts, before)
    answers = np.where(before > 0, alone, 0)
    answers /= answers.sum(axis=1, keepdims=True)
    for photo, own in enumerate(answers):
        without = weights[:, photo, None]
        others = _after(sums - without * said[photo], counts - without, before)
        goes_with_them = (1 - MISFILED) * float(others @ np.exp(said[photo]))
        of_them = goes_with_them / (goes_with_them + MISFILED)
        answers[photo] = of_them * all_of_them + (1 - of_them) * own
    return answers


def _markings(side: Strings) -> Doubles:
    """How much each photo shows of each marking, (markings, m)."""
    known = sorted(set(side.tolist()) - {Side.UNKNOWN})
    if not known:
        return np.ones((1, len(side)))
    return np.where(side == Side.UNKNOWN, 1 / len(known), np.array(known)[:, None] == side)


def _after(sums: Doubles, counts: Doubles, before: Doubles) -> Doubles:
    """P of every individual and of a new animal, (n + 1,), after so many photos of each marking have said so much."""
    with np.errstate(divide="ignore"):
        total = np.log(before) + (sums / np.sqrt(np.maximum(counts, 1e-9))).sum(axis=0)
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
