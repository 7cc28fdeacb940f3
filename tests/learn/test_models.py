"""The networks of the thesis have its sizes, and give vectors of length 1."""

from pathlib import Path

import pytest
import torch

from resight.errors import ResightError
from resight.learn.models import build, n_parameters


@pytest.mark.parametrize(("name", "millions"), [("fishnet1", 57.45), ("fishnet2", 2.388), ("fishnet3", 14.78)])
def test_parameters_are_those_of_the_thesis(name: str, millions: float) -> None:
    network = build(name)
    assert n_parameters(network) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize("name", ["fishnet2", "timm:mobilenetv3_small_050"])
def test_vectors_are_of_length_1_and_of_the_length_asked(name: str) -> None:
    network = build(name, dimensions=24).eval()
    with torch.inference_mode():
        vectors = network(torch.rand(3, 3, 175, 175))
    assert vectors.shape == (3, 24)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-5)


def test_imagenet_weights_are_those_of_the_file(with_weights: None, real_weights: Path) -> None:
    network = build("fishnet2", imagenet=True)
    held = torch.load(real_weights / "mobilenet_v2-b0353104.pth", weights_only=True)
    assert torch.equal(network.body[0][0].weight, held["features.0.0.weight"])  # type: ignore[index]


def test_what_there_is_not_is_said(no_weights: None) -> None:
    with pytest.raises(ResightError, match="no network 'fishnet9'"):
        build("fishnet9")
    with pytest.raises(ResightError, match="could not be made by timm"):
        build("timm:no_such_network")
    with pytest.raises(ResightError, match="mobilenet_v2"):
        build("fishnet2", imagenet=True)
