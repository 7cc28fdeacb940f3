"""Cutting: every pixel of a chip can be found again in its photo."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.chip.cut import cut, tighten
from resight.errors import PhotoError
from resight.types import Box, Mask, Photo, Side


def photo(width: int = 640, height: int = 480) -> Photo:
    """Redder to the right and greener downwards, so that a colour tells its place."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)[None].round()
    pixels[..., 1] = np.linspace(0, 255, height)[:, None].round()
    return Photo(Path("memory.png"), "", pixels)


boxes = st.builds(Box, st.floats(-50, 600), st.floats(-50, 440), st.floats(51, 700), st.floats(51, 500))


@given(boxes, st.sampled_from([64, 200, 448]))
def test_a_chip_maps_onto_its_box(box: Box, size: int) -> None:
    chip = cut(photo(), box, size)
    height, width = chip.pixels.shape[:2]
    inside = box.clipped(640, 480)
    assert max(height, width) == pytest.approx(min(size, 2 * max(inside.w, inside.h)), abs=4)  # whole pixels are cut
    corners = np.array([[0, 0, 1], [width, height, 1]]) @ chip.to_photo.T
    wanted = np.array([[inside.x, inside.y], [inside.x + inside.w, inside.y + inside.h]])
    assert np.abs(corners - wanted).max() <= 1
    # Never beyond the photo: what is not there cannot be shown.
    assert (corners >= 0).all()
    assert (corners <= (640 + 1e-9, 480 + 1e-9)).all()


@given(boxes, st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_the_colour_at_a_place_of_the_chip_is_that_of_the_photo(box: Box, across: float, down: float) -> None:
    """Pixel centres lie half a pixel inside the edges that the matrix maps."""
    source = photo()
    chip = cut(source, box, 300)
    height, width = chip.pixels.shape[:2]
    column, row = int(across * width), int(down * height)
    x, y = chip.to_photo @ (column + 0.5, row + 0.5, 1) - 0.5
    wanted = 255 * np.array([x / 639, y / 479]).clip(0, 1)
    assert np.abs(chip.pixels[row, column, :2] - wanted).max() < 2.5


def test_no_box_is_the_whole_photo() -> None:
    chip = cut(photo(), None, 320, side=Side.LEFT)
    assert chip.pixels.shape == (240, 320, 3)
    assert chip.side is Side.LEFT
    assert chip.mask is None
    np.testing.assert_allclose(chip.to_photo, [[2, 0, 0], [0, 2, 0]])


@pytest.mark.parametrize("box", [Box(640, 10, 20, 20), Box(-40, 0, 40, 40), Box(5, 481, 9, 9)], ids=str)
def test_a_box_outside_the_photo_is_told_with_file_and_size(box: Box) -> None:
    with pytest.raises(PhotoError, match=r"memory\.png: the box .* lies outside the photo, which is 640 x 480"):
        cut(photo(), box, 100)


@pytest.mark.parametrize("box", [Box(639.6, 479.7, 5, 5), Box(3, 0, 0.01, 480), Box(0, 0, 640, 0.2)], ids=str)
def test_the_thinnest_box_gives_a_chip(box: Box) -> None:
    assert min(cut(photo(), box, 448).pixels.shape[:2]) >= 1


def test_the_mask_is_cut_with_the_pixels_and_stays_black_and_white() -> None:
    mask: Mask = np.zeros((480, 640), np.uint8)
    mask[100:300, 200:500] = 255
    chip = cut(photo(), Box(100, 50, 450, 300), 225, mask)
    assert chip.mask is not None
    assert set(np.unique(chip.mask)) == {0, 255}
    rows, columns = np.nonzero(chip.mask)
    # The chip is half as large as its box.
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (50, 25, 200, 125)


def test_tightening_draws_the_box_in_to_the_animal() -> None:
    mask: Mask = np.zeros((480, 640), np.uint8)
    mask[100:300, 200:500] = 255
    for box in (None, Box(50, 50, 550, 400)):
        drawn = tighten(box, mask, margin=0.1)
        assert drawn is not None
        np.testing.assert_allclose((drawn.x, drawn.y, drawn.w, drawn.h), (170, 80, 360, 240))


def test_what_another_animal_covers_outside_the_box_does_not_count() -> None:
    mask: Mask = np.zeros((480, 640), np.uint8)
    mask[200:280, 100:160] = 255
    mask[:, 400:] = 255
    drawn = tighten(Box(50, 150, 200, 200), mask, margin=0)
    assert drawn == Box(100, 200, 60, 80)


def test_the_drawn_box_stays_inside_the_photo() -> None:
    mask = np.full((480, 640), 255, np.uint8)
    assert tighten(None, mask) == Box(0, 0, 640, 480)


@pytest.mark.parametrize("box", [None, Box(10, 10, 100, 100)], ids=str)
def test_a_mask_that_shows_next_to_nothing_leaves_the_box(box: Box | None) -> None:
    mask: Mask = np.zeros((480, 640), np.uint8)
    assert tighten(box, mask) == box
    mask[20:22, 20:22] = 255
    assert tighten(box, mask) == box
