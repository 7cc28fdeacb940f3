"""Spots as keypoints: what of the truth is found, where it lies in the photo, and who is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resight.chip.cut import cut
from resight.describe.eye import Eye
from resight.describe.outline import Outlines
from resight.describe.spots import COLUMNS, Spots, spots
from resight.errors import ResightError
from resight.simulate.heads import Simulated, simulate_head
from resight.types import Bools, Box, Chip, LocalFeatures, Photo, Pixels


@pytest.fixture(scope="module")
def heads() -> list[tuple[Simulated, Chip]]:
    """Three heads, each with its chip."""
    drawn = [simulate_head(11, individual) for individual in (0, 3, 5)]
    photos = [Photo(Path("memory"), "", head.pixels) for head in drawn]
    return [(head, cut(photo, head.box, 640, head.mask)) for head, photo in zip(drawn, photos, strict=True)]


@pytest.fixture(scope="module")
def described(heads: list[tuple[Simulated, Chip]]) -> LocalFeatures:
    return spots("eye").describe([chip for _, chip in heads])


def spotted(places: list[tuple[float, float]], radius: float = 6.0, size: int = 300) -> Pixels:
    down, across = np.mgrid[:size, :size]
    dark = np.zeros((size, size))
    for x, y in places:
        dark = np.maximum(dark, np.clip(radius + 0.5 - np.hypot(across - x, down - y), 0, 1))
    return np.repeat((200 - 120 * dark)[..., None], 3, axis=2).astype(np.uint8)


def hits(found: np.ndarray, head: Simulated) -> tuple[Bools, int]:
    """Which of the places found are spots, each spot counted once, and how many spots could have been found."""
    x, y = np.clip(np.rint(head.spots).astype(int), 0, (639, 479)).T
    true = head.spots[head.visible & (head.mask[y, x] > 0)]
    right, taken = np.zeros(len(found), np.bool_), np.zeros(len(true), np.bool_)
    apart = np.hypot(*(found[:, None] - true[None]).transpose(2, 0, 1))
    for row, spot in zip(*np.unravel_index(np.argsort(apart, axis=None), apart.shape), strict=True):
        if apart[row, spot] < 0.02 * head.box.w and not right[row] and not taken[spot]:
            right[row] = taken[spot] = True
    return right, len(true)


def test_most_true_spots_are_found_and_most_that_is_found_is_true(
    heads: list[tuple[Simulated, Chip]], described: LocalFeatures
) -> None:
    right = found = true = 0
    for row, (head, _) in enumerate(heads):
        places = described.take([row]).positions[1:]
        if len(places):
            hit, there = hits(places, head)
            right, found, true = right + int(hit.sum()), found + len(places), true + there
    assert right / found > 0.75
    assert right / true > 0.65


def test_the_eye_comes_first_and_its_row_says_so(heads: list[tuple[Simulated, Chip]], described: LocalFeatures) -> None:
    eyes = described.offsets[:-1][described.counts > 0]
    assert len(eyes) == 3
    assert (described.vectors[eyes, -1] == 255).all()
    assert (np.delete(described.vectors, eyes, axis=0)[:, -1] == 0).all()
    for row in np.flatnonzero(described.counts):
        head = heads[row][0]
        assert np.hypot(*(described.positions[described.offsets[row]] - head.eye)) < 0.02 * head.box.w


def test_without_an_eye_nothing_is_described(heads: list[tuple[Simulated, Chip]]) -> None:
    def blind(chip: Chip, dark: Outlines) -> Eye | None:
        return None

    chip = heads[0][1]
    refused = replace(Spots(), eye=blind, eye_made="blind").describe([chip])
    assert refused.counts.tolist() == [0]
    assert refused.sizes[0] == pytest.approx((heads[0][0].box.w, heads[0][0].box.h), abs=1.5)
    assert Spots().describe([chip]).counts[0] > 5


@pytest.mark.parametrize("box", [None, Box(20, 30, 250, 240), Box(60, 60, 200, 170)], ids=str)
def test_places_and_radii_are_in_pixels_of_the_photo(box: Box | None) -> None:
    places = [(100.0, 120.0), (180.0, 90.0), (200.0, 190.0)]
    photo = Photo(Path("memory"), "", spotted(places))
    found = Spots().describe([cut(photo, box, 640)])
    assert sorted(map(tuple, found.positions.tolist())) == [pytest.approx(place, abs=0.5) for place in places]
    assert found.scales == pytest.approx([6.0] * 3, rel=0.1)
    assert found.vectors.shape == (3, COLUMNS)


def test_the_clearest_spots_come_first_and_are_kept() -> None:
    pixels = np.minimum(spotted([(80, 80)]), spotted([(200, 200)]) // 2 + 100)
    chip = Chip(pixels, np.eye(2, 3))
    both, one = Spots().describe([chip]), Spots(most=1).describe([chip])
    assert both.counts.tolist() == [2]
    assert one.positions[0] == pytest.approx((80, 80), abs=0.5)
    assert both.vectors[0, 1] > both.vectors[1, 1]


def test_looks_do_not_change_with_the_size() -> None:
    small = Spots().describe([Chip(spotted([(100, 100), (200, 180)], 7), np.eye(2, 3))])
    large = Spots().describe([Chip(spotted([(100, 100), (200, 180)], 14), np.eye(2, 3))])
    assert large.scales == pytest.approx(2 * small.scales, rel=0.05)
    assert np.abs(large.vectors.astype(int) - small.vectors).max() < 20


def test_light_spots_are_another_method() -> None:
    negative = 255 - spotted([(100, 100), (200, 180)])
    assert spots("light").describe([Chip(negative, np.eye(2, 3))]).counts.tolist() == [2]
    assert spots("").describe([Chip(negative, np.eye(2, 3))]).counts.tolist() == [0]


def test_no_chips_and_flat_chips_have_no_spots() -> None:
    assert len(spots("").describe([])) == 0
    flat = spots("eye").describe([Chip(np.full((30, 50, 3), 7, np.uint8), 2 * np.eye(2, 3))])
    assert flat.counts.tolist() == [0]
    assert flat.sizes.tolist() == [[100, 60]]


def test_the_fingerprint_tells_the_ways_apart() -> None:
    ways = [spots(""), spots("light"), spots("eye"), spots("light,eye"), Spots(most=9), Spots(size=448)]
    assert len({way.fingerprint for way in ways}) == len(ways)
    assert spots("eye,light").fingerprint == spots("light,eye").fingerprint


@pytest.mark.parametrize("argument", ["dark", "eye=nowhere.onnx", "light,ear"])
def test_an_option_that_means_nothing_is_refused_in_words(argument: str) -> None:
    with pytest.raises(ResightError, match=r"spots takes|there is no detector of eyes"):
        spots(argument)
