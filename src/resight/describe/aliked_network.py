"""The network of ALIKED-N(16) (Zhao et al. 2023): where the keypoints of a picture are, and a vector for each.

Written anew after the paper, with the parameter names of the authors' weights. The deformable convolutions read the
feature map between its pixels by `grid_sample`, and so need no compiled operator. `training/aliked.py` writes it down
for onnxruntime, which is what `resight.describe.aliked` runs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 16, 32, 64, 128
NUMBERS = 128  # of a keypoint's vector
SAMPLES = 16  # places that a vector is read from
SHRINKS = 1, 2, 4, 4  # of each block's input


class Aliked(nn.Module):
    """Four blocks of growing reach, their maps laid over one another: scores from them, and vectors at keypoints."""

    def __init__(self) -> None:
        super().__init__()
        c1, c2, c3, c4 = CHANNELS
        self.block1 = _Block(3, c1, shortcut=False, deformable=False)
        self.block2 = _Block(c1, c2, shortcut=True, deformable=False)
        self.block3 = _Block(c2, c3, shortcut=True, deformable=True)
        self.block4 = _Block(c3, c4, shortcut=True, deformable=True)
        for number, channels in enumerate(CHANNELS, start=1):
            setattr(self, f"conv{number}", nn.Conv2d(channels, NUMBERS // 4, 1, bias=False))
        self.score_head = nn.Sequential(
            nn.Conv2d(NUMBERS, 8, 1, bias=False), nn.SELU(),
            nn.Conv2d(8, 4, 3, padding=1, bias=False), nn.SELU(),
            nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.SELU(),
            nn.Conv2d(4, 1, 3, padding=1, bias=False),
        )  # fmt: skip
        self.desc_head = _Vectors()

    def levels(self, picture: Tensor) -> tuple[Tensor, ...]:
        """Of a picture (3, h, w) from 0 to 1, sides multiples of 32: its four maps (1, 32, .., ..)."""
        level, found = picture[None], []
        for number, shrink in enumerate(SHRINKS, start=1):
            level = getattr(self, f"block{number}")(functional.avg_pool2d(level, shrink) if shrink > 1 else level)
            found.append(functional.selu(getattr(self, f"conv{number}")(level)))
        return tuple(found)

    def scores(self, levels: tuple[Tensor, ...]) -> Tensor:
        """How good a keypoint each pixel would be, (h, w) from 0 to 1."""
        size, first = levels[0].shape[-2:], next(self.score_head.parameters())
        # A convolution of single pixels may come before the enlarging: so 8 channels are enlarged in place of 32.
        level: Tensor = torch.stack(
            [
                functional.interpolate(functional.conv2d(one, part), size, mode="bilinear", align_corners=True)
                for one, part in zip(levels, first.chunk(len(levels), dim=1), strict=True)
            ]
        ).sum(dim=0)
        for module in list(self.score_head)[1:]:
            level = module(level)
        return torch.sigmoid(level)[0, 0]

    def vectors(self, levels: tuple[Tensor, ...], places: Tensor) -> Tensor:
        """Vectors (m, 128) of length 1 at places (m, 2: x, y) between the picture's pixels."""
        found: Tensor = self.desc_head(levels, places)
        return found


def deformed(pictures: Tensor, offsets: Tensor, weight: Tensor) -> Tensor:
    """A 3 x 3 convolution of pictures (n, c, h, w) that reads each tap beside its place (Dai et al. 2017).

    `offsets` (n, 18, h, w) hold down and right for each of the nine taps, `weight` is (o, c, 3, 3). What lies outside
    the picture is 0.
    """
    n, channels, height, width = pictures.shape
    down, across = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    tap_down, tap_across = torch.meshgrid(torch.arange(-1, 2), torch.arange(-1, 2), indexing="ij")
    moves = offsets.view(n, 9, 2, height, width)
    y = moves[:, :, 0] + (down + tap_down.reshape(9, 1, 1)).to(offsets)
    x = moves[:, :, 1] + (across + tap_across.reshape(9, 1, 1)).to(offsets)
    read = _read(pictures, x.reshape(n, 9 * height, width), y.reshape(n, 9 * height, width), height, width)
    return torch.einsum("nckhw,ock->nohw", read.view(n, channels, 9, height, width), weight.flatten(2))


def _read(maps: Tensor, x: Tensor, y: Tensor, height: int, width: int, outside: str = "zeros") -> Tensor:
    """Maps (n, c, .., ..) at places (n, a, b) of a picture of that height and width: (n, c, a, b)."""
    # A map of one pixel has no length.
    across, down = _sized(width - 1).clamp(min=1), _sized(height - 1).clamp(min=1)
    grid = torch.stack([2 * x / across - 1, 2 * y / down - 1], dim=-1)
    return functional.grid_sample(maps, grid, mode="bilinear", padding_mode=outside, align_corners=True)


# The sizes of a picture stay tensors where the network is traced for export, so that it takes pictures of any size.
def _larger(height: int, width: int) -> Tensor:
    return torch.maximum(_sized(height), _sized(width))


def _within(moves: Tensor, farthest: Tensor) -> Tensor:
    return torch.minimum(torch.maximum(moves, -farthest), farthest)


def _inner(places: Tensor, size: int) -> Tensor:
    """The pixel of each place, moved off the edge, so that it has neighbours on all sides."""
    return torch.minimum(places.long().clamp(min=1), _sized(size) - 3)


def _sized(size: int | Tensor) -> Tensor:
    return size if isinstance(size, Tensor) else torch.tensor(size)


class _Block(nn.Module):
    """Two convolutions, and past them the block's input where it has a shortcut."""

    def __init__(self, channels: int, made: int, *, shortcut: bool, deformable: bool) -> None:
        super().__init__()
        convolution = _Deformable if deformable else _plain
        self.conv1, self.bn1 = convolution(channels, made), nn.BatchNorm2d(made)
        self.conv2, self.bn2 = convolution(made, made), nn.BatchNorm2d(made)
        self.downsample = nn.Conv2d(channels, made, 1) if shortcut else None

    def forward(self, level: Tensor) -> Tensor:
        made = functional.selu(self.bn1(self.conv1(level)))
        made = self.bn2(self.conv2(made))
        return functional.selu(made if self.downsample is None else made + self.downsample(level))


class _Deformable(nn.Module):
    """A convolution whose taps go where a plain one sends them, at most a quarter of the map away."""

    def __init__(self, channels: int, made: int) -> None:
        super().__init__()
        self.offset_conv = nn.Conv2d(channels, 18, 3, padding=1)
        self.regular_conv = nn.Conv2d(channels, made, 3, padding=1, bias=False)

    def forward(self, level: Tensor) -> Tensor:
        moves = _within(self.offset_conv(level), _larger(*level.shape[-2:]) / 4)
        return deformed(level, moves, self.regular_conv.weight)


def _plain(channels: int, made: int) -> nn.Conv2d:
    return nn.Conv2d(channels, made, 3, padding=1, bias=False)


class _Vectors(nn.Module):
    """The sparse deformable head: each keypoint chooses 16 places round it, and its vector is read there."""

    def __init__(self) -> None:
        super().__init__()
        self.offset_conv = nn.Sequential(
            nn.Conv2d(NUMBERS, 2 * SAMPLES, 3), nn.SELU(), nn.Conv2d(2 * SAMPLES, 2 * SAMPLES, 1)
        )
        self.sf_conv = nn.Conv2d(NUMBERS, NUMBERS, 1, bias=False)
        self.agg_weights = nn.Parameter(torch.rand(SAMPLES, NUMBERS, NUMBERS))

    def forward(self, levels: tuple[Tensor, ...], places: Tensor) -> Tensor:
        height, width = levels[0].shape[-2:]
        step = torch.arange(-1, 2, device=places.device)
        shape = places.shape[0], 3, 3
        x = (_inner(places[:, 0], width)[:, None, None] + step).expand(shape)
        y = (_inner(places[:, 1], height)[:, None, None] + step[:, None]).expand(shape)
        patches = self._features(levels, x.reshape(-1, 9).to(places), y.reshape(-1, 9).to(places))
        patches = patches.reshape(NUMBERS, *shape)
        moves = _within(self.offset_conv(patches.transpose(0, 1)), _larger(height, width) / 4).view(-1, 2, SAMPLES)
        found = self._features(levels, places[:, :1] + moves[:, 0], places[:, 1:] + moves[:, 1])
        made = functional.selu(torch.einsum("cmp,dc->dmp", found, self.sf_conv.weight[:, :, 0, 0]))
        return functional.normalize(torch.einsum("cmp,pcd->md", made, self.agg_weights), dim=1)

    def _features(self, levels: tuple[Tensor, ...], x: Tensor, y: Tensor) -> Tensor:
        """What the maps say at places (m, a): (128, m, a), of length 1, and 0 from a pixel outside the picture on."""
        height, width = levels[0].shape[-2:]
        found = [_read(level, x[None], y[None], height, width, "border") for level in levels]
        within = torch.minimum(x + 1, width - x).clamp(0, 1) * torch.minimum(y + 1, height - y).clamp(0, 1)
        return functional.normalize(torch.cat(found, dim=1)[0], dim=0) * within
