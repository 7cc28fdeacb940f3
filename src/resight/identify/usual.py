"""What scores usually mean, for a catalogue whose own names are too few to teach it.

Learned by `benchmarks/usual_scores.py` from six kinds of animals together, each counting as much as the others, one
describer at a time: spots of `patches` score twice as high as those of `rootsift`. Of animals that took no part, the
probabilities that it gives are some 0.1 from the truth (docs/benchmarks.md).
"""

from __future__ import annotations

from dataclasses import replace

from resight.identify.calibration import Calibration, Experience, fit, share_of_new
from resight.match.open import LOCAL
from resight.types import Ints


def _of(bias: float, slope: float, hidden: float, lapse: float, usual: float) -> Calibration:
    # As much weight for the background as for the score: only how many times as high the score is counts then.
    return Calibration(bias, slope, slope, hidden, lapse, usual, taught_new=0.3, share_new=0.3, queries=0)


OF_SPOTS = {
    "patches": _of(bias=-7.45, slope=4.12, hidden=0.318, lapse=0.0493, usual=0.4431),
    "rootsift": _of(bias=-7.55, slope=4.20, hidden=0.362, lapse=0.0354, usual=0.2041),
    "aliked": _of(bias=-6.73, slope=3.07, hidden=0.446, lapse=0.0381, usual=0.8970),
}


def usual(fingerprint: str, matcher: str) -> Calibration | None:
    """What scores by this matcher, of what has this fingerprint, mean for most animals; None where nobody has tried.

    >>> usual("onnx-1-5f0c", "cosine") is None
    True
    """
    return OF_SPOTS.get(fingerprint.partition("-")[0]) if matcher == LOCAL else None


def learned(experience: Experience, encounters_of_each: Ints, before: Calibration | None) -> Calibration | None:
    """What the catalogue's own photos teach, what was believed `before` where they are too few.

    `encounters_of_each` are those of every named individual, (individuals,).
    """
    share_new = share_of_new(encounters_of_each)
    if experience.enough:
        return fit(experience, share_new)
    return None if before is None else replace(before, share_new=share_new)
