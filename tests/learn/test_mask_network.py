"""The foreground network: what it gives, and that what is written says the same."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from resight.chip.mask import OnnxForeground
from resight.learn.export import export_mask
from resight.learn.halved import halve
from resight.learn.mask_network import MaskNetwork


def test_it_is_small_and_gives_a_map_of_the_pictures_size() -> None:
    network = MaskNetwork(imagenet=False)
    assert sum(parameter.numel() for parameter in network.parameters()) < 700_000
    assert network(torch.zeros(2, 3, 96, 96)).shape == (2, 1, 96, 96)


def test_written_and_halved_it_gives_the_same_masks(tmp_path: Path) -> None:
    torch.manual_seed(0)
    whole, half = tmp_path / "mask.onnx", tmp_path / "half.onnx"
    assert export_mask(MaskNetwork(imagenet=False).eval(), 96, whole) < 1e-3
    assert halve(whole, half) < 1e-2
    assert half.stat().st_size < 0.7 * whole.stat().st_size
    given = np.random.default_rng(0).normal(size=(1, 3, 96, 96)).astype(np.float32)
    one, other = (onnxruntime.InferenceSession(path).run(None, {"pictures": given})[0] for path in (whole, half))
    assert one.min() >= 0 and one.max() <= 1
    assert np.abs(one - other).max() < 0.01
    photo = np.random.default_rng(1).integers(0, 256, (40, 70, 3), dtype=np.uint8)
    mask = OnnxForeground(half)(photo)
    assert mask.shape == (40, 70) and set(np.unique(mask)) <= {0, 255}
    assert OnnxForeground(half).fingerprint != OnnxForeground(whole).fingerprint
