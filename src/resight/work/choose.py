"""Choose how to describe a catalogue's animals by asking its own named photos about each other.

Flanks are best compared inside the mask, flukes with their outline, and parts of one photograph without any mask.
No rule knows which; the photos do. A sample of them is described in each way, each photo is asked about with its own
encounter left out, and the way that names most of them is taken; with more keypoints, if that names still more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from resight.errors import ResightError
from resight.identify.comparable import Sides
from resight.identify.experience import experience
from resight.match.open import best_photo_only, open_gallery
from resight.method import INSIDE, MANY, MASKED, PLAIN, default_method
from resight.types import Labels, Record
from resight.work.describe import Sighted, describe_all, in_shards, joined
from resight.work.processes import Executor

SAMPLE = 160
PHOTOS_EACH = 4
FEWEST = 30
DRIVEN = 1.25  # how many times as many right names without a mask show that the backgrounds do the naming


@dataclass(frozen=True, slots=True)
class Choice:
    """The method taken, and the share of the sample that each one tried named rightly; empty if there were too few."""

    method: str
    tried: dict[str, float]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of the photos."""
        if self.method not in (PLAIN, MANY[PLAIN]) or not self.tried:
            return ()
        masked, plain = max(self.tried[INSIDE], self.tried[MASKED]), self.tried[PLAIN]
        shares = f"{plain:.0%} of a sample of the named photos are named rightly, with one {masked:.0%}"
        if plain <= DRIVEN * masked:
            return (f"Masks were tried: without one {shares}.",)
        return (
            f"Backgrounds drive the matches: without a mask {shares}. Photos of one animal seem to share their place "
            "or to be parts of one photograph; a photo taken elsewhere will be named less well than this catalogue "
            "suggests.",
        )


def choose(
    records: Iterable[Record],
    executor: Executor,
    sides: Sides = Sides.APART,
    progress: Callable[[int, int], None] | None = None,
) -> Choice:
    """The best method for these photos: where the mask's weights are to be had, else the plain one."""
    usual = default_method()
    sample = _sample(records)
    if usual == PLAIN or len(sample) < FEWEST:
        return Choice(usual, {})
    tried: dict[str, float] = {}
    ways = 4
    for method in (INSIDE, MASKED, PLAIN):
        tried[method] = _named_rightly(sample, method, executor, sides)
        if progress is not None:
            progress(len(tried), ways)
    more = MANY[max(tried, key=lambda name: tried[name])]
    tried[more] = _named_rightly(sample, more, executor, sides)
    if progress is not None:
        progress(ways, ways)
    # Where they are level the earlier is taken: fewer keypoints are faster.
    return Choice(max(tried, key=lambda name: tried[name]), tried)


def _sample(records: Iterable[Record], seed: int = 0) -> list[Record]:
    """Some photos of some of the individuals that have more than one, each individual's spread over its encounters."""
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.identity:
            of[record.identity].append(record)
    rng = np.random.default_rng(seed)
    several = sorted(name for name, photos in of.items() if len({p.encounter or p.path for p in photos}) > 1)
    chosen: list[Record] = []
    for name in rng.permutation(several) if several else []:
        photos = of[name]
        chosen += [photos[row] for row in np.sort(rng.permutation(len(photos))[:PHOTOS_EACH])]
        if len(chosen) >= SAMPLE:
            break
    return chosen


def _named_rightly(sample: Sequence[Record], method: str, executor: Executor, sides: Sides) -> float:
    shards = list(describe_all(in_shards(sample, 16), method, executor))
    parts = [shard.descriptors for shard in shards if shard.descriptors is not None]
    if not parts:
        raise ResightError(f"none of the photos can be used: {shards[0].rejected[0].reason}")
    labels = labels_of([sighted for shard in shards for sighted in shard.sighted])
    descriptors = joined(parts)
    lessons = experience(
        open_gallery(descriptors), descriptors.take, labels, sides, best_only=best_photo_only(descriptors)
    )
    return float((lessons.truth[lessons.findable] == 0).mean()) if lessons.findable.any() else 0.0


def labels_of(sighted: Sequence[Sighted]) -> Labels:
    """What the records of described photos state; encounters are numbered anew for each individual in many tables."""
    records = [one.record for one in sighted]
    return Labels(
        individual=np.array([record.identity or "" for record in records]),
        side=np.array([record.side.value for record in records]),
        part=np.array([record.part for record in records]),
        encounter=np.array([f"{r.identity or ''}/{r.encounter}" if r.encounter else "" for r in records]),
        photo=np.array([one.sha256 for one in sighted]),
    )
