"""The body of FinView's network: a small Inception of FaceNet's kind, for pictures of 96 pixels.

The blocks are as wide as in the smallest network of OpenFace (Amos et al. 2016), which follows Schroff et al. (2015).
Batch normalisation stands for their local response normalisation, and a plain mean for their pooling of squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

FEATURES = 736  # channels of the last map


@dataclass(frozen=True, slots=True)
class _Branches:
    """Channels: in; out of 1 x 1; of 3 x 3 and 5 x 5, each with what it is first reduced to; of what is pooled.

    0 is a branch that is not there, and of the pooled one a branch that keeps all its channels.
    """

    into: int
    one: int
    three: tuple[int, int]
    five: tuple[int, int]
    pooled: int
    stride: int = 1
    highest: bool = True  # of the pixels pooled, rather than their mean

    @property
    def out(self) -> int:
        return self.one + self.three[1] + self.five[1] + (self.pooled or self.into)


BLOCKS = (
    _Branches(192, 64, (96, 128), (16, 32), 32),
    _Branches(256, 64, (96, 128), (32, 64), 64, highest=False),
    _Branches(320, 0, (128, 256), (32, 64), 0, stride=2),
    _Branches(640, 256, (96, 192), (32, 64), 128, highest=False),
    _Branches(640, 0, (160, 256), (64, 128), 0, stride=2),
    _Branches(1024, 256, (96, 384), (0, 0), 96, highest=False),
    _Branches(736, 256, (96, 384), (0, 0), 96),
)


class Inception(nn.Module):
    """Pictures (n, 3, h, w) to maps (n, 736, h / 32, w / 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _convolution(3, 64, 7, stride=2),
            nn.MaxPool2d(3, 2, padding=1),
            _convolution(64, 64, 1),
            _convolution(64, 192, 3),
            nn.MaxPool2d(3, 2, padding=1),
        )
        self.blocks = nn.Sequential(*map(_Block, BLOCKS))

    def forward(self, pictures: Tensor) -> Tensor:
        """The last feature map."""
        found: Tensor = self.blocks(self.stem(pictures))
        return found


class _Block(nn.Module):
    """What is seen through windows of several sizes, side by side."""

    def __init__(self, width: _Branches) -> None:
        super().__init__()
        step = width.stride
        pool = nn.MaxPool2d(3, step, padding=1) if width.highest else nn.AvgPool2d(3, step, padding=1)
        branches: list[nn.Module] = [
            nn.Sequential(_convolution(width.into, few, 1), _convolution(few, out, side, step))
            for side, (few, out) in ((3, width.three), (5, width.five))
            if out
        ]
        branches.append(nn.Sequential(pool, _convolution(width.into, width.pooled, 1)) if width.pooled else pool)
        if width.one:
            branches.append(_convolution(width.into, width.one, 1))
        self.branches = nn.ModuleList(branches)

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([branch(maps) for branch in self.branches], dim=1)


def _convolution(into: int, out: int, side: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(into, out, side, stride, padding=side // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
    )
