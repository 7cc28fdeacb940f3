"""A plain network of three convolutions: what can be learned from nothing, without anybody's weights."""

from __future__ import annotations

from torch import Tensor, nn

_CELLS = 4
PLAIN_FEATURES = 128 * _CELLS**2


class Plain(nn.Module):
    """Pictures (n, 3, s, s) to maps (n, 128, 4, 4); s is best a multiple of 64."""

    def __init__(self) -> None:
        super().__init__()
        # Where on the animal a mark is, is kept to a quarter of the picture.
        self.layers = nn.Sequential(
            *_convolution(3, 32, 5, stride=2),
            *_convolution(32, 64, 5),
            *_convolution(64, 128, 3),
            nn.AdaptiveAvgPool2d(_CELLS),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """The last feature map."""
        found: Tensor = self.layers(pictures)
        return found


def _convolution(into: int, out: int, side: int, stride: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(into, out, side, stride, padding=side // 2, bias=False)
    return convolution, nn.BatchNorm2d(out), nn.ReLU(inplace=True), nn.MaxPool2d(2)
