"""Procedural animals: the same each time, marked as their kind is, and each by its own pattern."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.simulate.animals.animals import Herds, animal, write_animals
from resight.simulate.animals.kind import kind
from resight.simulate.animals.markings import ALONG, AROUND, Family, Style, markings
from resight.simulate.animals.photograph import SIZE, draw_day, photograph
from resight.simulate.animals.pose import draw_pose, look, pixel_of
from resight.types import Floats
from resight.work.processes import in_this_process


def style(family: Family, **changes: float) -> Style:
    return Style(**{"family": family, "wave": 0.1, "slant": 0.0, "long": 1.0, "cover": 0.3, "sharp": 8.0} | changes)  # type: ignore[arg-type]


def grown(family: Family, seed: int, **changes: float) -> Floats:
    return markings(style(family, **changes), np.random.default_rng(seed))


@pytest.mark.parametrize("family", list(Family))
def test_a_pattern_is_an_individuals_own_and_grows_the_same_each_time(family: Family) -> None:
    one, again, other = grown(family, 1), grown(family, 1), grown(family, 2)
    assert one.shape == (AROUND, ALONG) and one.dtype == np.float32
    assert 0 <= one.min() < 0.2 and 0.6 < one.max() <= 1
    assert np.array_equal(one, again)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < 0.5


def test_waves_have_the_length_that_is_asked_for_and_stripes_their_direction() -> None:
    for wave in (0.08, 0.16):
        field = grown(Family.STRIPES, 3, wave=wave)
        power = np.abs(np.fft.fft2(field - field.mean())) ** 2
        rows, columns = np.unravel_index(int(power[: AROUND // 2, : ALONG // 2].argmax()), (AROUND // 2, ALONG // 2))
        assert 1 / columns == pytest.approx(wave, rel=0.35)
        assert rows <= 2, "they run across the body"


def test_spots_are_islands_and_a_net_has_holes() -> None:
    islands, _ = cv2.connectedComponents((grown(Family.SPOTS, 5) > 0.5).astype(np.uint8))
    holes, _ = cv2.connectedComponents((grown(Family.NET, 5, cover=0.5) <= 0.5).astype(np.uint8))
    assert islands > 40 and holes > 40


@pytest.mark.parametrize("seed", range(4))
def test_a_place_on_the_body_is_where_it_is_said_to_be(seed: int) -> None:
    rng = np.random.default_rng(seed)
    breadth = kind(0, seed).breadth
    pose = draw_pose(rng, 200, upright=False)
    seen = look(pose, breadth, 200, np.random.default_rng(0))
    for along, across in ((0.3, 0.2), (0.5, -0.4), (0.7, 0.0)):
        x, y = (round(part) for part in pixel_of(pose, breadth, along, across))
        assert seen.inside[y, x] > 0.5
        # The skin is creased by some hundredths.
        assert seen.along[y, x] == pytest.approx(along, abs=0.12)
        assert seen.across[y, x] == pytest.approx(across, abs=0.5)


def test_two_photos_of_a_day_show_one_animal_and_its_mask_fits() -> None:
    of = kind(1, 8)
    one = animal(of, 1, 8, 0)
    rng = np.random.default_rng(3)
    day = draw_day(rng, None)
    first, second = photograph(of, one, day, rng), photograph(of, one, day, rng)
    assert first.pixels.shape == (SIZE, SIZE, 3)
    assert not np.array_equal(first.pixels, second.pixels)
    for taken in (first, second):
        on = taken.mask > 127
        assert 0.03 < on.mean() < 0.8
        rows, columns = np.flatnonzero(on.any(axis=1)), np.flatnonzero(on.any(axis=0))
        assert (taken.box.x, taken.box.y) == (columns[0], rows[0])


def test_each_pixel_tells_the_place_on_the_skin_that_it_shows() -> None:
    of = kind(1, 8)
    one = animal(of, 1, 8, 0)
    rng = np.random.default_rng(4)
    taken = photograph(of, one, draw_day(rng, None), rng)
    shown = np.isfinite(taken.skin).all(axis=2)
    assert (taken.mask[shown] == 255).all()
    assert shown.sum() > 0.7 * (taken.mask > 0).sum()
    column, row = np.nan_to_num(taken.skin).round().astype(int).transpose(2, 0, 1)
    marks = one.patterns[0][np.minimum(row, AROUND - 1), np.minimum(column, ALONG - 1)]
    grey = cv2.cvtColor(taken.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 12)
    assert abs(np.corrcoef(marks[shown], detail[shown])[0, 1]) > 0.4


def test_herds_are_written_with_their_table_and_what_is_there_is_kept(tmp_path: Path) -> None:
    herds = Herds(kinds=2, individuals=2, encounters=2, photos=2)
    table = write_animals(herds, tmp_path, [], in_this_process)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 16
    assert len({row["identity"] for row in rows}) == 4 and len({row["encounter"] for row in rows}) == 8
    assert {row["part"] for row in rows} == {"kind-0001", "kind-0002"}
    assert all((tmp_path / row["path"]).exists() and (tmp_path / row["mask"]).exists() for row in rows)
    before = (tmp_path / rows[0]["path"]).stat().st_mtime_ns
    text = table.read_text()
    assert write_animals(herds, tmp_path, [], in_this_process).read_text() == text
    assert (tmp_path / rows[0]["path"]).stat().st_mtime_ns == before
