"""Several describers say of a chip what each would say alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.describe.builtin import rootsift, thumbnail
from resight.describe.fake import ThumbnailDescriber
from resight.describe.rootsift import RootSift
from resight.describe.together import TogetherDescriber, shrunk, together
from resight.errors import ResightError
from resight.method import open_describer
from resight.types import Chip, Embeddings, LocalFeatures, Together
from resight.work.describe import joined


def chip(height: int, width: int, seed: int = 0) -> Chip:
    cells = np.random.default_rng(seed).integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    pixels = np.ascontiguousarray(np.kron(cells, np.ones((8, 8, 1), np.uint8))[:height, :width])
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 :, width // 4 :] = 255
    return Chip(pixels, np.array([[1.5, 0, 7], [0, 1.25, 9]]), mask)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 400))
def test_a_shrunk_chip_shows_the_same_part_of_the_photo(height: int, width: int, size: int) -> None:
    whole = Chip(np.zeros((height, width, 3), np.uint8), np.array([[1.5, 0, 7], [0, 1.25, 9]]))
    small = shrunk(whole, size)
    assert max(small.pixels.shape[:2]) <= max(size, 1)
    if max(height, width) <= size:
        assert small is whole
    ends = [one.to_photo @ np.array([one.pixels.shape[1], one.pixels.shape[0], 1.0]) for one in (whole, small)]
    assert np.allclose(*ends)


def test_each_describer_says_what_it_would_say_alone_of_a_chip_of_its_size() -> None:
    chips = [chip(300, 500), chip(500, 200, 1)]
    ways = RootSift(size=200), ThumbnailDescriber(size=64)
    both = TogetherDescriber(ways)
    assert both.size == 200
    found = both.describe(chips)
    alone = ways[0].describe([shrunk(one, 200) for one in chips])
    assert isinstance(found.parts[0], LocalFeatures)
    assert np.array_equal(found.parts[0].vectors, alone.vectors)
    assert np.array_equal(found.parts[0].positions, alone.positions)
    assert found.parts[0].positions[:, 0].max() > 0.8 * 500 * 1.5
    assert isinstance(found.parts[1], Embeddings)
    assert np.array_equal(found.parts[1].vectors, ways[1].describe([shrunk(one, 64) for one in chips]).vectors)


def test_descriptors_together_are_joined_and_taken_by_annotations() -> None:
    both = together("rootsift&thumbnail")
    chips = [chip(100, 120, seed) for seed in range(3)]
    every = joined([both.describe([]), both.describe(chips[:1]), both.describe(chips[1:])])
    assert isinstance(every, Together)
    turned = every.take([2, 0])
    assert len(turned) == 2
    wanted = both.describe([chips[2], chips[0]])
    assert isinstance(wanted, Together)
    for one, other in zip(turned.parts, wanted.parts, strict=True):
        assert np.array_equal(one.vectors, other.vectors)
    with pytest.raises(ValueError, match="one row for each annotation"):
        Together((every.parts[0], every.parts[1].take([0])))
    with pytest.raises(ValueError, match="cannot stand one after another"):
        Together.joined([every, Together(every.parts[::-1])])


def test_the_name_tells_which_describers_and_in_which_order() -> None:
    one, other = together("rootsift:inside&thumbnail"), together("thumbnail&rootsift:inside")
    assert one.fingerprint == f"together+{rootsift('inside').fingerprint}+{thumbnail('').fingerprint}"
    assert one.fingerprint != other.fingerprint
    assert open_describer("together:rootsift:inside&thumbnail+mask").fingerprint == one.fingerprint


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("", "two describers or more"),
        ("rootsift", "two describers or more"),
        ("rootsift&", "two describers or more"),
        ("rootsift+mask&thumbnail", "of the whole method"),
        ("rootsift@local&thumbnail", "of the whole method"),
        ("rootsift&together:rootsift", "two describers or more"),
        ("rootsift&no-such", "no describer 'no-such'"),
    ],
)
def test_what_cannot_be_put_together_is_said(argument: str, said: str) -> None:
    with pytest.raises(ResightError, match=said):
        together(argument)
