"""Tip, base and edges of a fin, and what is refused."""

import cv2
import numpy as np
import pytest
from tests.fins import fin_mask_of

from resight.chip.fin import fin_outline
from resight.describe.trailing_edge import Fin, find_fin, find_fluke, resampled
from resight.types import Mask


def fin_of(mask: Mask) -> Fin | None:
    return find_fin(fin_outline(mask), mask.shape[1])


def test_the_tip_the_hollow_edge_and_the_base_are_found() -> None:
    fin = fin_of(fin_mask_of())
    assert fin is not None
    assert np.hypot(*(fin.trailing[0] - (95, 15))) < 8
    assert fin.trailing[-1][1] == pytest.approx(fin.leading[-1][1], abs=3)
    assert 180 < fin.trailing[-1][1] < 225
    assert fin.trailing[:, 0].max() < 145
    assert fin.leading[-1][0] > 220


def test_a_mirrored_fin_has_the_same_edges_mirrored() -> None:
    mask = fin_mask_of([(0.3, 0.06)])
    fin, mirrored = fin_of(mask), fin_of(np.ascontiguousarray(mask[:, ::-1]))
    assert fin is not None
    assert mirrored is not None
    back = resampled(mirrored.trailing * (-1, 1) + (mask.shape[1] - 1, 0), 60)
    assert np.abs(back - resampled(fin.trailing, 60)).max() < 3


@pytest.mark.parametrize("lean", [-40, 0, 40])
def test_leaning_fins_too(lean: float) -> None:
    fin = fin_of(fin_mask_of(lean=lean))
    assert fin is not None
    assert abs(fin.trailing[0][0] - 95 - lean) < 10


def test_a_head_a_bar_and_a_fin_without_its_tip_are_no_fins() -> None:
    head = cv2.ellipse(np.zeros((240, 300), np.uint8), (150, 120), (110, 100), 0, 0, 360, 255, cv2.FILLED)
    bar = np.zeros((240, 300), np.uint8)
    bar[100:140] = 255
    for mask in (np.asarray(head, np.uint8), bar, np.full((240, 300), 255, np.uint8), fin_mask_of()[90:]):
        assert fin_of(np.ascontiguousarray(mask)) is None
    assert find_fin(np.zeros((0, 2), np.int64), 300) is None


def fluke_mask() -> Mask:
    points = [[20, 40], [80, 70], [148, 85], [152, 85], [220, 70], [280, 40], [225, 120], [150, 150], [75, 120]]
    mask = np.zeros((200, 300), np.uint8)
    cv2.fillPoly(mask, [np.array(points, np.int32)], 255)
    return mask


def test_the_upper_edge_of_a_fluke_goes_from_its_left_tip_to_its_right() -> None:
    mask = fluke_mask()
    fluke = find_fluke(fin_outline(mask), 300, 200)
    assert fluke is not None
    np.testing.assert_allclose(fluke.trailing[[0, -1]], [[20, 40], [280, 40]], atol=3)
    assert 82 <= fluke.trailing[:, 1].max() <= 88


def test_what_is_not_broad_is_no_fluke() -> None:
    assert find_fluke(fin_outline(np.ascontiguousarray(fluke_mask().T)), 200, 300) is None
    assert find_fluke(fin_outline(np.full((200, 300), 255, np.uint8)), 300, 200) is None


def test_resampled_points_are_even() -> None:
    line = np.array([[0.0, 0], [1, 0], [1, 9]])
    points = resampled(line, 11)
    np.testing.assert_allclose(np.hypot(*np.diff(points, axis=0).T), 1)
    np.testing.assert_allclose(points[[0, -1]], line[[0, -1]])
