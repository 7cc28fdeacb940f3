"""A film as it plays: nothing is missed, nobody falls behind in silence."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.detect.models import red_square
from tests.media.test_video import write

from resight.detect.seam import Found
from resight.errors import VideoError
from resight.media.video import Frame, frames
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.watch import Passing, Watched, watch
from resight.types import Pixels

Film = Callable[..., Path]


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


class Red:
    """A detector that finds what is red."""

    fingerprint = "red"

    def __init__(self, pause: float = 0.0) -> None:
        self._pause = pause

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        time.sleep(self._pause)
        return [self._one(picture.astype(np.int64)) for picture in pictures]

    def _one(self, picture: np.ndarray) -> Found:
        rows, columns = np.nonzero(picture[:, :, 0] - picture[:, :, 1] > 120)
        if not len(rows):
            return Found(np.zeros((0, 4)), np.zeros(0, np.float32))
        low, high = (columns.min(), rows.min()), (columns.max() + 1, rows.max() + 1)
        return Found(np.array([[*low, *np.subtract(high, low)]], np.float64), np.ones(1, np.float32))


def passing(first: Sequence[int], length: int, y: int = 40, frames: int = 20) -> list[Pixels]:
    """A red square that swims past, from each of these frames on for so many frames."""
    pictures = [np.full((128, 192, 3), 90, np.uint8) for _ in range(length)]
    for start in first:
        for place in range(frames):
            pictures[start + place] = red_square(128, 192, (10 + 7 * place, y, 36, 30))
    return pictures


def watched(film: Path, detector: Red, live: bool = False) -> tuple[list[Passing], Watched]:
    state: list[Watched] = []
    gone = list(watch(film, detector, 1, state.append, live=live, waiting=0.2))
    return [one for one in gone if isinstance(one, Passing)], state[-1]


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


def test_a_detector_that_is_too_slow_misses_no_animal(film_of: Film) -> None:
    film = film_of(passing([5, 45, 85], 110))
    gone, state = watched(film, Red(pause=0.12), live=True)
    assert state.passed_over > state.looked_at
    assert [one.first for one in gone] == pytest.approx([0.2, 1.8, 3.4], abs=0.4)


def test_an_animal_that_is_never_whole_is_told_all_the_same(film_of: Film) -> None:
    gone, state = watched(film_of(passing([5], 40, y=98)), Red())
    assert len(gone) == 1
    assert len(gone[0].crops) == 5
    assert state.unnamed == 0


def test_of_whom_too_little_was_seen_is_counted(film_of: Film) -> None:
    gone, state = watched(film_of(passing([5, 60], 90, frames=2)), Red())
    assert gone == []
    assert state.unnamed == 2


def test_whoever_is_in_sight_when_it_is_stopped_is_told(film_of: Film) -> None:
    stop, states = threading.Event(), list[Watched]()

    def tell(state: Watched) -> None:
        states.append(state)
        if state.looked_at == 15:
            stop.set()

    (one,) = watch(film_of(passing([5], 90)), Red(), 1, tell, stop=stop)
    assert isinstance(one, Passing)
    assert one.boxes == 10
    assert states[-1].looked_at == 15


def test_a_stop_need_not_wait_for_the_next_frame(tmp_path: Path) -> None:
    film = write(tmp_path / "rare.mkv", [0, 2, 4, 2000])
    stop = threading.Event()
    asked = threading.Timer(0.5, stop.set)
    asked.start()
    began = time.perf_counter()
    list(watch(film, Red(), 1, lambda _: None, stop=stop))
    assert time.perf_counter() - began < 10


def test_what_is_no_film_is_refused(tmp_path: Path, truth: Truth) -> None:
    (tmp_path / "x.mp4").write_bytes(b"no film")
    with pytest.raises(VideoError):
        list(watch(tmp_path / "x.mp4", Knowing(truth), 1, lambda _: None))


def test_it_can_be_left_at_any_time(truth: Truth) -> None:
    before = threading.enumerate()
    for _ in watch(truth.film, Knowing(truth), 1, lambda _: None, live=False):
        assert len(threading.enumerate()) == len(before) + 1
        break
    assert threading.enumerate() == before
