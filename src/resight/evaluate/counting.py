"""Counting different pairs between thresholds, exactly, without holding or sorting them.

Sorting a hundred million scores is the slow part of a ROC, by a factor of five where a processor is slow at
numpy's AVX-512 sort. Only the rank of each score among the thresholds is needed. A table over equal steps
of score gives a first guess, one comparison mostly completes it, and a binary search finishes the few that
are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from resight.evaluate.roc import RocCurve
from resight.types import Doubles, Ints

_CHUNK = 1 << 15
_LARGEST_TABLE = 1 << 22

_Places = npt.NDArray[np.int32]


def roc_curve(
    same: Doubles, different: Sequence[Iterable[Doubles]], n_different: int, at: Doubles | None = None
) -> RocCurve:
    """The ROC of same scores (s,) and of different scores, which come in streams of blocks of any shape.

    Each stream is counted in a thread of its own. Entries of -inf in a block are no pairs; `n_different`
    counts those that are. `at` are further thresholds to count at, a round grid for a table say. Memory:
    about 100 bytes for each value among the same scores, and two blocks for each stream. ValueError where a
    same score or a threshold is not finite.
    """
    wanted = same if at is None else np.concatenate([same, at])
    if not bool(np.isfinite(wanted).all()):
        raise ValueError("scores and thresholds must be finite numbers")
    cuts, place = np.unique(wanted, return_inverse=True)
    same_in = np.bincount(place[: len(same)], minlength=len(cuts))
    at_least, above = _different_counts(cuts, different) if len(cuts) else (same_in, same_in)
    return RocCurve(
        thresholds=cuts[::-1],
        same_at=_suffix_sums(same_in)[::-1],
        different_at=at_least[::-1],
        different_above=above[::-1],
        n_same=len(same),
        n_different=n_different,
    )


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Rising cuts (m,), and how many of them lie in lower buckets than each bucket of equal width."""

    cuts: Doubles
    scale: float
    lower: _Places

    @staticmethod
    def of(cuts: Doubles) -> _Lookup:
        buckets = min(_LARGEST_TABLE, max(1 << 10, 4 * len(cuts)))
        with np.errstate(over="ignore", divide="ignore"):
            span = cuts[-1] - cuts[0]
            scale = float(buckets / span)
        if not np.isfinite(span):
            raise ValueError(f"scores from {cuts[0]:g} to {cuts[-1]:g} are too far apart to be counted")
        # A span too small to divide by makes one bucket: all the work is then the binary search's.
        scale = scale if np.isfinite(scale) else 0.0
        bucket_of_cut = ((cuts - cuts[0]) * scale).astype(np.int32)
        return _Lookup(cuts, scale, np.searchsorted(bucket_of_cut, np.arange(buckets + 1)).astype(np.int32))


def _different_counts(cuts: Doubles, streams: Sequence[Iterable[Doubles]]) -> tuple[Ints, Ints]:
    """How many scores are at least each cut, and how many are more; (m,) each."""
    count = partial(_count, _Lookup.of(cuts))
    with ThreadPoolExecutor(len(streams)) as threads:
        counted = np.sum(list(threads.map(count, streams)), axis=0)
    reached, tied = counted[:, 1:]
    at_least = _suffix_sums(reached)
    return at_least, at_least - tied


def _count(lookup: _Lookup, blocks: Iterable[Doubles]) -> Ints:
    """How many scores reach 0, 1, ... cuts, and how many of those equal the last one reached; (2, m + 1)."""
    m = len(lookup.cuts)
    counts = np.zeros((2, m + 1), np.int64)
    # A score meets the cut that follows its rank, and the one that its rank reached.
    following, last = np.append(lookup.cuts, np.inf), np.append(np.nan, lookup.cuts)
    for block in blocks:
        flat = block.reshape(-1)
        ranks = np.empty(len(flat), np.intp)
        for start in range(0, len(flat), _CHUNK):
            scores = flat[start : start + _CHUNK]
            # Every step of this map keeps order: a lower bucket means a lower score, whatever is rounded.
            within = np.clip(scores, following[0], last[-1])
            within -= following[0]
            within *= lookup.scale
            rank = lookup.lower.take(within.astype(np.int32))
            rank += scores >= following.take(rank)
            unfinished = np.flatnonzero(scores >= following.take(rank))
            rank[unfinished] = np.searchsorted(lookup.cuts, scores[unfinished], side="right")
            tied = rank[scores == last.take(rank)]
            if len(tied):
                np.add.at(counts[1], tied, 1)
            ranks[start : start + _CHUNK] = rank
        counts[0] += np.bincount(ranks, minlength=m + 1)
    return counts


def _suffix_sums(counts: Ints) -> Ints:
    return np.cumsum(counts[::-1])[::-1].astype(np.int64)
