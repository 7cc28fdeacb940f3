"""The networks of the thesis have its sizes, and give vectors of length 1."""

from pathlib import Path

import pytest
import torch

from resight.errors import ResightError
from resight.learn.models import build, load_weights, n_parameters


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


@pytest.mark.parametrize(("name", "size", "parameters"), [("finview", 96, 3_729_312), ("cnn3", 64, 390_048)])
def test_networks_that_learn_from_nothing(name: str, size: int, parameters: int, no_weights: None) -> None:
    network = build(name, size=size, unit=False).eval()
    assert n_parameters(network) == parameters
    with torch.inference_mode():
        vectors = network(torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0)))
    assert vectors.shape == (2, 128)
    assert (vectors.norm(dim=1) - 1).abs().min() > 0.01
    with pytest.raises(ResightError, match=f"nobody taught '{name}' on ImageNet: set start"):
        build(name, size=size, imagenet=True)


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("timm:mambaout_femto", 64, "its channels first"),  # channels last
        ("timm:vit_tiny_patch16_224", 224, "its channels first"),  # tokens
        ("timm:vit_tiny_patch16_224", 64, "cannot take pictures of 64 pixels"),
        ("fishnet1", 224, "cannot take pictures of 224 pixels"),
    ],
)
def test_networks_that_cannot_be_learned_so_are_refused(name: str, size: int, said: str) -> None:
    with pytest.raises(ResightError, match=said):
        build(name, size=size)


def test_weights_learned_on_a_gpu_are_read_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = build("fishnet2", dimensions=4)
    with monkeypatch.context() as patch:
        patch.setattr("torch.serialization.location_tag", lambda _: "cuda:0")
        torch.save(network.state_dict(), tmp_path / "weights.pt")
    other = build("fishnet2", dimensions=4)
    load_weights(other, tmp_path / "weights.pt")
    assert torch.equal(other.head.weight, network.head.weight)


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
