"""Photos of one encounter show one animal, so they are answered together.

What a photo says of an individual is how many times as probable it has made it; of one that it could not be compared
with, as much as of a new animal, which has no photo to be compared with either. Photos of one side show the same
marking under the same light, and are wrong together: what they say is averaged, for a new animal that looks like a
known one does so in all of them. Another side is another marking: what the sides say is multiplied, even where they are
compared with each other, for hardly anything agrees then. A side that is not known may be any, so beside known ones all
photos of unknown side together count as one, shared out among the sides.

But a photo may have got into the wrong encounter, or deceive. How well it goes with the others tells how probable that
is, and so much of its answer is its own: of a photo that is sure of somebody whom the others hold for unlikely, a
person sees both names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from resight.identify.answer import Chances, Shortlist
from resight.identify.calibration import DEEPEST
from resight.types import Bools, Doubles, Labels, Side, Strings

MISFILED = 0.05  # the share of an encounter's photos that is expected to be of another animal


@dataclass(frozen=True, slots=True)
class Heard:
    """One photo's candidates and what is thought of them, and how many photos were asked together."""

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
    annotations in one photo may be two animals, and its photos are answered alone. `refused` are the individuals that
    somebody has said each photo does not show: then no photo of the encounter does. `share_new` is what was thought of
    a new animal before. A photo keeps its own best photo of each candidate, and has that of another of the encounter,
    with a score of 0, where it was not compared itself, or does not list the candidate.
    """
    heard = [Heard(*one) for one in zip(lists, found, strict=True)]
    for encounter in np.unique(asked.encounter[asked.encounter != ""]):
        rows: list[int] = np.flatnonzero(asked.encounter == encounter).tolist()
        if 1 < len(rows) == len(np.unique(asked.photo[rows])):
            never = frozenset[str]().union(*(refused[row] for row in rows))
            one_animal = _one_animal([heard[row] for row in rows], asked.side[rows], never, share_new)
            for row, one in zip(rows, one_animal, strict=True):
                heard[row] = one
    return heard


def _one_animal(photos: Sequence[Heard], side: Strings, never: frozenset[str], share_new: float) -> Sequence[Heard]:
    """The photos of one encounter (m,), once they have heard each other."""
    everyone = photos[0].candidates.everyone
    may_be = ~np.isin(everyone, sorted(never))
    names = [name for one in photos for name in one.candidates.individuals.tolist()]
    listed = may_be & np.isin(everyone, names)
    if not listed.any():
        return [_nobody(one) for one in photos]
    possible = may_be & np.logical_or.reduce([one.candidates.possible for one in photos])
    before = _before(possible, share_new)
    alone, said = np.tile(before, (len(photos), 1)), np.zeros((len(photos), len(before)))
    speak = np.array([len(one.candidates.individuals) > 0 for one in photos])
    for place in np.flatnonzero(speak).tolist():
        one = photos[place]
        alone[place] = _everyone(one.candidates, one.chances)
        said[place] = _said(alone[place], _before(one.candidates.possible, share_new))
    p = _mixed(np.where(before > 0, alone, 0), said, side, speak, before)

    most = max(DEEPEST, *(len(one.candidates.individuals) for one in photos))
    answers = []
    for place in range(len(photos)):
        order = np.argsort(-p[place, :-1], kind="stable")
        best = order[listed[order]][:most]
        candidates = _shortlist(everyone[best], [photos[place].candidates, *(one.candidates for one in photos)])
        candidates = replace(candidates, everyone=everyone, possible=possible)
        answers.append(Heard(candidates, Chances(p[place, best], float(p[place, -1])), len(photos)))
    return answers


def _nobody(photo: Heard) -> Heard:
    """The photo without any of its candidates, for all of them were refused."""
    none = slice(0, 0)
    candidates = photo.candidates
    return Heard(
        replace(
            candidates,
            individuals=candidates.individuals[none],
            scores=candidates.scores[none],
            best=candidates.best[none],
            possible=np.zeros_like(candidates.possible),
        ),
        Chances(photo.chances.p[none], 1.0),
    )


def _mixed(alone: Doubles, said: Doubles, side: Strings, speak: Bools, before: Doubles) -> Doubles:
    """P of every individual, and at the end of a new animal, by each photo that has heard the others, (m, n + 1).

    It is that of all photos, weighed by how probable it is that the photo is of their animal, and else its own.
    """
    of_all = _pooled(said[speak], side[speak], before)
    mixed = np.empty_like(alone)
    for photo, own in enumerate(alone / alone.sum(axis=1, keepdims=True)):
        others = speak & (np.arange(len(side)) != photo)
        fits = np.exp(said[photo])
        by_others = float(_pooled(said[others], side[others], before) @ fits)
        # What the others hold for unlikely may fit well, but it is not what all of them then answer.
        by_all = float(np.exp(of_all @ said[photo]))
        theirs = (1 - MISFILED) * min(by_others, by_all)
        anothers = MISFILED * float(before @ fits)
        mixed[photo] = (theirs * of_all + anothers * own) / (theirs + anothers)
    return mixed


def _pooled(said: Doubles, side: Strings, before: Doubles) -> Doubles:
    """P of every individual, and at the end of a new animal, after these photos have spoken, (n + 1,).

    What the m photos have `said` is (m, n + 1), their `side` (m,), and `before` (n + 1,) is 0 for whom it cannot be.
    """
    with np.errstate(divide="ignore"):
        total = np.log(before)
    if len(said):
        weights = _markings(side)
        total = total + (weights @ said / weights.sum(axis=1, keepdims=True)).sum(axis=0)
    chances = np.exp(total - total.max())
    return np.asarray(chances / chances.sum())


def _markings(side: Strings) -> Doubles:
    """How much each photo counts for each marking, (markings, m)."""
    unknown = side == Side.UNKNOWN
    known = np.unique(side[~unknown])
    if not len(known):
        return np.ones((1, len(side)))
    each = 1 / (len(known) * max(1, int(unknown.sum())))
    return np.where(unknown, each, known[:, None] == side)


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
    """The logarithm of how many times as probable a photo has made everybody, (n + 1,)."""
    as_new = np.full_like(before, alone[-1] / before[-1])
    return np.asarray(np.log(np.divide(alone, before, out=as_new, where=before > 0)))


def _shortlist(names: Strings, lists: Sequence[Shortlist]) -> Shortlist:
    """The individuals as candidates of the first of these photos; what it lacks, it has of the others."""
    scores, best = np.zeros(len(names), np.float32), np.full(len(names), -1, np.int64)
    missing = set(names.tolist())
    for place, candidates in enumerate(lists):
        where = {name: number for number, name in enumerate(candidates.individuals.tolist()) if name in missing}
        for column, name in enumerate(names.tolist()):
            if name in where:
                best[column] = candidates.best[where[name]]
                scores[column] = candidates.scores[where[name]] if place == 0 else 0
        missing -= where.keys()
    return replace(lists[0], individuals=names, scores=scores, best=best)
