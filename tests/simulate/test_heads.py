"""The photos, and whether what is said of them is true."""

import cv2
import numpy as np
import pytest

from resight.simulate import Simulated, simulate_head
from resight.types import Side


@pytest.fixture(scope="module")
def photos() -> list[list[Simulated]]:
    """Two passes each of 16 fish: the left flank of even ones, the right flank of odd ones."""
    sides = (Side.LEFT, Side.RIGHT)
    return [[simulate_head(7, fish, pass_, side=sides[fish % 2]) for pass_ in range(2)] for fish in range(16)]


def test_the_same_arguments_give_the_same_pixels_and_other_ones_do_not() -> None:
    first = simulate_head(3, 2, pass_=1, photo=4)
    again = simulate_head(3, 2, pass_=1, photo=4)
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.mask, again.mask)
    for other in (simulate_head(4, 2, 1, 4), simulate_head(3, 1, 1, 4), simulate_head(3, 2, 0, 4)):
        assert not np.array_equal(first.pixels, other.pixels)
    assert not np.array_equal(first.pixels, simulate_head(3, 2, 1, 5).pixels)


def test_the_head_fills_the_frame_as_promised(photos: list[list[Simulated]]) -> None:
    for photo in (photo for pair in photos for photo in pair):
        width = photo.mask.shape[1]
        assert 0.3 < photo.box.w / width < 0.8
        assert photo.box.x > 0
        assert photo.box.x + photo.box.w < width
        rows, columns = np.nonzero(photo.mask)
        assert (rows.min(), columns.min()) == (photo.box.y, photo.box.x)
        assert np.count_nonzero(photo.mask) > 0.5 * photo.box.w * photo.box.h
        assert cv2.connectedComponents(photo.mask)[0] == 2


def test_a_left_flank_looks_left_and_a_right_flank_right(photos: list[list[Simulated]]) -> None:
    for photo in (photo for pair in photos for photo in pair):
        share = (photo.eye[0] - photo.box.x) / photo.box.w
        assert share < 0.5 if photo.side is Side.LEFT else share > 0.5


def test_the_pupil_is_where_it_is_said_to_be(photos: list[list[Simulated]]) -> None:
    hits = [
        _luminance(photo, np.array([photo.eye]), 0)[0]
        < _luminance(photo, np.array([photo.eye]), 0.042 * photo.box.w)[0]
        for pair in photos
        for photo in pair
    ]
    assert np.mean(hits) > 0.9


def test_spots_are_dark_where_they_are_said_to_be(photos: list[list[Simulated]]) -> None:
    hits: list[bool] = []
    for photo in (photo for pair in photos for photo in pair):
        inner = photo.spots.round().astype(int).clip(0, np.array(photo.mask.shape)[::-1] - 1)
        on_head = photo.visible & (photo.mask[inner[:, 1], inner[:, 0]] > 0)
        centres = photo.spots[on_head]
        hits.extend(_luminance(photo, centres, 0) < _luminance(photo, centres, 0.045 * photo.box.w))
    assert np.mean(hits) > 0.9


def test_rows_of_spots_are_the_same_spots_in_both_passes(photos: list[list[Simulated]]) -> None:
    for first, second in photos:
        assert len(first.spots) == len(second.spots)
        both = first.visible & second.visible
        fitted, inliers = cv2.estimateAffine2D(first.spots[both], second.spots[both], ransacReprojThreshold=25)
        assert fitted is not None
        assert inliers.mean() > 0.8


def test_only_spots_tell_the_fish_apart(photos: list[list[Simulated]]) -> None:
    left = photos[::2]
    features = [[_features(pair[i]) for pair in left] for i in range(2)]
    by_spots = np.array([[_matches(query, gallery) for gallery in features[0]] for query in features[1]])
    thumbs = [np.stack([_thumbnail(pair[i]) for pair in left]) for i in range(2)]
    fish = np.arange(len(left))
    assert np.mean(by_spots.argmax(axis=1) == fish) >= 0.5
    assert np.mean((thumbs[1] @ thumbs[0].T).argmax(axis=1) == fish) < 0.5


def test_a_head_has_no_upper_side() -> None:
    with pytest.raises(ValueError, match="left or its right"):
        simulate_head(1, 1, side=Side.UP)


def _luminance(photo: Simulated, centres: np.ndarray, radius: float) -> np.ndarray:
    """Brightness at the centres, or the mean on circles of this radius round them."""
    grey = cv2.GaussianBlur(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = centres[:, None] + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    at = ring.round().astype(int).clip(0, np.array(grey.shape)[::-1] - 1)
    return np.asarray(grey[at[..., 1], at[..., 0]].mean(axis=1))


def _features(photo: Simulated) -> np.ndarray:
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.SIFT.create(contrastThreshold=0.02).detectAndCompute(grey, photo.mask)[1])


def _matches(query: np.ndarray, gallery: np.ndarray) -> int:
    pairs = cv2.BFMatcher().knnMatch(query, gallery, k=2)
    return sum(best.distance < 0.8 * second.distance for best, second in pairs)


def _thumbnail(photo: Simulated) -> np.ndarray:
    small = cv2.resize(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    centred = small.ravel() - small.mean()
    return np.asarray(centred / np.linalg.norm(centred))
