"""The fin before the water: parted by its colours, or as the user says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fins import drawn_chip, fin_mask_of, picture_of, shifted

from resight.chip.fin import FinMask, enhanced, enhanced_fin, fin_mask, fin_outline
from resight.errors import ResightError
from resight.types import Chip

BRIGHT, SAME_GREY = (225, 215, 205), (158, 130, 105)


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    return float(((found > 0) & (truth > 0)).sum() / ((found > 0) | (truth > 0)).sum())


@pytest.mark.parametrize("fin", [(70, 62, 58), BRIGHT, SAME_GREY])
def test_a_fin_darker_or_brighter_or_of_another_colour_than_the_water_is_found(fin: tuple[int, int, int]) -> None:
    truth = fin_mask_of([(0.4, 0.08)])
    found = fin_mask(Chip(picture_of(truth, fin=fin), shifted(0, 0)), FinMask())
    assert overlap(found, truth) > 0.95
    assert set(np.unique(found).tolist()) == {0, 255}


def test_grey_levels_alone_do_not_part_a_fin_as_bright_as_the_water() -> None:
    truth = fin_mask_of()
    chip = Chip(picture_of(truth, fin=SAME_GREY), shifted(0, 0))
    assert overlap(fin_mask(chip, FinMask(plain=1)), truth) < 0.85


def test_what_the_chip_knows_of_itself_wins() -> None:
    mask = np.zeros((240, 300), np.uint8)
    mask[100:200, 50:250] = 255
    chip = Chip(drawn_chip().pixels, shifted(0, 0), mask)
    assert np.array_equal(fin_mask(chip, FinMask()), mask)


def test_a_threshold_by_hand_and_the_other_polarity() -> None:
    chip = drawn_chip()
    truth = fin_mask_of()
    assert overlap(fin_mask(chip, FinMask(plain=1, dark=1)), truth) > 0.95
    assert overlap(fin_mask(chip, FinMask(plain=1, dark=2)), truth) < 0.3
    all_of_it = fin_mask(chip, FinMask(threshold=254, plain=1, dark=1))
    assert (all_of_it > 0).mean() > 0.98


def test_a_wave_that_touches_the_fin_is_left_out_and_a_nick_stays() -> None:
    truth = fin_mask_of([(0.5, 0.1)])
    with_wave = truth.copy()
    with_wave[80:84, :] = 255
    found = fin_mask(Chip(picture_of(with_wave), shifted(0, 0)), FinMask())
    assert not found[70:95, :60].any()
    assert not found[70:95, 240:].any()
    assert overlap(found, truth) > 0.95


def test_components_are_counted_by_size() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[10:90, 10:90] = mask[30:80, 120:180] = 255
    chip = Chip(np.zeros((100, 200, 3), np.uint8), shifted(0, 0), mask)
    assert fin_mask(chip, FinMask(component=1))[50, 150] == 255
    assert not fin_mask(chip, FinMask(component=1))[50, 50]
    assert not fin_mask(chip, FinMask(component=2)).any()


def test_nothing_to_see_gives_no_outline() -> None:
    chip = Chip(np.full((80, 100, 3), 90, np.uint8), shifted(0, 0), np.zeros((80, 100), np.uint8))
    assert fin_outline(fin_mask(chip, FinMask())).shape == (0, 2)
    assert fin_outline(fin_mask(Chip(chip.pixels, chip.to_photo), FinMask())).shape[1] == 2


def test_the_outline_goes_round_with_the_clock() -> None:
    x, y = fin_outline(fin_mask_of()).T.astype(np.float64)
    assert x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0


def test_enhanced_uses_all_grey_levels_in_a_padded_square() -> None:
    dull = np.asarray(100 + picture_of(fin_mask_of())[..., 0] // 8, np.uint8)
    assert np.ptp(dull) < 40
    assert np.ptp(enhanced(dull)) == 255
    square = enhanced_fin(drawn_chip(), 128)
    assert square.shape == (128, 128, 3)
    assert (square[:10] == 124).all()


@given(
    st.builds(
        FinMask,
        threshold=st.integers(0, 254), blur=st.integers(0, 99), dark=st.integers(0, 2),
        component=st.integers(0, 99), plain=st.integers(0, 1),
    )
)  # fmt: skip
def test_parameters_are_text_and_back(how: FinMask) -> None:
    assert FinMask.read(str(how)) == how


@pytest.mark.parametrize("text", ["threshold", "threshold=x", "threshold=-1", "sharp=3", "threshold=255", "dark=3"])
def test_other_parameters_are_refused(text: str) -> None:
    with pytest.raises(ResightError, match="a fin's mask takes"):
        FinMask.read(text)
