"""Outlines: places, areas and perimeters of drawn spots, in sun and in shade, within the mask alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.describe.outline import Outlines, contrast, outlines
from resight.types import Doubles, Mask, Pixels

FINE = 5  # samples a pixel, each way


def drawn(spots: Sequence[tuple[float, float, float, float, float]], size: int = 160, depth: float = 0.6) -> Doubles:
    """Skin of brightness 1 with ellipses of x, y, radius, length over width, angle in degrees; (size, size)."""
    down, across = (np.mgrid[: size * FINE, : size * FINE] + 0.5) / FINE - 0.5
    dark = np.zeros(across.shape, np.bool_)
    for x, y, radius, stretch, angle in spots:
        cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        u, v = (across - x) * cos + (down - y) * sin, (down - y) * cos - (across - x) * sin
        dark |= (u / (radius * np.sqrt(stretch))) ** 2 + (v / (radius / np.sqrt(stretch))) ** 2 < 1
    return np.asarray(1 - depth * dark.reshape(size, FINE, size, FINE).mean(axis=(1, 3)))


def picture(skin: Doubles) -> Pixels:
    return np.repeat(np.rint(210 * skin)[..., None], 3, axis=2).astype(np.uint8)


def found(skin: Doubles, mask: Mask | None = None, light: bool = False) -> Outlines:
    everywhere = np.full(skin.shape, 255, np.uint8)
    return outlines(contrast(picture(skin), everywhere if mask is None else mask, light))


@settings(max_examples=6, deadline=None)
@given(x=st.floats(60, 90), y=st.floats(60, 90), radius=st.floats(4, 9))
def test_a_disc_has_its_place_its_area_and_a_circularity_of_one(x: float, y: float, radius: float) -> None:
    spots = found(drawn([(x, y, radius, 1, 0)]))
    assert len(spots) == 1
    assert spots.places[0] == pytest.approx((x, y), abs=0.15)
    assert spots.radii[0] == pytest.approx(radius, rel=0.05)
    assert spots.circularities[0] == pytest.approx(1, abs=0.02)
    assert spots.elongations[0] < 1.06


@pytest.mark.parametrize("angle", [0, 30, 115])
def test_the_perimeter_is_that_of_the_curve_and_not_of_a_staircase(angle: float) -> None:
    spots = found(drawn([(80, 80, 8, 2, angle)]))
    # Ramanujan's perimeter of an ellipse twice as long as wide, over that of the disc of its area.
    a, b = np.sqrt(2), 1 / np.sqrt(2)
    around = (3 * (a + b) - np.sqrt((3 * a + b) * (a + 3 * b))) / 2
    assert spots.circularities[0] == pytest.approx(around, abs=0.02)
    assert spots.elongations[0] == pytest.approx(2, rel=0.06)
    assert abs((spots.angles[0] - angle + 90) % 180 - 90) < 4


def test_shade_across_the_skin_changes_neither_contrast_nor_area() -> None:
    spots = [(45, 50, 6, 1, 0), (110, 50, 6, 1, 0), (45, 110, 6, 1.5, 20), (110, 110, 6, 1.5, 20)]
    even = drawn(spots)
    shade = np.linspace(0.5, 1, 160)[None, :]
    plain, shaded = found(even), found(even * shade)
    assert len(plain) == len(shaded) == 4
    for place, area, depth in zip(plain.places, plain.areas, plain.contrasts, strict=True):
        twin = int(np.hypot(*(shaded.places - place).T).argmin())
        assert np.hypot(*(shaded.places[twin] - place)) < 0.5
        assert shaded.areas[twin] == pytest.approx(area, rel=0.1)
        assert shaded.contrasts[twin] == pytest.approx(depth, abs=0.06)


def test_two_spots_that_touch_are_two() -> None:
    spots = found(drawn([(66, 80, 8, 1, 0), (82, 80, 8, 1, 0)]))
    assert sorted(spots.places[:, 0]) == pytest.approx([66, 82], abs=1)


def test_light_spots_are_found_where_light_is_asked_for() -> None:
    skin = 1.4 - drawn([(80, 80, 7, 1, 0)])
    spots = found(skin / skin.max(), light=True)
    assert spots.places[0] == pytest.approx((80, 80), abs=0.3)
    assert spots.radii[0] == pytest.approx(7, rel=0.08)


def test_what_lies_outside_the_mask_is_neither_a_spot_nor_skin() -> None:
    skin = drawn([(40, 80, 6, 1, 0), (120, 80, 6, 1, 0)])
    mask = np.zeros(skin.shape, np.uint8)
    mask[:, :80] = 255
    spots = found(np.where(mask > 0, skin, skin * 1.2 - 0.2), mask)
    assert len(spots) == 1
    assert spots.places[0] == pytest.approx((40, 80), abs=0.2)


def test_the_rim_of_a_light_spot_is_no_dark_spot() -> None:
    skin = 1.4 - drawn([(80, 80, 7, 1, 0)])
    assert len(found(skin / skin.max())) == 0


def test_plain_skin_has_no_spots() -> None:
    assert len(found(np.ones((60, 60)))) == 0
