"""Average precision, on boxes whose figures are known."""

import numpy as np
import pytest

from resight.detect.seam import Found
from resight.errors import ResightError
from resight.evaluate.detection import detection_figures

TRUTH = [np.array([[10.0, 10, 20, 20], [60, 60, 20, 20]]), np.zeros((0, 4)), np.array([[30.0, 30, 40, 40]])]
NONE = Found(np.zeros((0, 4)), np.zeros(0, np.float32))


def _found(*boxes: list[float]) -> Found:
    told = np.array(boxes).reshape(-1, 5)
    return Found(told[:, :4], told[:, 4].astype(np.float32))


def test_all_found_exactly() -> None:
    figures = detection_figures([Found(boxes, np.full(len(boxes), 0.9, np.float32)) for boxes in TRUTH], TRUTH)
    assert (figures.ap50, figures.ap, figures.overlap) == (1, 1, 1)


def test_nothing_found() -> None:
    assert detection_figures([NONE] * 3, TRUTH).ap50 == 0


def test_one_of_three_found_and_a_false_one_before_it() -> None:
    found = [_found([10, 10, 20, 20, 0.6]), _found([0, 0, 9, 9, 0.9]), NONE]
    # Precision 1/2 up to recall 1/3: 34 of the 101 points of recall.
    assert detection_figures(found, TRUTH).ap50 == pytest.approx(34 / 101 / 2)


def test_a_loose_box_counts_at_half_overlap_alone() -> None:
    found = [_found([10, 10, 20, 20, 0.9], [60, 60, 20, 20, 0.9]), NONE, _found([30, 30, 40, 28, 0.9])]
    figures = detection_figures(found, TRUTH)
    assert figures.ap50 == 1
    assert 0.6 < figures.ap75 < 0.7
    assert figures.overlap == pytest.approx((1 + 1 + 0.7) / 3)


def test_what_can_hardly_be_seen_counts_neither_way() -> None:
    extra = [20.0, 70, 30, 30]
    found = [Found(np.vstack([boxes, extra]), np.full(len(boxes) + 1, 0.9, np.float32)) for boxes in TRUTH]
    assert detection_figures(found, TRUTH).ap50 < 0.9
    ignored = [np.array([extra])] * 3
    figures = detection_figures(found, TRUTH, ignored)
    assert (figures.ap50, figures.overlap) == (1, 1)
    assert detection_figures([Found(b, np.ones(len(b), np.float32)) for b in TRUTH], TRUTH, ignored).ap50 == 1


def test_without_a_true_box_there_is_nothing_to_measure() -> None:
    with pytest.raises(ResightError, match="no picture has a box"):
        detection_figures([NONE], [np.zeros((0, 4))])
