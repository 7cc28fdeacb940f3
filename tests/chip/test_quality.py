"""Quality puts real photos in the order in which people would."""

import csv
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from resight.chip.cut import cut
from resight.chip.quality import quality
from resight.media.photo import read_photo
from resight.types import Chip


@pytest.fixture(scope="module")
def chips(real_photos: Path) -> list[Chip]:
    with (real_photos / "nyaladata" / "metadata.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [cut(read_photo(real_photos / "nyaladata" / row["path"]), None, 448) for row in rows[::150]]


def changed(chip: Chip, pixels: npt.ArrayLike) -> Chip:
    return Chip(np.clip(pixels, 0, 255).astype(np.uint8), chip.to_photo, chip.mask)


def test_the_more_blurred_the_worse(chips: list[Chip]) -> None:
    for chip in chips:
        blurred = [changed(chip, cv2.GaussianBlur(chip.pixels, (0, 0), sigma)) for sigma in (2, 4, 16)]
        found = [quality(one, 1.0) for one in (chip, *blurred)]
        assert found == sorted(found, reverse=True)
        assert found[0] > 1.2 * found[1] > 1.4 * found[2]
        # Nothing can be seen any more.
        assert found[3] < 0.3


def test_a_chip_blown_up_from_few_pixels_is_worse(chips: list[Chip]) -> None:
    for chip in chips:
        assert quality(chip, 0.1) < quality(chip, 0.5) < quality(chip, 1.0) == quality(chip, 7.0)


def test_burnt_out_and_black_are_worse(chips: list[Chip]) -> None:
    for chip in chips:
        pixels = chip.pixels.astype(np.float64)
        assert quality(changed(chip, pixels + 150), 1.0) < quality(chip, 1.0)
        assert quality(changed(chip, pixels - 130), 1.0) < quality(chip, 1.0)


def test_only_the_animal_is_judged(chips: list[Chip]) -> None:
    """A sharp animal before a blurred background is sharp, and the other way round it is not."""
    for chip in chips:
        mask = np.zeros(chip.pixels.shape[:2], np.uint8)
        mask[: len(mask) // 2] = 255
        blurred = cv2.GaussianBlur(chip.pixels, (0, 0), 6)
        behind, before = chip.pixels.copy(), chip.pixels.copy()
        behind[mask == 0], before[mask > 0] = blurred[mask == 0], blurred[mask > 0]
        good, bad = (quality(Chip(pixels, chip.to_photo, mask), 1.0) for pixels in (behind, before))
        assert good > 1.2 * bad
        assert good == pytest.approx(quality(Chip(chip.pixels, chip.to_photo, mask), 1.0), rel=0.05)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_chip_of_one_colour_is_worth_nothing(level: int) -> None:
    assert quality(Chip(np.full((50, 60, 3), level, np.uint8), np.eye(2, 3)), 1.0) == 0


def test_quality_lies_between_0_and_1() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    assert 0.8 < quality(Chip(noise, np.eye(2, 3), np.zeros((80, 90), np.uint8)), 1.0) <= 1
