"""The networks: a picture in, a vector out. FishNet1 to 3 are those of the thesis FishNet (2019)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from resight.errors import ResightError
from resight.learn.inception import FEATURES, Inception
from resight.learn.operators import import_torchvision
from resight.learn.plain import PLAIN_FEATURES, Plain
from resight.learn.recipe import Model
from resight.weights import Weights, find_weights

MOBILENET = Weights(
    name="mobilenet_v2-b0353104.pth",
    sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    url="https://download.pytorch.org/models/mobilenet_v2-b0353104.pth",
    licence="BSD-3-Clause",
)
TIMM = "timm:"


class Embedder(nn.Module):
    """A body whose last feature map is averaged, or laid flat, and taken to a vector, of length 1 where `unit`."""

    def __init__(self, body: nn.Module, features: int, dimensions: int, flat: bool = False, unit: bool = True) -> None:
        super().__init__()
        self.body, self.flat, self.unit = body, flat, unit
        self.head = nn.Linear(features, dimensions)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (n, 3, h, w), normalised as for ImageNet, to vectors (n, d)."""
        found = self.body(pictures)
        if found.ndim == 4:
            found = found.flatten(1) if self.flat else found.mean(dim=(2, 3))
        # The last step in full precision: vectors are compared to a thousandth.
        with torch.autocast(found.device.type, enabled=False):
            vectors: Tensor = self.head(found.float())
            return functional.normalize(vectors, dim=1) if self.unit else vectors


def fishnet1(dimensions: int, imagenet: bool) -> Embedder:
    """Inception-ResNet-v2, laid flat before the last layer, as in the thesis' code; for pictures of 175 pixels."""
    return Embedder(_timm("inception_resnet_v2", imagenet), 1536 * 4 * 4, dimensions, flat=True)


def fishnet2(dimensions: int, imagenet: bool) -> Embedder:
    """MobileNetV2, averaged; its weights are torchvision's."""
    import_torchvision()
    from torchvision.models import mobilenet_v2

    network = mobilenet_v2()
    if imagenet:
        network.load_state_dict(torch.load(find_weights(MOBILENET), weights_only=True))
    return Embedder(network.features, 1280, dimensions)


def fishnet3(dimensions: int, imagenet: bool) -> Embedder:
    """VGG-16, averaged."""
    return Embedder(_Features(_timm("vgg16", imagenet)), 512, dimensions)


def finview(dimensions: int, imagenet: bool) -> Embedder:
    """The small Inception of FaceNet's kind that FinView learns, averaged; for pictures of 96 pixels."""
    _from_nothing("finview", imagenet)
    return Embedder(Inception(), FEATURES, dimensions)


def cnn3(dimensions: int, imagenet: bool) -> Embedder:
    """Three convolutions, for what a network learns from few photos and from nothing."""
    _from_nothing("cnn3", imagenet)
    return Embedder(Plain(), PLAIN_FEATURES, dimensions, flat=True)


NAMED: dict[str, Callable[[int, bool], Embedder]] = {
    "fishnet1": fishnet1,
    "fishnet2": fishnet2,
    "fishnet3": fishnet3,
    "finview": finview,
    "cnn3": cnn3,
}


def build(name: str, dimensions: int = 128, imagenet: bool = False, size: int = 175, unit: bool = True) -> Embedder:
    """A network by its name, for pictures of this size: one of `NAMED`, or one of timm's as `timm:NAME`.

    `unit`: its vectors are brought to length 1.

    >>> sum(p.numel() for p in build("fishnet2").parameters())
    2387840

    Raises ResightError where there is no such network, its weights cannot be had, or it does not turn such pictures
    into vectors, or into maps with the channels first.
    """
    if name in NAMED:
        network = NAMED[name](dimensions, imagenet)
        network.unit = unit
        _shown(network, name, size)
        return network
    if not name.startswith(TIMM):
        raise ResightError(f"there is no network {name!r}: it is one of {', '.join(NAMED)}, or {TIMM}NAME of timm's")
    body = _timm(name.removeprefix(TIMM), imagenet)
    found = _shown(body, name, size)
    # What comes out is counted by one or the other of what timm says.
    channels = (body.num_features, getattr(body, "head_hidden_size", body.num_features))
    if found.ndim not in (2, 4) or found.shape[1] not in channels:
        raise ResightError(
            f"the network {name!r} gives {tuple(found.shape)} of one picture: only networks that give a vector, or a "
            "map with its channels first, can be trained here. Name another one in the recipe's [model]"
        )
    return Embedder(body, int(found.shape[1]), dimensions, unit=unit)


def started(model: Model, size: int) -> Embedder:
    """A recipe's network with the weights that it starts from; ResightError where they are another network's."""
    if model.start in ("imagenet", "random"):
        return build(model.name, model.dimensions, model.start == "imagenet", size, model.unit)
    network = build(model.name, model.dimensions, size=size, unit=model.unit)
    load_weights(network, Path(model.start))
    return network


def load_weights(network: nn.Module, path: Path) -> None:
    """Take over the weights.pt of a training; ResightError where there is none, or it is another network's."""
    if not path.exists():
        raise ResightError(f'start = "{path}": there is no such file; or write imagenet or random')
    try:
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torch raises what the pickle inside makes it raise
        raise ResightError(f"{path} does not hold the weights of such a network ({error})") from error


def n_parameters(network: nn.Module) -> int:
    """How many numbers it learns."""
    return sum(parameter.numel() for parameter in network.parameters())


def _from_nothing(name: str, imagenet: bool) -> None:
    if imagenet:
        raise ResightError(f'nobody taught {name!r} on ImageNet: set start = "random" in the recipe\'s [model]')


def _shown(network: nn.Module, name: str, size: int) -> Tensor:
    """What a network makes of one black picture of this size; ResightError where it cannot take it."""
    try:
        with torch.no_grad():
            found: Tensor = network.eval()(torch.zeros(1, 3, size, size))
    except Exception as error:  # each network has its own words for it
        raise ResightError(
            f"the network {name!r} cannot take pictures of {size} pixels ({error}). Set another size in the recipe's "
            "[data], or another network in its [model]"
        ) from error
    network.train()
    return found


class _Features(nn.Module):
    """Only the convolutions of a timm network; VGG's forward_features would go on to its large dense layers."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.features = network.features

    def forward(self, pictures: Tensor) -> Tensor:
        return self.features(pictures)  # type: ignore[operator,no-any-return]


def _timm(name: str, imagenet: bool) -> nn.Module:
    """A timm network without its classifier."""
    import_torchvision()
    import timm

    try:
        network: nn.Module = timm.create_model(name, pretrained=imagenet, num_classes=0, global_pool="")
    except Exception as error:  # timm, the hub and the network raise what they like
        raise ResightError(
            f"the network {name!r} could not be made by timm ({error}). Without a network connection only what is "
            'on this machine can be had: set start = "random" in the recipe\'s [model]'
        ) from error
    return network
