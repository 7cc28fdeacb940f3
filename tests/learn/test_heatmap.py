"""The heat of a picture lies where the network's last normalised maps say that something is."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resight.errors import ResightError
from resight.learn.heatmap import Heat, beside, feature_maps, heat, painted, write_heat
from resight.learn.models import Embedder
from resight.types import Pixels


class Given(nn.Module):
    """Gives the same maps of every picture, normalised as they are."""

    def __init__(self, maps: Tensor) -> None:
        super().__init__()
        self.maps, self.norm = maps, nn.BatchNorm2d(maps.shape[0], eps=0)

    def forward(self, pictures: Tensor) -> Tensor:
        return torch.relu_(self.norm(self.maps.expand(len(pictures), *self.maps.shape)))


def picture(height: int = 48, width: int = 64) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_deviation_and_maxima_are_where_the_maps_have_them() -> None:
    maps = torch.zeros(5, 3, 4)
    maps[:3, 2, 1] = torch.tensor([9.0, 4.0, -6.0])  # the third map has its maximum all over the rest
    maps[3, 0, 3] = 2.0
    found = heat(Embedder(Given(maps), 5, 2), picture())
    assert found.deviation.shape == found.maxima.shape == (48, 64)
    there = np.unravel_index(found.deviation.argmax(), found.deviation.shape)
    assert (int(there[0]) // 16, int(there[1]) // 16) == (2, 1)
    assert found.maxima.sum() == pytest.approx(4, rel=0.05)  # the fifth map is the same everywhere
    cells = found.maxima.reshape(3, 16, 4, 16).sum(axis=(1, 3))
    assert cells[2, 1] == pytest.approx(2, abs=0.3)
    assert cells[0, 3] == pytest.approx(1, abs=0.3)


def test_many_maps_deviate_as_all_at_once_would() -> None:
    torch.manual_seed(0)
    maps = torch.randn(150, 3, 4)
    found = heat(Embedder(Given(maps), 150, 2), picture(24, 32))
    large = nn.functional.interpolate(maps[None], (24, 32), mode="bilinear", align_corners=False)[0]
    assert np.allclose(found.deviation, large.std(dim=0, correction=0).numpy(), atol=1e-4)


def small() -> Embedder:
    torch.manual_seed(0)
    cut_off = nn.ReLU6(inplace=True)  # as MobileNetV2 ends
    return Embedder(nn.Sequential(nn.Conv2d(3, 7, 16, stride=16), nn.BatchNorm2d(7), cut_off), 7, 2)


def test_the_network_keeps_its_mode_and_its_maps_are_taken_before_they_are_cut_off() -> None:
    network = small().train()
    maps = feature_maps(network, picture())
    assert network.training
    assert maps.shape == (7, 3, 4)
    assert (maps < 0).any()


def test_green_pink_white_and_black() -> None:
    both = Heat(np.array([[0, 1, 0, 1]], np.float32), np.array([[0, 0, 1, 1]], np.float32))
    assert painted(both)[0].tolist() == [[0, 0, 0], [0, 255, 0], [255, 0, 255], [255, 255, 255]]


def test_it_is_written_beside_the_picture(tmp_path: Path) -> None:
    write_heat(small(), picture(), tmp_path / "heat.png")
    read = cv2.imread(str(tmp_path / "heat.png"))
    assert read is not None
    assert read.shape == (48, 128, 3)
    assert np.array_equal(read[:, :64, ::-1], picture())
    assert beside(picture(), picture()).shape == (48, 128, 3)


def test_a_network_without_maps_is_refused() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 48 * 64, 6))
    with pytest.raises(ResightError, match="no feature maps"):
        heat(Embedder(flat, 6, 2), picture())
