"""The foreground network: MobileNetV2 up to a sixteenth, and a light way back up; small enough to ship."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from resight.learn.models import MOBILENET
from resight.learn.operators import import_torchvision
from resight.weights import find_weights

ENDS, CHANNELS = (2, 4, 7, 14), (16, 24, 32, 96)  # MobileNetV2's blocks up to each halving, and what they give
WIDTH = 32


class Refined(nn.Module):
    """A coarse map enlarged, with what the finer one adds."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.finer = nn.Conv2d(channels, WIDTH, 1, bias=False)
        self.deep = nn.Conv2d(WIDTH, WIDTH, 5, padding=2, groups=WIDTH, bias=False)
        self.mixed = nn.Conv2d(WIDTH, WIDTH, 1, bias=False)
        self.normal = nn.BatchNorm2d(WIDTH)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """Maps (n, 32, h, w) and (n, channels, 2 h, 2 w) to (n, 32, 2 h, 2 w)."""
        large = functional.interpolate(coarse, scale_factor=2.0, mode="bilinear", align_corners=False)
        both = large + self.finer(fine)
        refined: Tensor = functional.relu(both + self.normal(self.mixed(self.deep(both))))
        return refined


class MaskNetwork(nn.Module):
    """Pictures (n, 3, s, s), normalised as for ImageNet, to logits (n, 1, s, s): above 0 is animal."""

    def __init__(self, imagenet: bool) -> None:
        super().__init__()
        import_torchvision()
        from torchvision.models import mobilenet_v2

        network = mobilenet_v2()
        if imagenet:
            network.load_state_dict(torch.load(find_weights(MOBILENET), weights_only=True))
        starts = (0, *ENDS[:-1])
        self.stages = nn.ModuleList(network.features[start:end] for start, end in zip(starts, ENDS, strict=True))
        self.deepest = nn.Sequential(nn.Conv2d(CHANNELS[-1], WIDTH, 1, bias=False), nn.BatchNorm2d(WIDTH), nn.ReLU())
        # What stands out, stands out from the whole picture.
        self.whole = nn.Linear(CHANNELS[-1], WIDTH)
        self.refined = nn.ModuleList(Refined(channels) for channels in CHANNELS[-2::-1])
        self.told = nn.Conv2d(WIDTH, 1, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits of the picture's size."""
        maps = []
        for stage in self.stages:
            pictures = stage(pictures)
            maps.append(pictures)
        found = self.deepest(maps[-1]) + self.whole(maps[-1].mean(dim=(2, 3)))[:, :, None, None]
        for refine, fine in zip(self.refined, maps[-2::-1], strict=True):
            found = refine(found, fine)
        logits: Tensor = functional.interpolate(
            self.told(found), scale_factor=2.0, mode="bilinear", align_corners=False
        )
        return logits


class Probable(nn.Module):
    """The same for ONNX: a picture (1, 3, s, s) to the probability (1, 1, s, s) that a pixel is animal."""

    def __init__(self, network: MaskNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """Probabilities, 0 to 1."""
        told: Tensor = self.network(pictures).sigmoid()
        return told
