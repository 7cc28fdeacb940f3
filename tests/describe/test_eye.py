"""Eyes: the ring makes the eye; the head line is the longer axis, from the snout backwards."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.chip.cut import cut
from resight.describe.eye import BALL, boxed_eye, head_line, ringed_eye
from resight.describe.outline import contrast, outlines
from resight.detect.seam import Found
from resight.simulate.heads import Simulated, simulate_head
from resight.types import Chip, Doubles, Photo, Pixels, Side


def head(ring: bool, turn: float = 0.0) -> Chip:
    """A drawn head, snout to the left, with one dark disc, bright about it and dark about that or not; turned."""
    pixels = np.full((300, 300, 3), 120, np.uint8)
    if ring:
        cv2.circle(pixels, (110, 140), 17, (60, 60, 60), -1, cv2.LINE_AA)
        cv2.circle(pixels, (110, 140), 14, (190, 190, 190), -1, cv2.LINE_AA)
    cv2.circle(pixels, (110, 140), 8, (15, 15, 15), -1, cv2.LINE_AA)
    mask = np.zeros((300, 300), np.uint8)
    cv2.ellipse(mask, (150, 150), (90, 45), 0, 0, 360, 255, -1)
    about = cv2.getRotationMatrix2D((150, 150), -turn, 1)
    turned = cv2.warpAffine(pixels, about, (300, 300), borderMode=cv2.BORDER_REPLICATE)
    return Chip(
        np.asarray(turned, np.uint8), np.eye(2, 3), np.asarray(cv2.warpAffine(mask, about, (300, 300)), np.uint8)
    )


@pytest.mark.parametrize("turn", [0.0, 20.0, -35.0])
def test_a_ringed_pupil_is_the_eye_and_the_head_line_turns_with_the_head(turn: float) -> None:
    chip = head(ring=True, turn=turn)
    assert chip.mask is not None
    eye = ringed_eye(chip, outlines(contrast(chip.pixels, chip.mask)))
    assert eye is not None
    angle = np.deg2rad(turn)
    away = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ (-40, -10)
    assert eye.place == pytest.approx((150 + away[0], 150 + away[1]), abs=1)
    assert eye.radius == pytest.approx(BALL * 8, rel=0.12)
    assert eye.angle == pytest.approx(turn, abs=1.5)


def test_a_dark_round_spot_without_a_ring_is_no_eye() -> None:
    chip = head(ring=False)
    assert chip.mask is not None
    spots = outlines(contrast(chip.pixels, chip.mask))
    assert len(spots) == 1
    assert ringed_eye(chip, spots) is None


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_the_eyes_of_simulated_heads_are_found_on_either_side(side: Side) -> None:
    right = 0
    for individual in (1, 2):
        simulated = simulate_head(5, individual, side=side)
        chip = cut(Photo(Path("memory"), "", simulated.pixels), simulated.box, 640, simulated.mask, side)
        assert chip.mask is not None
        eye = ringed_eye(chip, outlines(contrast(chip.pixels, chip.mask)))
        right += eye is not None and near(chip, eye.place, simulated)
        assert eye is None or (abs(eye.angle) < 30 if side is Side.LEFT else abs(eye.angle) > 150)
    assert right == 2


def near(chip: Chip, place: Doubles, simulated: Simulated) -> bool:
    at = chip.to_photo[:, :2] @ (place + 0.5) + chip.to_photo[:, 2] - 0.5
    return bool(np.hypot(*(at - simulated.eye)) < 0.02 * simulated.box.w)


class OneBox:
    """A detector whose boxes are known beforehand."""

    fingerprint = "one box"

    def __init__(self, boxes: list[list[float]]) -> None:
        self._boxes = np.array(boxes, np.float64).reshape(-1, 4)

    def detect(self, pictures: Sequence[Pixels]) -> list[Found]:
        return [Found(self._boxes, np.ones(len(self._boxes), np.float32)) for _ in pictures]


def test_a_box_about_the_eye_is_the_eye_and_no_box_is_none() -> None:
    chip = head(ring=True)
    assert chip.mask is not None
    spots = outlines(contrast(chip.pixels, chip.mask))
    eye = boxed_eye(OneBox([[90, 120, 40, 42], [0, 0, 9, 9]]))(chip, spots)
    assert eye is not None
    assert eye.place == pytest.approx((109.5, 140.5))
    assert eye.radius == pytest.approx(20.5)
    assert boxed_eye(OneBox([]))(chip, spots) is None


def test_the_head_line_points_from_the_eye_into_the_head() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[30:70, 20:180] = 255
    assert head_line(mask, np.array([50.0, 50.0])) == pytest.approx(0, abs=0.1)
    assert abs(head_line(mask, np.array([150.0, 50.0]))) == pytest.approx(180, abs=0.1)
