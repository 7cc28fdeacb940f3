"""A pile of photos without names, sorted into individuals: each photo is asked about among all the others.

Every photo begins as an individual of its own, but for those of one encounter, which show one animal. In each round
every photo is asked which of the other individuals it shows, as `identify` asks a catalogue. But several of them may be
one animal still, and share the probability that is its due; so each is held against a new animal only, and not against
the others. Two individuals become one where each is the other's likeliest and their photos say so with a mean of 0.7 or
more, one way and the other. That goes on until nothing more is likely. The mean is cautious: a group grows only where
most of its photos agree, so that one animal may end up as several groups, and two animals seldom as one.

What scores mean cannot be learned from photos without names; it is what they usually mean (`identify.usual`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from resight.identify.calibration import DEEPEST, Calibration
from resight.identify.ranking import CROWD
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.seam import Matcher
from resight.types import Bools, Descriptors, Doubles, Ints, Labels, Side, Strings

BATCH = 32
KEPT = 100  # of each photo's scores, the highest; those of strangers say nothing of who is seen
LIKELY = 0.7  # of 0.5 to 0.9 the lowest with nine pairs in ten right on most sets (docs/benchmarks.md)
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pile:
    """The individuals of n annotations, numbered from 0 as they appear (n,), and how sure that is.

    `sure` (n,) is the probability that the animal is that of the other photos of its individual, its own encounter not
    counted; NaN where there are no others. `other` (k,) is the likeliest other individual of each of the k, itself
    where none is likely at all, and `p_other` (k,) how likely they are one. `fewest` is how many individuals there are
    if photos hide as much as is usual: groups that are one animal, though nothing shows it, are counted once.
    """

    individual: Ints
    sure: Doubles
    other: Ints
    p_other: Doubles
    fewest: int

    @property
    def many(self) -> int:
        """How many individuals were found: there are not more, if no two were taken for one."""
        return len(self.other)


def sort_pile(
    descriptors: Descriptors,
    labels: Labels,
    matcher: Matcher,
    calibration: Calibration,
    sides: Sides = Sides.APART,
    progress: Tell | None = None,
) -> Pile:
    """Sort described annotations into individuals; names that they have already are not looked at."""
    tell = progress or (lambda _what, _done, _total: None)
    shown, of = _shown(labels.side, sides), _encounters(labels)
    # A spot that many animals show says little, and one that many photos of an animal show says much: all that is known
    # of whose they are is their encounters. To compare once more by the groups found makes wrong ones fast.
    each = replace(labels, individual=np.char.add("individual ", of.astype(np.str_)))
    scores = _scores(descriptors, each, matcher, sides, tell)
    while True:
        chances, known = _asked(scores, shown, of, calibration)
        alike = _alike(chances, shown, of, each.photo)
        pairs = _mutual(alike)
        if not len(pairs):
            break
        tell("Joining individuals", int(len(of) - of.max()), 0)
        into = np.arange(int(of.max()) + 1)
        into[pairs[:, 1]] = pairs[:, 0]
        of = numbered(into[of])
    met = _met(labels.encounter, of)
    within, _ = _asked(scores, shown, of, calibration, met)
    others = np.bincount(of)[of] > np.bincount(met)[met]
    sure = np.where(others, np.asarray(within[np.arange(len(of)), of]).ravel(), np.nan)
    other = np.asarray(alike.argmax(axis=1)).ravel()
    p_other = np.asarray(alike.max(axis=1).todense()).ravel()
    elsewhere_too = np.bincount(of, weights=known) / np.bincount(of)
    fewest = int(np.ceil((1 / (1 + elsewhere_too)).sum()))
    return Pile(of, sure, np.where(p_other > 0, other, np.arange(len(other))), p_other, fewest)


def numbered(groups: Ints) -> Ints:
    """The groups numbered anew from 0, as they appear.

    >>> numbered(np.array([7, 2, 7, 5]))
    array([0, 1, 0, 2])
    """
    _, first, where = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[where].astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The side that each annotation shows (n,), by its number, and which of the s sides may be compared (s, s)."""

    side: Ints
    together: Bools

    def counts(self, of: Ints) -> Ints:
        """How many annotations of each group show each side (k, s)."""
        k, s = int(of.max()) + 1, len(self.together)
        return np.bincount(of * s + self.side, minlength=k * s).reshape(k, s)


def _shown(side: Strings, sides: Sides) -> _Shown:
    names, where = np.unique(side, return_inverse=True)
    unknown = names == Side.UNKNOWN
    together = (names[:, None] == names[None]) | unknown[:, None] | unknown[None] | (sides is Sides.ANY)
    return _Shown(where.astype(np.int64), np.asarray(together, np.bool_))


def _encounters(labels: Labels) -> Ints:
    """The groups to begin with (n,): an encounter is one animal, and a photo without one is alone.

    So are those of an encounter that shows two animals in one photo.
    """
    alone = np.array([f"annotation {row}" for row in range(len(labels))])
    _, shown = np.unique(np.stack([labels.encounter, labels.photo]), axis=1, return_inverse=True)
    several = labels.encounter[np.bincount(shown.ravel())[shown.ravel()] > 1]
    single = (labels.encounter == "") | np.isin(labels.encounter, several)
    met = np.where(single, alone, np.char.add("encounter ", labels.encounter))
    return numbered(np.unique(met, return_inverse=True)[1])


def _scores(descriptors: Descriptors, each: Labels, matcher: Matcher, sides: Sides, tell: Tell) -> csr_array:
    """How alike every two annotations are (n, n), of each the highest few; 0 within an encounter, known already."""
    n = len(each)
    gallery = matcher.gallery(descriptors, each)
    parts: list[csr_array] = []
    for start in range(0, n, BATCH):
        rows = np.arange(start, min(start + BATCH, n))
        asked = each.take(rows)
        allowed = comparable(asked, each, sides) & elsewhere(asked, each)
        found = gallery.scores(descriptors.take(rows), allowed)
        least = np.partition(found, -min(KEPT, n), axis=1)[:, -min(KEPT, n), None]
        parts.append(csr_array(np.where(found >= least, found, 0)))
        tell("Comparing photos", int(rows[-1]) + 1, n)
    return csr_array(vstack(parts))


def _asked(
    scores: csr_array, shown: _Shown, of: Ints, calibration: Calibration, met: Ints | None = None
) -> tuple[csr_array, Doubles]:
    """P that each photo shows each group's animal and not a new one (n, k), of the likeliest few; P of any group (n,).

    Its own group is asked about too where `met` tells which photos of it are of one encounter (n,): without those.
    """
    n, k = len(of), int(of.max()) + 1
    member = csr_array((np.ones(n, np.float32), (np.arange(n), of)), shape=(n, k))
    in_reach = shown.together @ shown.counts(of).T
    companions = None if met is None else (shown.together @ shown.counts(met).T)[shown.side, met]
    chosen: list[Ints] = []
    chances: list[Doubles] = []
    known = np.zeros(n)
    for start in range(0, n, BATCH):
        sums = (scores[start : start + BATCH] @ member).toarray()
        for row, total in enumerate(sums, start=start):
            counts = in_reach[shown.side[row]].copy()
            counts[of[row]] = 0 if companions is None else counts[of[row]] - companions[row]
            possible = int((counts > 0).sum())
            likeness = np.where(counts > 0, total / np.maximum(counts, 1) ** CROWD, -1)
            best = np.argsort(-likeness, kind="stable")[: min(DEEPEST, possible)]
            p, p_new = calibration.probabilities(likeness[best].astype(np.float32), possible)
            chosen.append(best)
            chances.append(p / (p + p_new))
            known[row] = 1 - p_new
    ends = np.cumsum([0, *map(len, chosen)])
    return csr_array((np.concatenate(chances), np.concatenate(chosen), ends), shape=(n, k)), known


def _alike(chances: csr_array, shown: _Shown, of: Ints, photo: Strings) -> csr_array:
    """How likely two groups are one animal (k, k): the mean over the photos of each, and of the two means."""
    n, k = len(of), int(of.max()) + 1
    member = csr_array((np.ones(n), (of, np.arange(n))), shape=(k, n))
    total = (member @ chances).tocoo()
    one, other = total.coords
    counts = shown.counts(of)
    # Of one group only the photos that can be compared with some of the other's say anything.
    can = shown.together @ counts.T > 0
    counted = np.einsum("ms,sm->m", counts[one], can[:, other])
    mean = csr_array((total.data / np.maximum(counted, 1), (one, other)), shape=(k, k))
    alike = csr_array((mean + mean.T) / 2)
    # Two animals in one photo are two animals.
    _, place = np.unique(photo, return_inverse=True)
    seen = csr_array((np.ones(n), (of, place)), shape=(k, int(place.max()) + 1))
    return csr_array(alike - alike.multiply(seen @ seen.T > 0))


def _mutual(alike: csr_array) -> Ints:
    """The pairs (m, 2) of groups, the lower number first, each the other's likeliest, that are likely one animal."""
    best = np.asarray(alike.argmax(axis=1)).ravel()
    p = np.asarray(alike.max(axis=1).todense()).ravel()
    rows = np.arange(len(best))
    chosen = (best[best] == rows) & (rows < best) & (p >= LIKELY)
    return np.column_stack([rows[chosen], best[chosen]])


def _met(encounter: Strings, of: Ints) -> Ints:
    """The encounters, numbered (n,), each group's by themselves; a photo without one is one."""
    alone = np.array([f"annotation {row}" for row in range(len(of))])
    met = np.unique(np.where(encounter == "", alone, np.char.add("encounter ", encounter)), return_inverse=True)[1]
    return np.asarray(np.unique(np.stack([of, met]), axis=1, return_inverse=True)[1], np.int64).ravel()
