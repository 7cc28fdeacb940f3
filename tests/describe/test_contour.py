"""Contours: what the vector holds, what changes it and what does not."""

import cv2
import numpy as np
import pytest
from tests.fins import drawn_chip, fin_mask_of, picture_of, shifted

from resight.chip.fin import FinMask
from resight.describe.contour import LENGTH, POINTS, RADII, ContourDescriber, Contours, contour, contour_of, curvature
from resight.errors import ResightError
from resight.types import Chip, Side


def test_a_fin_is_described_and_what_is_none_is_zeros() -> None:
    nothing = Chip(np.full((200, 240, 3), 90, np.uint8), shifted(0, 0))
    found = contour("").describe([drawn_chip(), nothing]).vectors
    assert found.shape == (2, LENGTH)
    assert np.isfinite(found).all()
    assert found[0].any()
    assert not found[1].any()
    assert Contours.of(found).found.tolist() == [True, False]
    assert contour("").describe([]).vectors.shape == (0, LENGTH)


def test_the_blocks_come_back_from_the_vector() -> None:
    vectors = contour("").describe([drawn_chip([(0.4, 0.08)]), drawn_chip()]).vectors
    blocks = Contours.of(vectors)
    assert blocks.curvature.shape == (2, len(RADII), POINTS)
    assert blocks.edge.shape == (2, POINTS, 2)
    np.testing.assert_allclose(blocks.vectors(), vectors, rtol=1e-6)


def test_the_edge_lies_in_the_photo() -> None:
    chip = drawn_chip()
    moved = Chip(chip.pixels, shifted(1000, 500) * 2)
    here, there = (Contours.of(contour_of(one, FinMask())[None]).edge[0] for one in (chip, moved))
    np.testing.assert_allclose(there, 2 * (here + np.array([1000, 500])), rtol=1e-5)
    assert np.hypot(*(here[0] - np.array([95, 15]))) < 20


def test_a_straight_edge_does_not_curve_and_a_hollow_one_is_above_zero() -> None:
    half = np.zeros((200, 200), np.uint8)
    half[:, 100:] = 255
    down = np.column_stack([np.full(POINTS, 100), np.linspace(20, 180, POINTS)])
    assert np.abs(curvature(half, down)).max() < 0.02
    hole = np.full((800, 800), 255, np.uint8)
    cv2.circle(hole, (400, 400), 300, 0, cv2.FILLED)
    angle = np.linspace(-0.8, 0.8, POINTS)
    round_it = 400 + 300.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    # A parabola over a disc: r / (3 pi R) more than half of it.
    expected = RADII[-1] * 2 * np.sin(0.8) / (3 * np.pi)
    assert curvature(hole, round_it)[-1].mean() == pytest.approx(expected, abs=0.005)


def test_a_nick_shows_where_it_is() -> None:
    whole, nicked = (
        Contours.of(contour_of(drawn_chip(nicks, masked=True), FinMask())[None]).curvature[0]
        for nicks in ([], [(0.5, 0.1)])
    )
    changed = np.abs(nicked[1] - whole[1])
    assert 45 < changed.argmax() < 85
    assert changed[:30].max() < changed.max() / 3


def test_size_place_and_mirroring_change_little() -> None:
    nicks = [(0.35, 0.08), (0.6, 0.06)]
    chip = drawn_chip(nicks, masked=True)
    assert chip.mask is not None
    mirrored = Chip(
        np.ascontiguousarray(chip.pixels[:, ::-1]), shifted(0, 0), np.ascontiguousarray(chip.mask[:, ::-1]), Side.RIGHT
    )
    larger = drawn_chip(nicks, masked=True, width=450, height=360)
    one = Contours.of(contour_of(chip, FinMask())[None])
    for other in (mirrored, larger):
        seen = Contours.of(contour_of(other, FinMask())[None])
        assert np.abs(seen.curvature - one.curvature).mean() < 0.012
        assert np.linalg.norm(seen.shape - one.shape) < 0.08


def test_a_picture_and_its_true_mask_give_nearly_the_same() -> None:
    truth = fin_mask_of([(0.4, 0.1)])
    seen = Contours.of(contour_of(Chip(picture_of(truth), shifted(0, 0)), FinMask())[None])
    known = Contours.of(contour_of(Chip(picture_of(truth), shifted(0, 0), truth), FinMask())[None])
    # The tip of a drawn fin is sharper than a threshold leaves it.
    assert np.median(np.abs(seen.curvature - known.curvature)) < 0.02


def test_the_fingerprint_tells_masks_and_parts_apart() -> None:
    names = ["", "threshold=120", "threshold=120,blur=5", "fluke", "fluke,blur=5"]
    assert len({contour(name).fingerprint for name in names}) == len(names)
    assert contour("blur=5,threshold=120").fingerprint == contour("threshold=120,blur=5").fingerprint
    assert contour("threshold=120") == ContourDescriber(FinMask(threshold=120))
    with pytest.raises(ResightError, match="not 'tail'"):
        contour("tail")
