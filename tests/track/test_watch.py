"""A film as it plays: nothing is missed, nobody falls behind in silence."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from resight.detect.seam import Found
from resight.errors import VideoError
from resight.media.video import Frame, frames
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.watch import Passing, Watched, watch
from resight.types import Pixels


class Knowing:
    """A detector that knows the film: it finds the true boxes of the frame that it is shown."""

    fingerprint = "knowing"

    def __init__(self, truth: Truth, pause: float = 0.0) -> None:
        self._truth, self._pause = truth, pause
        self._frames = {one.pixels.tobytes(): one.number for one in frames(truth.film) if isinstance(one, Frame)}

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        time.sleep(self._pause)
        numbers = [self._frames[one.tobytes()] for one in pictures]
        rows = [self._truth.detections.frames == number for number in numbers]
        return [Found(self._truth.detections.boxes[row], np.ones(int(row.sum()), np.float32)) for row in rows]


@pytest.fixture(scope="module")
def truth(cage: Path) -> Truth:
    return read_truth(films_of(cage)[0])


@pytest.mark.parametrize("stride", [1, 2])
def test_every_animal_is_told_once_with_its_pictures(truth: Truth, stride: int) -> None:
    state: list[Watched] = []
    gone = list(watch(truth.film, Knowing(truth), stride, state.append, live=False))
    passed = [one for one in gone if isinstance(one, Passing)]
    assert len(passed) == len(gone)
    long_enough = [
        t for t in np.unique(truth.track) if np.count_nonzero((truth.track == t) & (truth.inside > 0.99)) > 6
    ]
    assert len(long_enough) <= len(passed) <= len(np.unique(truth.track)) + 1
    for one in passed:
        assert 1 <= len(one.crops) <= 5
        assert one.first <= one.crops[0].frame / 24 <= one.last
    film = int(truth.detections.frames[-1]) + 1
    assert state[-1].read >= film
    assert state[-1].looked_at == -(-state[-1].read // stride)
    assert state[-1].passed_over == 0


def test_by_the_clock_it_takes_as_long_as_the_film(truth: Truth) -> None:
    state: list[Watched] = []
    list(watch(truth.film, Knowing(truth), 2, state.append))
    length = state[-1].read / 24
    assert length - 0.2 < state[-1].seconds < length + 1.5
    assert state[-1].passed_over == 0


def test_a_detector_that_is_too_slow_passes_frames_over_and_says_so(truth: Truth) -> None:
    state: list[Watched] = []
    list(watch(truth.film, Knowing(truth, pause=0.25), 1, state.append, waiting=0.5))
    assert state[-1].passed_over > 0
    assert state[-1].looked_at + state[-1].passed_over == state[-1].read


def test_what_is_no_film_is_refused(tmp_path: Path, truth: Truth) -> None:
    (tmp_path / "x.mp4").write_bytes(b"no film")
    with pytest.raises(VideoError):
        list(watch(tmp_path / "x.mp4", Knowing(truth), 1, lambda _: None))


def test_it_can_be_left_at_any_time(truth: Truth) -> None:
    for _ in watch(truth.film, Knowing(truth), 1, lambda _: None, live=False):
        break
