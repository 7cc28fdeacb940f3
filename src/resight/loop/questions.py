"""Which pairs of tracks a person should be asked of next."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from resight.loop.belief import Believed, log_odds
from resight.loop.view import View

MOST_ASKED = 4  # times; what is not clear by then stays as it is


class Why(StrEnum):
    """Why a pair is asked of."""

    NEAR = "near"  # two individuals look alike
    SURPRISE = "surprise"  # what was said is against what it looks like
    UNSURE = "unsure"  # nobody could tell
    DIVIDED = "divided"  # as many said one animal as two
    CONTRADICTION = "contradiction"  # what was said is against what was said of other pairs


@dataclass(frozen=True, slots=True)
class Question:
    """Are these two tracks one animal? With the model's score and log-odds."""

    first: int
    second: int
    score: float
    log_odds: float
    why: Why


def questions(view: View, trust: float, least: float, closed: Set[tuple[int, int]] = frozenset()) -> list[Question]:
    """The next pairs to ask of, the likeliest first, each individual at most once, for an answer settles further ones.

    First what is not settled or contradicts; then, for each individual, its nearest other one, where the chance that
    they are one is at least `least`. Pairs that are `closed` are not asked of now.
    """
    asked = [
        (pair, _why(pair))
        for pair in view.beliefs
        if not pair.settled(trust) and pair.asked < MOST_ASKED and (pair.first, pair.second) not in closed
    ]
    known = {(pair.first, pair.second) for pair, _ in asked} | closed
    asked += [
        (pair, Why.CONTRADICTION)
        for pair in view.found.overruled
        if pair.asked < MOST_ASKED and (pair.first, pair.second) not in known
    ]
    again = [
        Question(p.first, p.second, float(view.scores[p.first, p.second]), float(view.looks[p.first, p.second]), why)
        for p, why in asked
    ]
    busy = {int(view.found.of[track]) for one in again for track in (one.first, one.second)}
    return again + _near(view, busy, log_odds(least))


def _why(pair: Believed) -> Why:
    """Why a pair is not settled."""
    if pair.answers:
        return Why.SURPRISE
    return Why.DIVIDED if pair.log_odds else Why.UNSURE


def _near(view: View, busy: set[int], least: float) -> list[Question]:
    scores, looks, of = view.scores, view.looks, view.found.of
    n = int(of.max(initial=-1)) + 1
    barred = np.zeros((n, n), bool)
    rows, columns = np.nonzero(~view.may_be_one)
    barred[of[rows], of[columns]] = True
    against = np.zeros((n, n), np.float32)
    asked = np.zeros(looks.shape, bool)
    for pair in view.beliefs:
        asked[pair.first, pair.second] = asked[pair.second, pair.first] = True
        one, other = of[pair.first], of[pair.second]
        if pair.log_odds < 0 and not pair.doubted and one != other:
            against[one, other] += pair.log_odds
            against[other, one] += pair.log_odds
    open_ = np.triu(~asked & ~barred[np.ix_(of, of)] & (of[:, None] != of), k=1)
    leaning = np.where(open_, looks + against[np.ix_(of, of)], -np.inf)
    taken, chosen = set(busy), []
    places = np.flatnonzero(leaning >= least)
    for place in places[np.argsort(-leaning.ravel()[places], kind="stable")].tolist():
        first, second = divmod(place, leaning.shape[1])
        both = {int(of[first]), int(of[second])}
        if not both & taken:
            taken |= both
            chosen.append(Question(first, second, float(scores[first, second]), float(looks[first, second]), Why.NEAR))
    return chosen
