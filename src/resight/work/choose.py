"""Choose how to describe a catalogue's animals by asking its own named photos about each other.

Flanks are best compared inside the mask, flukes with their outline and upright, parts of one photograph without any
mask, and koi by their colours. No rule knows which; the photos do. A sample of them is described in each way, each
photo is asked about with its own encounter left out, and the way that names most of them is taken; with keypoints that
keep their direction, with more of them, and with colours, if that names still more. What lies widely round a spot tells
most animals apart, but not parts of one photograph that were cut out differently, so RootSIFT is tried last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from resight.describe.rootsift import RootSift
from resight.identify.experience import named_rightly
from resight.match.comparable import Sides
from resight.match.open import matcher_for
from resight.method import (
    INSIDE,
    MASKED,
    MASKS,
    PLAIN,
    open_describer,
    with_option,
)
from resight.types import Descriptors, Labels, LocalFeatures, Record
from resight.work.processes import Executor
from resight.work.sample import describe_sample, spread

SAMPLE = 160
PHOTOS_EACH = 4  # of an individual, or more where that would not fill the sample
FEWEST = 30
UPRIGHT, OPTIONS = "upright", ("many", "colour")
WIDE, NARROW = "patches", "rootsift"
ASKING = 10  # asking the sample takes about as long as describing so many of its photos
DRIVEN = 1.25  # how many times as many right names without a mask show that the backgrounds do the naming


@dataclass(frozen=True, slots=True)
class Choice:
    """The method taken, and the share of the sample that each one tried named rightly; empty if there were too few."""

    method: str
    tried: dict[str, float]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of the photos."""
        if MASKS.search(self.method) or MASKED not in self.tried:
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
    """The best method for these photos; with too few that are named, the usual one, untried."""
    sample = _sample(records)
    if len(sample) < FEWEST:
        return Choice(MASKED, {})
    ways = (INSIDE, MASKED, PLAIN)
    total = 3 * len(sample) + ASKING * (len(ways) + 2 + len(OPTIONS))
    tried: dict[str, float] = {}
    richest: dict[str, Descriptors] = {}
    labels: dict[str, Labels] = {}

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, total)

    def describe(roots: Sequence[str], before: int) -> None:
        """Describe the sample by each root with all options, of which the others are a part."""
        names = [with_option(with_option(root, OPTIONS[0]), OPTIONS[1]) for root in roots]
        found = describe_sample(sample, names, executor, lambda done: tell(before + done))
        for root, name in zip(roots, names, strict=True):
            richest[root], labels[root] = found.descriptors[name], found.labels

    def ask(method: str, root: str, before: int) -> str:
        tried[method] = _named_rightly(labels[root], _by(method, richest[root]), sides)
        tell(before + ASKING * len(tried))
        # Where two are level the earlier is taken, as the simpler and faster one; but twice the keypoints unless they
        # lose, for they gained on every set of real animals, by less than a sample can show.
        return max(tried, key=lambda name: (tried[name], OPTIONS[0] in name))

    describe(ways, 0)
    for way in ways:
        best = ask(way, way, len(sample))
    upright = with_option(best, UPRIGHT)
    describe([upright], len(sample) + ASKING * len(ways))
    root = best = ask(upright, upright, 2 * len(sample))
    for option in OPTIONS:
        best = ask(with_option(best, option), root, 2 * len(sample))
    narrow = root.replace(WIDE, NARROW)
    describe([narrow], 2 * len(sample) + ASKING * len(tried))
    best = ask(best.replace(WIDE, NARROW), narrow, 3 * len(sample))
    return Choice(best, tried)


def _sample(records: Iterable[Record], seed: int = 0) -> list[Record]:
    """Some photos of some of the individuals that have more than one, each individual's spread over its encounters."""
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.identity:
            of[record.identity].append(record)
    rng = np.random.default_rng(seed)
    several = sorted(name for name, photos in of.items() if len({p.encounter or p.path for p in photos}) > 1)
    each = max(PHOTOS_EACH, SAMPLE // max(1, len(several)))
    chosen: list[Record] = []
    for name in rng.permutation(several) if several else []:
        chosen += spread([of[name][row] for row in rng.permutation(len(of[name]))], each)
        if len(chosen) >= SAMPLE:
            break
    return chosen


def _by(method: str, richest: Descriptors) -> Descriptors:
    describer = open_describer(method)
    assert isinstance(describer, RootSift), "all the ways describe SIFT's keypoints"
    assert isinstance(richest, LocalFeatures), "they give local features"
    return describer.reduced(richest)


def _named_rightly(labels: Labels, descriptors: Descriptors, sides: Sides) -> float:
    matcher = matcher_for(descriptors)
    gallery = matcher.gallery(descriptors, labels)
    return named_rightly(gallery, descriptors.take, labels, sides, best_only=matcher.best_photo_only)
