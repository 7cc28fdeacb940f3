"""The plan of a simulated sea cage: which fish come by in which film, when, and in which water."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from resight.simulate.swim import Lens, Swim, draw_swim
from resight.types import Ints, Side

# Changed whenever the same arguments give other films: what was measured on a cage holds for this version alone.
VERSION = 1
_HEADS, _SPREAD = 9.0, 1.30  # of a lognormal with this median and, in the logarithm, spread the mean is 21


@dataclass(frozen=True, slots=True)
class Preset:
    """What is filmed: so many sides of fish in several passes, each in one of the cages, cut into films.

    A side's whole head is in a pass's pictures for a lognormal number of frames, from 3 to `most`, with this `median`.
    """

    name: str
    sides: int
    passes: int
    cages: int
    films: int
    median: float
    most: int
    seed: int
    width: int = 1024
    height: int = 576
    rate: int = 24

    def __post_init__(self) -> None:
        if self.width % 8 or self.height % 8:
            raise ValueError(f"the picture's width and height are multiples of 8, not {self.width} x {self.height}")

    @property
    def lens(self) -> Lens:
        """A lens that sees 60 degrees from left to right."""
        return Lens(self.width, self.height, self.width / (2 * np.tan(np.radians(30))))


PRESETS = {
    "tiny": Preset("tiny", sides=6, passes=2, cages=2, films=1, median=6, most=10, seed=3, width=640, height=360),
    "small": Preset("small", sides=200, passes=3, cages=2, films=4, median=_HEADS, most=36, seed=11),
    "thesis": Preset("thesis", sides=715, passes=3, cages=2, films=12, median=_HEADS, most=260, seed=7),
}


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """One film: its name, its number in the pass, its pass and cage from 0, how long it is, and who comes by."""

    name: str
    film: int
    pass_: int
    cage: int
    frames: int
    swims: tuple[Swim, ...]


def sides(preset: Preset) -> list[tuple[int, Side]]:
    """The fish and the sides of it that are filmed: both of each fish, as far as they go."""
    return [(n // 2, (Side.LEFT, Side.RIGHT)[n % 2]) for n in range(preset.sides)]


def head_counts(preset: Preset, rng: np.random.Generator) -> Ints:
    """In how many frames each side's whole head should be seen, in one pass."""
    counts = preset.median * np.exp(rng.normal(0, _SPREAD, preset.sides))
    return np.clip(np.round(counts), 3, preset.most).astype(np.int64)


def plan(preset: Preset) -> list[FilmPlan]:
    """All films of a preset, the same whenever asked."""
    films = []
    for pass_ in range(preset.passes):
        rng = np.random.default_rng([preset.seed, 20, pass_])
        counts = head_counts(preset, rng)
        order = rng.permutation(preset.sides)
        for film, chosen in enumerate(np.array_split(order, preset.films)):
            swims, frames = _timed(preset, [(sides(preset)[n], int(counts[n])) for n in chosen.tolist()], rng)
            name = f"pass-{pass_ + 1}-film-{film + 1}"
            films.append(FilmPlan(name, film, pass_, pass_ % preset.cages, frames, swims))
    return films


def _timed(
    preset: Preset, who: list[tuple[tuple[int, Side], int]], rng: np.random.Generator
) -> tuple[tuple[Swim, ...], int]:
    """The swims of a film, one after another but overlapping, and how many frames it lasts."""
    now, last, swims = 4.0, 0, []
    for (individual, side), heads in who:
        drawn = draw_swim(rng, individual, side, heads, 0.0, preset.lens, preset.rate)
        begins, ends = drawn.span(preset.lens)
        swims.append(replace(drawn, middle=now - begins))
        last = max(last, int(now + ends - begins))
        # The next one comes while this one is still there: a head often swims past another's body.
        now += (ends - begins) * rng.uniform(0.25, 0.9)
    return tuple(swims), last + 4
