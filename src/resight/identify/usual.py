"""What scores usually mean, for a catalogue whose own names are too few to teach it.

Learned by `benchmarks/usual_scores.py` from six kinds of animals together, each counting as much as the others. Of
animals that took no part, the probabilities that it gives are some 0.1 from the truth (docs/benchmarks.md). Learned of
`patches`. RootSIFT scores half as much, and so is called less sure than it is: by it fewer photos are put together.
"""

from __future__ import annotations

from dataclasses import replace

from resight.identify.calibration import Calibration, Experience, fit, share_of_new
from resight.match.open import LOCAL
from resight.types import Ints

OF_SPOTS = Calibration(
    bias=-6.96,
    slope=4.57,
    ground=4.05,
    hidden=0.325,
    lapse=0.0558,
    usual=0.2487,
    taught_new=0.3,
    share_new=0.3,
    queries=0,
)


def usual(matcher: str) -> Calibration | None:
    """What scores of the matcher of this name mean for most animals; None where nobody has tried."""
    return OF_SPOTS if matcher == LOCAL else None


def learned(experience: Experience, encounters_of_each: Ints, matcher: str) -> Calibration | None:
    """What the catalogue's own photos teach, the usual where they are too few, None where there is neither.

    `encounters_of_each` are those of every named individual, (individuals,).
    """
    before = usual(matcher)
    share_new = share_of_new(encounters_of_each)
    if experience.enough:
        return fit(experience, share_new)
    return None if before is None else replace(before, share_new=share_new)
