"""Animals that swim, cross and hide, with the truth about them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from resight.types import Bools, Detections, Doubles, Ints, Pixels

Swim = Callable[..., tuple[Detections, Ints]]
Film = Callable[[Sequence[Pixels]], Path]


@pytest.fixture(scope="session")
def film_of(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A function: a film of these pictures, 25 a second."""

    def make(pictures: Sequence[Pixels]) -> Path:
        path = tmp_path_factory.mktemp("film") / "film.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=25)
            stream.height, stream.width, stream.pix_fmt = *pictures[0].shape[:2], "yuv420p"
            for picture in pictures:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
        return path

    return make


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
