"""RootSIFT: where it says a spot is, a spot is; and its bytes keep the distances."""

from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.chip.cut import cut
from resight.describe.rootsift import UNIT, RootSift
from resight.types import Box, Chip, LocalFeatures, Mask, Photo, Pixels


def dark_spot(x: float, y: float, radius: float, width: int = 900, height: int = 700) -> Pixels:
    """A soft dark spot on light skin, centred at a place between pixels."""
    rows, columns = np.mgrid[:height, :width]
    depth = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    return np.repeat((210 - 150 * depth)[..., None], 3, axis=2).astype(np.uint8)


def blotches(seed: int, height: int = 300, width: int = 400, grain: int = 8) -> Pixels:
    """Soft random blotches: plenty of keypoints everywhere."""
    noise = np.random.default_rng(seed).normal(size=(height // grain, width // grain)).astype(np.float32)
    soft = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.repeat(np.clip(128 + 60 * soft, 0, 255)[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize(
    "box", [None, Box(250, 150, 300, 300), Box(101, 57, 641, 509), Box(300.4, 200.7, 150, 110)], ids=str
)
def test_positions_and_scales_are_in_pixels_of_the_photo(box: Box | None, upright: bool) -> None:
    x, y, radius = 371.3, 262.8, 9.0
    photo = Photo(Path("memory.png"), "", dark_spot(x, y, radius))
    found = RootSift(upright=upright).describe([cut(photo, box, 448)])
    strongest = found.positions[0]
    assert np.hypot(*(strongest - (x, y))) < 1.0
    # SIFT's size is a diameter, 2 sigma of the scale at which a blob stands out most: its own.
    assert found.scales[0] == pytest.approx(2 * radius, rel=0.25)
    whole = box or Box(0, 0, 900, 700)
    assert found.sizes[0] == pytest.approx((whole.w, whole.h), abs=1.5)


def test_nothing_is_found_outside_the_mask() -> None:
    mask: Mask = np.zeros((300, 400), np.uint8)
    mask[80:220, 120:300] = 255
    pixels = blotches(0)
    masked = RootSift().describe([Chip(pixels, np.eye(2, 3), mask)])
    bare = RootSift(features=10_000).describe([Chip(pixels, np.eye(2, 3))])
    inside = masked.positions.round().astype(int)
    assert len(inside) > 50
    assert (mask[inside[:, 1], inside[:, 0]] == 255).all()
    places = bare.positions.round().astype(int)
    assert (mask[places[:, 1], places[:, 0]] == 0).sum() > 100


def test_keypoints_keep_off_the_outline() -> None:
    mask: Mask = np.zeros((300, 400), np.uint8)
    mask[40:260, 60:340] = 255
    chip = Chip(blotches(0), np.eye(2, 3), mask)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)

    def nearest(inset: float) -> float:
        places = RootSift(inset=inset).describe([chip]).positions.round().astype(int)
        return float(depth[places[:, 1], places[:, 0]].min())

    assert nearest(0.0) < 5
    assert nearest(0.056) > 10


def test_an_animal_too_narrow_for_that_is_described_up_to_its_outline() -> None:
    mask: Mask = np.zeros((300, 400), np.uint8)
    mask[140:162, 40:360] = 255
    found = RootSift().describe([Chip(blotches(0, grain=4), np.eye(2, 3), mask)])
    places = found.positions.round().astype(int)
    assert len(places) > 20
    assert (mask[places[:, 1], places[:, 0]] == 255).all()


def test_the_strongest_keypoints_are_kept() -> None:
    chip = Chip(blotches(1), np.eye(2, 3))
    few, many = RootSift(features=60).describe([chip]), RootSift(features=200).describe([chip])
    assert few.counts.tolist() == [60]
    assert np.array_equal(few.positions, many.positions[:60])
    assert np.array_equal(few.vectors, many.vectors[:60])


def test_a_richer_describer_holds_what_a_poorer_one_gives() -> None:
    chips = [Chip(blotches(seed), np.eye(2, 3)) for seed in (1, 2)]
    chips.insert(1, Chip(np.zeros((50, 50, 3), np.uint8), np.eye(2, 3)))
    for poorer in (
        RootSift(features=60),
        RootSift(features=60, colour=True),
        RootSift(features=200),
        RootSift(features=60, upright=True),
    ):
        richest = replace(poorer, features=200, colour=True).describe(chips)
        found, cut_out = poorer.describe(chips), poorer.reduced(richest)
        for column, other in zip(asdict(found).values(), asdict(cut_out).values(), strict=True):
            np.testing.assert_array_equal(column, other)


def test_upright_keypoints_have_no_angle_and_no_twin() -> None:
    chip = Chip(blotches(2), np.eye(2, 3))
    upright = RootSift(features=2000, upright=True).describe([chip])
    assert not upright.angles.any()
    places = np.column_stack([upright.positions, upright.scales])
    assert len(np.unique(places, axis=0)) == len(places)
    free = RootSift(features=2000, upright=False).describe([chip])
    assert np.ptp(free.angles) > 300


def test_packed_vectors_are_the_roots_of_what_opencv_describes_itself() -> None:
    """The same keypoints, octave and all: rebuilt without it, large spots would be described blurred."""
    describer = RootSift(features=10_000)
    pixels = blotches(3)
    found = describer.describe([Chip(pixels, np.eye(2, 3))])
    sift = cv2.SIFT.create(nfeatures=0, contrastThreshold=describer.contrast, edgeThreshold=describer.edge)
    points, raw = sift.detectAndCompute(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), None)
    roots = np.sqrt(raw / raw.sum(axis=1, keepdims=True))
    theirs = np.array([(*point.pt, point.size, point.angle) for point in points])
    ours = np.column_stack([found.positions, found.scales, found.angles])
    assert len(ours) == len(theirs)
    same = [int(np.abs(theirs - one).sum(axis=1).argmin()) for one in ours]
    np.testing.assert_allclose(theirs[same], ours, atol=1e-3)
    packed = found.vectors.astype(np.float64) / UNIT
    assert np.abs(packed - roots[same]).max() < 0.01


def test_a_turned_photo_turns_free_keypoints_with_it() -> None:
    pixels = blotches(4, 320, 320)
    chip = Chip(pixels, np.eye(2, 3))
    turned = Chip(np.ascontiguousarray(np.rot90(pixels, k=-1)), np.eye(2, 3))
    free = RootSift(features=80, upright=False)
    first, second = free.describe([chip]), free.describe([turned])
    # A quarter turn clockwise takes (x, y) to (height - 1 - y, x).
    moved = np.column_stack([319 - first.positions[:, 1], first.positions[:, 0]])
    angle = (first.angles + 90) % 360
    off = []
    for place, turn in zip(moved[:40], angle[:40], strict=True):
        near = np.hypot(*(second.positions - place).T) < 1.0
        assert near.any()
        off.append(np.abs((second.angles[near] - turn + 180) % 360 - 180).min())
    assert np.median(off) < 5
    assert np.mean(np.array(off) < 20) > 0.9


def test_the_fingerprint_names_every_parameter() -> None:
    variants = [
        RootSift(),
        RootSift(size=512),
        RootSift(features=300),
        RootSift(upright=True),
        RootSift(contrast=0.01),
        RootSift(edge=10.0),
        RootSift(inset=0.1),
        RootSift(colour=True),
        RootSift(learned=True),
    ]
    assert len({variant.fingerprint for variant in variants}) == len(variants)
    assert RootSift().fingerprint == RootSift().fingerprint


def test_a_flat_chip_has_no_keypoints_but_a_size() -> None:
    found: LocalFeatures = RootSift().describe([Chip(np.full((30, 50, 3), 7, np.uint8), 2 * np.eye(2, 3))])
    assert found.counts.tolist() == [0]
    assert found.sizes.tolist() == [[100, 60]]
