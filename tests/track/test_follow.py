"""From boxes to the folder of a film's tracks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resight.track.follow import follow_film
from resight.types import Detections

Film = Callable[..., Path]


@pytest.mark.parametrize(("bar", "tracks"), [(32, 2), (0, 1)])
def test_who_swims_behind_a_black_bar_is_not_waited_for(film_of: Film, tmp_path: Path, bar: int, tracks: int) -> None:
    """One swims down to the bar; 12 frames later another comes up from there. Without a bar it is one that turned."""
    inside = np.random.default_rng(0).integers(60, 250, (128 - 2 * bar, 192, 3), np.uint8)
    film = film_of([np.pad(inside, ((bar, bar), (0, 0), (0, 0)))] * 50)
    y = 37.0 + 3 * np.arange(15)
    frames = np.concatenate([np.arange(15), np.arange(26, 41)])
    boxes = np.column_stack([np.full(30, 80.0), np.concatenate([y, y[::-1]]), np.full(30, 36.0), np.full(30, 16.0)])
    found = Detections(frames, boxes, np.ones(30, np.float32))
    joined, rejected = follow_film(film, found, tmp_path / "heads", lambda *_: None, every=1)
    assert rejected == []
    assert joined.max() + 1 == tracks
