"""A network as it left ImageNet, which has learned nothing about the animals at hand."""

from __future__ import annotations

from torch import nn

from resight.learn.models import Embedder, fishnet2


def imagenet_features() -> Embedder:
    """MobileNetV2's averaged last feature map, 1,280 numbers brought to length 1."""
    network = fishnet2(2, True)
    network.head = nn.Identity()  # type: ignore[assignment]
    return network
