import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from resight.export.side_by_side import MOST_LINES, between_rings, joins, side_by_side
from resight.types import Evidence, Pixels

sides = st.integers(20, 600)


def chip(height: int, width: int) -> Pixels:
    return np.zeros((height, width, 3), np.uint8)


def evidence(weights: list[float]) -> Evidence:
    """Pair i lies at x = i in the query and at y = i in the gallery."""
    index = np.arange(len(weights), dtype=np.float32)
    zero = np.zeros_like(index)
    return Evidence(np.stack([index, zero], 1), np.stack([zero, index], 1), np.array(weights, np.float32))


@given(sides, sides, sides, sides)
def test_chips_keep_their_shape_at_one_height_without_overlap(h1: int, w1: int, h2: int, w2: int) -> None:
    both = side_by_side(chip(h1, w1), chip(h2, w2), 900)
    assert both.query.height == both.gallery.height == both.height
    assert both.query.left + both.query.width < both.gallery.left
    assert both.width == 900 or (both.height == 900 and both.width < 900)
    for place, height, width in ((both.query, h1, w1), (both.gallery, h2, w2)):
        assert abs(place.width - place.height * width / height) <= 1 + 0.5 * width / height


@given(sides, sides, sides, sides)
def test_the_corner_pixels_of_a_chip_fall_into_the_corners_of_its_place(h1: int, w1: int, h2: int, w2: int) -> None:
    both = side_by_side(chip(h1, w1), chip(h2, w2), 900)
    corners = both.gallery.of(np.array([[-0.5, -0.5], [w2 - 0.5, h2 - 0.5]]))
    np.testing.assert_allclose(corners, [(both.gallery.left, 0), (both.width, both.height)])


@given(st.lists(st.floats(-5, 5, width=32) | st.just(float("nan")), max_size=90))
def test_the_strongest_pairs_are_kept_weakest_first_and_stay_pairs(weights: list[float]) -> None:
    both = side_by_side(chip(100, 100), chip(100, 100), 900)
    drawn = joins(evidence(weights), both)
    assert len(drawn.strengths) == min(len(weights), MOST_LINES)
    assert (np.diff(drawn.strengths) >= 0).all()
    assert ((drawn.strengths >= 0) & (drawn.strengths <= 1)).all()
    indexes = drawn.starts[:, 0] / both.query.scale[0] - 0.5
    np.testing.assert_allclose(drawn.ends[:, 1] / both.gallery.scale[1] - 0.5, indexes, atol=1e-9)
    kept = {round(float(i)) for i in indexes}
    usable = [0.0 if np.isnan(w) or w < 0 else w for w in weights]
    dropped = [w for i, w in enumerate(usable) if i not in kept]
    assert not dropped or max(dropped) <= min(usable[i] for i in kept)


def test_a_line_stops_at_the_rings() -> None:
    tail, head = between_rings(np.array([10.0, 50.0]), np.array([110.0, 50.0]))
    np.testing.assert_allclose([tail, head], [(15, 50), (105, 50)])


def test_a_line_between_touching_rings_has_no_length() -> None:
    tail, head = between_rings(np.array([10.0, 50.0]), np.array([14.0, 50.0]))
    np.testing.assert_allclose(tail, head)
    same = between_rings(np.array([10.0, 50.0]), np.array([10.0, 50.0]))
    np.testing.assert_allclose(same, [(10, 50), (10, 50)])
