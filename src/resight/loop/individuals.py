"""Tracks joined to individuals by what is believed of pairs, the surest first, never against something surer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resight.loop.belief import Believed
from resight.types import Bools, Ints


@dataclass(frozen=True, slots=True)
class Individuals:
    """Which individual each track (n,) is, numbered from 0 as they appear; pairs that could not have their way."""

    of: Ints
    overruled: tuple[Believed, ...]


def individuals(may_be_one: Bools, beliefs: Sequence[Believed]) -> Individuals:
    """Join the pairs thought to be one animal.

    A pair is not joined where its tracks, or others joined to them, are known to be two animals (`may_be_one` (n, n)
    is False) or are thought so by a surer belief. The surest belief comes first, as Kruskal takes edges. What is
    against its own answers is neither joined nor kept apart: people are asked again.
    """
    group = np.arange(len(may_be_one))
    apart = ~may_be_one
    np.fill_diagonal(apart, False)
    overruled = []
    for pair in sorted((pair for pair in beliefs if not pair.doubted), key=lambda pair: -abs(pair.log_odds)):
        one, other = group == group[pair.first], group == group[pair.second]
        joined = bool(one[pair.second])
        if pair.log_odds > 0 and not joined:
            if apart[np.ix_(one, other)].any():
                overruled.append(pair)
            else:
                group[other] = group[pair.first]
        elif pair.log_odds < 0:
            if joined:
                overruled.append(pair)
            else:
                apart[pair.first, pair.second] = apart[pair.second, pair.first] = True
    _, first, numbers = np.unique(group, return_index=True, return_inverse=True)
    return Individuals(np.argsort(np.argsort(first))[numbers].astype(np.int64), tuple(overruled))
