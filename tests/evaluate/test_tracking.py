"""IDF1 and HOTA, against what can be worked out by hand."""

import numpy as np
import pytest

from resight.evaluate.tracking import ALPHAS, tracking_figures
from resight.types import Detections, Ints


def lanes(frames: int, animals: int, shift: float = 0.0) -> tuple[Detections, Ints]:
    """One box for every animal in every frame, 10 x 10, far from one another."""
    number, of = np.repeat(np.arange(frames), animals), np.tile(np.arange(animals), frames)
    boxes = np.column_stack([100.0 * of + shift, np.zeros(len(of)), np.full(len(of), 10.0), np.full(len(of), 10.0)])
    return Detections(number, boxes, np.ones(len(of), np.float32)), of


def test_the_truth_itself_is_perfect() -> None:
    some, of = lanes(10, 3)
    figures = tracking_figures(some, of, some, 7 - of)
    assert (figures.idf1, figures.hota, figures.detection, figures.association) == (1, 1, 1, 1)


def test_a_track_broken_in_the_middle() -> None:
    some, of = lanes(10, 1)
    figures = tracking_figures(some, of, some, (some.frames >= 5).astype(np.int64))
    # Five of ten boxes agree with the one track that the animal may have: 2 * 5 / (10 + 10).
    assert figures.idf1 == pytest.approx(0.5)
    # Each match shares 5 boxes with its track, of 10 that either has.
    assert figures.detection == 1
    assert figures.association == pytest.approx(0.5)
    assert figures.hota == pytest.approx(np.sqrt(0.5))


def test_two_animals_that_swap_their_tracks() -> None:
    some, of = lanes(10, 2)
    figures = tracking_figures(some, of, some, np.where(some.frames >= 5, 1 - of, of))
    assert figures.idf1 == pytest.approx(0.5)
    # 5 boxes together, of 15 that the animal or the track has.
    assert figures.association == pytest.approx(1 / 3)


def test_missed_and_invented_boxes() -> None:
    some, of = lanes(10, 2)
    missed = tracking_figures(some, of, some, np.where(of == 0, 0, -1))
    assert missed.idf1 == pytest.approx(2 * 10 / (20 + 10))
    assert missed.detection == pytest.approx(0.5)
    assert missed.association == 1
    invented = tracking_figures(some.take(of == 0), of[of == 0], some, of)
    assert invented.idf1 == pytest.approx(2 * 10 / (20 + 10))
    assert invented.detection == pytest.approx(0.5)
    assert invented.association == 1


@pytest.mark.parametrize(("shift", "share"), [(2.5, 0.6), (5.0, 1 / 3), (8.0, 1 / 9)])
def test_boxes_that_lie_beside_the_animal(shift: float, share: float) -> None:
    some, of = lanes(4, 2)
    figures = tracking_figures(some, of, lanes(4, 2, shift)[0], of)
    assert figures.idf1 == float(share >= 0.5)
    # Right at the alphas up to what they overlap.
    assert figures.hota == pytest.approx((share + 1e-9 >= ALPHAS).mean())


def test_where_nothing_is() -> None:
    some, of = lanes(3, 1)
    none = some.take(np.zeros(0, np.int64))
    nobody = np.zeros(0, np.int64)
    assert tracking_figures(some, of, none, nobody).hota == 0
    assert tracking_figures(none, nobody, some, of).idf1 == 0
    assert tracking_figures(none, nobody, none, nobody).idf1 == 1
