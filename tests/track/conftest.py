"""Animals that swim, cross and hide, with the truth about them."""

from collections.abc import Callable

import numpy as np
import pytest

from resight.types import Bools, Detections, Doubles, Ints

Swim = Callable[..., tuple[Detections, Ints]]


@pytest.fixture
def swim() -> Swim:
    """A function: boxes of animals that go straight on, and which animal each is; `hidden` are left out."""

    def make(
        starts: Doubles, steps: Doubles, length: int, hidden: Bools | None = None, noise: float = 1.0, seed: int = 0
    ) -> tuple[Detections, Ints]:
        animals = len(starts)
        frames, of = np.repeat(np.arange(length), animals), np.tile(np.arange(animals), length)
        places = starts[of] + steps[of] * frames[:, None]
        jitter = np.random.default_rng(seed).normal(0, noise, (len(of), 4))
        boxes = np.column_stack([places, np.full(len(of), 60.0), np.full(len(of), 40.0)]) + jitter
        seen = np.ones(len(of), np.bool_) if hidden is None else ~hidden[frames, of]
        return Detections(frames, boxes, np.ones(len(of), np.float32)).take(seen), of[seen].astype(np.int64)

    return make
