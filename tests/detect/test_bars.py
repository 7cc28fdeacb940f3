"""Black bars are not looked at, and boxes stay where the animals are."""

from pathlib import Path

import numpy as np
import pytest
from tests.detect.models import red_detector, red_square

from resight.detect.bars import without_bars
from resight.detect.onnx import OnnxDetector


@pytest.mark.parametrize("bars", [((20, 30), (0, 0)), ((0, 0), (16, 8)), ((5, 0), (0, 11)), ((0, 0), (0, 0))])
def test_what_is_between_the_bars_is_kept(bars: tuple[tuple[int, int], tuple[int, int]]) -> None:
    inside = np.random.default_rng(0).integers(40, 255, (60, 80, 3), dtype=np.uint8)
    framed = np.pad(inside, (*bars, (0, 0)))
    framed += np.random.default_rng(1).integers(0, 9, framed.shape, dtype=np.uint8) * (framed == 0)
    assert np.array_equal(framed[without_bars(framed)], inside)


def test_black_within_a_picture_is_no_bar_and_a_black_picture_is_kept_whole() -> None:
    picture = np.full((30, 40, 3), 200, np.uint8)
    picture[10:20] = 0
    assert picture[without_bars(picture)].shape == picture.shape
    black = np.zeros((30, 40, 3), np.uint8)
    assert black[without_bars(black)].shape == black.shape


def test_a_picture_with_bars_is_seen_as_large_as_without_and_boxes_are_of_the_whole(tmp_path: Path) -> None:
    detector = OnnxDetector(red_detector(tmp_path / "red.onnx", 64))
    inner = red_square(64, 64, (20, 10, 30, 24))
    (alone,) = detector.detect([inner])
    (framed,) = detector.detect([np.pad(inner, ((40, 200), (16, 0), (0, 0)))])
    assert np.array_equal(framed.boxes, alone.boxes + np.array([16, 40, 0, 0]))
