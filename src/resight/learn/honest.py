"""Whether what was learned from a catalogue's own photos names its animals better, told by photos it did not see.

Some individuals are left out of the training altogether, and of others one encounter. Both ways are asked about the
same photos of those, each with its own encounter left out of the gallery; so no figure comes from a model that has seen
the encounter, and animals that it has never seen are told apart from those that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from resight.errors import ResightError
from resight.evaluate.bootstrap import estimate
from resight.evaluate.result import Estimate
from resight.evaluate.run import BATCH, Annotations
from resight.evaluate.splits import groups
from resight.identify.ranking import rank
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.seam import Matcher
from resight.types import Bools, Doubles, Ints, Labels

UNSEEN, SEEN = 0.25, 0.4  # shares of the individuals met twice: left out altogether, and with one encounter
FEWEST = 8  # individuals that were met twice, below which nothing can be told


@dataclass(frozen=True, slots=True)
class Parts:
    """Which annotations (n,) are learned from, which are asked about, and whether those show a learned individual."""

    learned: Bools
    asked: Bools
    seen: Bools


@dataclass(frozen=True, slots=True)
class Gain:
    """Of so many photos the share whose first candidate is right, before and after, and the gain with its interval."""

    photos: int
    before: float
    after: float
    gain: Estimate | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The gain on all photos asked about, on those of individuals that were learned, and on those of others."""

    everyone: Gain
    seen: Gain
    unseen: Gain

    @property
    def better(self) -> bool:
        """Whether the gain on all is above 0 with its whole interval."""
        gain = self.everyone.gain
        return gain is not None and gain.low is not None and gain.low > 0


def parts(labels: Labels, seed: int = 0) -> Parts:
    """Deal out the annotations; ResightError where too few individuals were met in two encounters."""
    group, named = groups(labels), labels.individual != ""
    met: dict[str, list[int]] = {
        name: np.unique(group[labels.individual == name]).tolist() for name in np.unique(labels.individual[named])
    }
    several = sorted(name for name, encounters in met.items() if len(encounters) > 1)
    if len(several) < FEWEST:
        raise ResightError(
            f"{len(several)} individuals were met in two encounters or more: whether a training helps cannot be told "
            f"from fewer than {FEWEST}. Add photos of further encounters, or train into a folder with --into"
        )
    rng = np.random.default_rng(seed)
    order = rng.permutation(several).tolist()
    out = max(2, round(UNSEEN * len(order)))
    unseen = np.isin(labels.individual, order[:out])
    held = [int(rng.choice(met[name])) for name in order[out : out + max(2, round(SEEN * len(order)))]]
    seen = np.isin(group, held) & named & ~unseen
    asked = (unseen | seen) & named
    return Parts(named & ~np.isin(group, group[asked]), asked, seen)


def trial(
    labels: Labels, dealt: Parts, before: tuple[Annotations, Matcher], after: tuple[Annotations, Matcher],
    sides: Sides, progress: Callable[[int, int], None] | None = None,
) -> Trial:  # fmt: skip
    """Ask both about the same photos; the annotations of both are those of the labels, in their order."""
    rows = np.flatnonzero(dealt.asked)

    def told(past: int) -> Callable[[int], None]:
        return lambda done: progress(past + done, 2 * len(rows)) if progress is not None else None

    old = first_right(labels, before, rows, sides, told(0))
    new = first_right(labels, after, rows, sides, told(len(rows)))
    codes = np.unique(labels.individual[rows], return_inverse=True)[1].astype(np.int64)
    seen = dealt.seen[rows]
    return Trial(
        gain(old, new, codes), gain(old[seen], new[seen], codes[seen]), gain(old[~seen], new[~seen], codes[~seen])
    )


def first_right(
    labels: Labels, by: tuple[Annotations, Matcher], rows: Ints, sides: Sides, told: Callable[[int], None]
) -> Doubles:
    """1 for each of these rows whose first candidate is right, with its own encounter left out, else 0."""
    annotations, matcher = by
    gallery = matcher.gallery(annotations.descriptors, labels)
    right = np.zeros(len(rows))
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        asked = labels.take(some)
        allowed = comparable(asked, labels, sides) & elsewhere(asked, labels)
        scores = gallery.scores(annotations.descriptors.take(some), allowed)
        ranking = rank(scores, allowed, labels.individual, matcher.best_photo_only)
        for query, name in enumerate(asked.individual.tolist()):
            order = ranking.order(query)
            right[start + query] = float(len(order) > 0 and ranking.individuals[order[0]] == name)
        told(start + len(some))
    return right


def gain(before: Doubles, after: Doubles, individuals: Ints) -> Gain:
    """What was gained on photos of these individuals (n,)."""
    if not len(before):
        return Gain(0, 0.0, 0.0, None)
    difference = after - before
    found = estimate(lambda weights: (weights @ difference) / weights.sum(axis=1), individuals, seed=0)
    return Gain(len(before), float(before.mean()), float(after.mean()), found if isinstance(found, Estimate) else None)
