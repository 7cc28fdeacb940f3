import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.export.album import COMPARED, QUERY, Grade
from resight.export.pictures import CAPTION_HEIGHT, jpeg, match_picture
from resight.export.side_by_side import GAP, RING_RADIUS
from resight.types import Evidence, Pixels

NOTHING = Evidence(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.float32))


def grey(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), 128, np.uint8)


def joined(query: list[tuple[float, float]], gallery: list[tuple[float, float]], weights: list[float]) -> Evidence:
    return Evidence(np.array(query, np.float32), np.array(gallery, np.float32), np.array(weights, np.float32))


def changed(picture: Pixels, x: float, y: float) -> bool:
    return bool((picture[round(y), round(x)] != 128).any())


def test_rings_and_line_lie_at_the_given_points() -> None:
    # Chips of 446 x 300 fill their half of the picture at their own size: one pixel is one pixel.
    picture = match_picture(grey(300, 446), grey(300, 446), joined([(100, 50)], [(200, 250)], [1.0]))
    assert picture.shape == (300, 900, 3)
    start, end = np.array([100.0, 50.0]), np.array([446 + GAP + 200.0, 250.0])
    for x, y in (start, end):
        assert changed(picture, x, y - RING_RADIUS)
        assert changed(picture, x, y + RING_RADIUS)
        assert not changed(picture, x, y), "the spot itself stays in sight"
    for share in np.linspace(0.03, 0.97, 50):
        x, y = start + share * (end - start)
        if not 446 <= x < 446 + GAP:
            assert changed(picture, x, y)
    touched = (picture[:, :446] != 128).any(axis=2)
    assert not touched[:40].any()
    assert not touched[:, :90].any()


def test_points_follow_a_chip_that_is_enlarged() -> None:
    picture = match_picture(grey(30, 45), grey(300, 446), joined([(22, 10)], [(200, 250)], [1.0]))
    scale = picture.shape[0] / 30
    x, y = (22.5 * scale - 0.5, 10.5 * scale - 0.5)
    assert changed(picture, x, y - RING_RADIUS)
    assert changed(picture, x - RING_RADIUS, y)
    assert not changed(picture, x, y)


def test_the_strongest_line_is_yellow_and_lies_on_top() -> None:
    # Two lines that cross in the query's half; the stronger comes first in the evidence.
    crossing = joined([(100, 100), (100, 200)], [(100, 200), (100, 100)], [1.0, 0.1])
    picture = match_picture(grey(300, 446), grey(300, 446), crossing)
    start, end = np.array([100.0, 100.0]), np.array([446 + GAP + 100.0, 200.0])
    along = [start + share * (end - start) for share in np.linspace(0.2, 0.7, 40)]
    colours = np.array([picture[round(y), round(x)] for x, y in along if not 446 <= x < 446 + GAP], int)
    assert ((colours[:, 0] - colours[:, 2]) > 60).all(), "yellow all along, at the crossing as well"
    beside = picture[round(200 - RING_RADIUS), 100].astype(int)
    assert beside[2] > beside[0], "the weaker is bluish"


def test_only_the_strongest_forty_are_drawn() -> None:
    heights = np.arange(150) * 4 + 20.0
    level = [(300.0, float(y)) for y in heights]
    picture = match_picture(grey(640, 446), grey(640, 446), joined(level, level, [float(i) for i in range(150)]))
    drawn = [changed(picture, 370, y) for y in heights]
    assert drawn == [False] * 110 + [True] * 40


@pytest.mark.parametrize("size", [(100, 100), (2400, 3600), (40, 800), (900, 60)])
def test_any_size_of_chip_gives_a_picture_of_sensible_size(size: tuple[int, int]) -> None:
    height, width, _ = match_picture(grey(*size), grey(300, 400), NOTHING).shape
    assert width <= 900
    assert height <= 900
    assert max(height, width) == 900


def test_captions_stand_under_their_chip_and_are_cut_to_fit() -> None:
    picture = match_picture(grey(300, 446), grey(300, 446), NOTHING, captions=("Zoë, Зоя", "a long caption " * 20))
    assert picture.shape == (300 + CAPTION_HEIGHT, 900, 3)
    inked = picture[300:].min(axis=(0, 2)) < 128
    assert inked[:446].any()
    assert inked[454:].any()
    assert not inked[446:454].any()


def test_a_jpeg_shrinks_large_chips_and_keeps_small_ones() -> None:
    sizes = [Image.open(io.BytesIO(jpeg(grey(*size), 360, 70))).size for size in ((1200, 2400), (50, 80), (3, 4000))]
    assert sizes == [(360, 180), (80, 50), (360, 1)]


@pytest.mark.parametrize("grade", [QUERY, COMPARED])
def test_a_real_photo_keeps_its_looks_in_few_bytes(real_photos: Path, grade: Grade) -> None:
    photo = sorted((real_photos / "nyaladata" / "images").rglob("*.jpg"))[0]
    chip = np.asarray(Image.open(photo).convert("RGB"))
    file = jpeg(chip, grade.longest, grade.quality)
    assert len(file) < 50_000
    back = Image.open(io.BytesIO(file)).resize((chip.shape[1], chip.shape[0]))
    assert np.abs(np.asarray(back, float) - chip).mean() < 12
