"""What the places of two pictures add to their similarity sums to it, and lies where they are alike."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from resight.chip.padded import normalised
from resight.errors import ResightError
from resight.learn.attribution import attribution, painted, write_attribution
from resight.learn.models import Embedder
from resight.types import Pixels


def network(flat: bool, seed: int = 0, channels: int = 12) -> Embedder:
    torch.manual_seed(seed)
    body = nn.Sequential(nn.Conv2d(3, channels, 8, stride=8), nn.ReLU(), nn.Conv2d(channels, channels, 1))
    return Embedder(body, channels * 4 * 6 if flat else channels, 5, flat=flat)


def picture(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (32, 48, 3), dtype=np.uint8)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_both_maps_sum_to_the_similarity(seed: int, flat: bool) -> None:
    made, one, other = network(flat, seed), picture(seed), picture(seed + 1)
    found = attribution(made, one, other)
    with torch.inference_mode():
        ours, theirs = made(torch.from_numpy(normalised(np.stack([one, other]))))
    cosine = float(nn.functional.cosine_similarity(ours, theirs, dim=0))
    assert found.one.shape == found.other.shape == (4, 6)
    assert found.one.sum() == pytest.approx(cosine, abs=1e-4)
    assert found.other.sum() == pytest.approx(cosine, abs=1e-4)
    assert found.similarity == pytest.approx(cosine, abs=1e-4)
    swapped = attribution(made, other, one)
    assert np.allclose(swapped.one, found.other)


def test_the_spot_that_both_show_is_what_makes_them_alike() -> None:
    made = network(flat=False, seed=1)
    nn.init.zeros_(made.head.bias)
    nn.init.zeros_(made.body[0].bias)  # type: ignore[index]
    nn.init.zeros_(made.body[2].bias)  # type: ignore[index]
    grey = tuple(round(255 * mean) for mean in (0.485, 0.456, 0.406))  # which the network takes for nothing
    one, other = (np.full((32, 48, 3), grey, np.uint8) for _ in range(2))
    spot = np.random.default_rng(5).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    one[8:16, 16:24], other[24:32, 40:48] = spot, spot
    found = attribution(made, one, other)
    assert divmod(int(found.one.argmax()), 6) == (1, 2)
    assert divmod(int(found.other.argmax()), 6) == (3, 5)
    assert found.one[1, 2] > 0.9 * found.similarity
    shown = painted(one, other, found)
    left, right = shown[:, :48], shown[:, 48:]
    assert left[8:16, 16:24, 2].mean() < one[8:16, 16:24, 2].mean()  # laid on with orange, which has no blue
    assert right[24:32, 40:48, 2].mean() < other[24:32, 40:48, 2].mean()
    assert np.abs(left[24:, :8].astype(int) - one[24:, :8]).max() < 40


def test_it_is_written_as_one_picture_and_the_mode_is_kept(tmp_path: Path) -> None:
    made = network(flat=True).train()
    found = write_attribution(made, picture(0), picture(1), tmp_path / "pair.png")
    assert made.training
    shown = cv2.imread(str(tmp_path / "pair.png"))
    assert shown is not None
    assert shown.shape == (32, 96, 3)
    assert -1 <= found.similarity <= 1


def test_a_network_without_places_is_refused() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 48, 6))
    with pytest.raises(ResightError, match="no map of places"):
        attribution(Embedder(flat, 6, 2), picture(0), picture(1))
