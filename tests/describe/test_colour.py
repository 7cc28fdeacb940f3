"""Colours round keypoints: where they lie, and what of the light they leave out."""

import cv2
import numpy as np

from resight.describe.colour import COLOURS, REPEATS, SQUARES, spot_colours
from resight.types import Pixels


def patched(left: tuple[int, int, int], right: tuple[int, int, int]) -> Pixels:
    """100 x 60 pixels: one colour in the left half, another in the right."""
    pixels = np.zeros((60, 100, 3), np.uint8)
    pixels[:, :50], pixels[:, 50:] = left, right
    return pixels


def test_each_spot_has_the_colour_that_lies_round_it() -> None:
    pixels = patched((200, 60, 40), (40, 90, 210))
    places = np.array([[20.0, 30.0], [80.0, 30.0]])
    found = spot_colours(pixels, places, np.array([6.0, 6.0]))
    assert found.shape == (2, COLOURS)
    for row, (x, y) in enumerate(places.astype(int)):
        lab = cv2.cvtColor(pixels[y : y + 1, x : x + 1], cv2.COLOR_RGB2LAB)[0, 0].astype(int)
        expected = np.clip(128 + 2 * (lab[1:] - 128), 0, 255)
        assert found[row].tolist() == np.tile(np.repeat(expected, REPEATS), len(SQUARES)).tolist()


def test_the_wider_square_sees_the_neighbour() -> None:
    found = spot_colours(patched((200, 60, 40), (40, 90, 210)), np.array([[44.0, 30.0]]), np.array([8.0]))[0]
    near, wide = found[: COLOURS // 2].astype(int), found[COLOURS // 2 :].astype(int)
    assert near[0] > wide[0] > 128
    assert abs(near - wide).max() > 20


def test_shade_changes_little_where_colour_changes_much() -> None:
    place, width = np.array([[20.0, 30.0]]), np.array([10.0])
    light, shaded, other = (
        spot_colours(patched(colour, colour), place, width)[0].astype(int)
        for colour in ((180, 120, 60), (135, 90, 45), (60, 120, 180))
    )
    assert np.abs(light - shaded).max() * 4 < np.abs(light - other).max()


def test_a_spot_at_the_edge_is_measured_inside_the_picture() -> None:
    places = np.array([[0.0, 0.0], [99.0, 59.0], [-0.4, 59.4]])
    found = spot_colours(patched((200, 60, 40), (200, 60, 40)), places, np.array([40.0, 1.0, 3.0]))
    assert (found == found[0]).all()


def test_no_keypoints_have_no_colours() -> None:
    assert spot_colours(patched((1, 2, 3), (4, 5, 6)), np.zeros((0, 2)), np.zeros(0)).shape == (0, COLOURS)
