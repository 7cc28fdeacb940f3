"""What is left of a chip's colours."""

import numpy as np
import pytest

from resight.chip.look import Look, seen
from resight.types import Chip, Mask


def chip(mask: Mask | None = None) -> Chip:
    """A gentle slope of grey on the left half, white on the right one; a little blue everywhere."""
    slope = np.tile(np.linspace(20, 100, 20), (10, 1))
    levels = np.hstack([slope, np.full((10, 20), 250.0)]).astype(np.uint8)
    return Chip(np.dstack([levels, levels, np.maximum(levels, 60)]), np.eye(2, 3), mask)


def test_in_colour_nothing_is_changed() -> None:
    assert np.array_equal(seen(chip(), Look.COLOUR).pixels, chip().pixels)


@pytest.mark.parametrize("look", [Look.GREY, Look.BINARISED])
def test_without_colours_all_channels_are_one(look: Look) -> None:
    pixels = seen(chip(), look).pixels
    assert pixels.shape == (10, 40, 3) and pixels.dtype == np.uint8
    assert (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()


def test_binarised_there_is_black_and_white_and_the_background_has_no_say() -> None:
    assert set(np.unique(seen(chip(), Look.BINARISED).pixels)) == {0, 255}
    whole = seen(chip(), Look.BINARISED).pixels[..., 0]
    assert (whole[:, :20] == 0).all() and (whole[:, 20:] == 255).all()
    left = np.zeros((10, 40), np.uint8)
    left[:, :20] = 255
    masked = seen(chip(left), Look.BINARISED).pixels[:, :20, 0]
    assert 0.3 < (masked == 255).mean() < 0.7, "the animal's own levels are parted"


def test_the_same_light_or_dark() -> None:
    dark = Chip((chip().pixels * 0.5).astype(np.uint8), np.eye(2, 3))
    assert np.array_equal(seen(dark, Look.BINARISED).pixels, seen(chip(), Look.BINARISED).pixels)
