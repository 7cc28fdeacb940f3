"""Comparison heads as torch modules, to be trained; `frozen` gives what `match` needs, without torch.

What each of them computes, and whose it is, stands in `match.comparison`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from resight.match.comparison import Even, Head, L1Head, NeuralHead, SharedHead
from resight.types import Floats

Kind = Literal["neural", "l1", "shared"]
UNITS = 32  # of the shared map, as DeepWhale's
BEGINS = 4.0  # what the mean absolute difference counts before anything is learned
QUANTILES, NUMBERS = 512, 200_000  # how finely the numbers of the vectors are described, and from how many


class Neural(nn.Module):
    """One hidden layer over both vectors, the mean of both orders."""

    def __init__(self, dimensions: int, hidden: int) -> None:
        super().__init__()
        self.hidden, self.output = nn.Linear(2 * dimensions, hidden), nn.Linear(hidden, 1)

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """Vectors (n, d) and (n, d) to logits (n,)."""
        orders = (torch.cat([one, other], dim=1), torch.cat([other, one], dim=1))
        first, second = (self.output(torch.relu(self.hidden(both))).squeeze(1) for both in orders)
        both: Tensor = (first + second) / 2
        return both


class L1(nn.Module):
    """A weighted sum of absolute differences; it begins as their mean, times so much that it means something."""

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.output = nn.Linear(dimensions, 1)
        _begin(self.output, -BEGINS)

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """Vectors (n, d) and (n, d) to logits (n,)."""
        logits: Tensor = self.output((one - other).abs() * _share(one)).squeeze(1)
        return logits


class Shared(nn.Module):
    """One small map for all features, and a weighted sum; it begins nearly as the L1 head does.

    >>> sum(p.numel() for p in Shared(512).parameters())
    706
    """

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.hidden, self.inner = nn.Linear(4, UNITS), nn.Linear(UNITS, 1)
        self.output = nn.Linear(dimensions, 1)
        with torch.no_grad():
            # One unit is the absolute difference, and counts; the others are drawn, and hardly do.
            self.hidden.weight[0] = torch.tensor([0.0, 0.0, 1.0, 0.0])
            self.hidden.bias[0] = 0
            self.inner.weight *= 0.1
            self.inner.weight[0, 0] = -1
        _begin(self.output, BEGINS)

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """Vectors (n, d) and (n, d) to logits (n,)."""
        apart = one - other
        four = torch.stack([one + other, one * other, apart.abs(), apart.square()], dim=2)
        told = self.inner(torch.relu(self.hidden(four))).squeeze(2)
        logits: Tensor = self.output(told * _share(one)).squeeze(1)
        return logits


def untrained(kind: Kind, dimensions: int, hidden: int) -> nn.Module:
    """A new head for vectors of so many numbers; `hidden` units in the neural one."""
    if kind == "neural":
        return Neural(dimensions, hidden)
    return L1(dimensions) if kind == "l1" else Shared(dimensions)


def even_of(vectors: Floats) -> Even:
    """What brings each number of such vectors (n, d) to a mean of 0 and a deviation of 1: there the heads begin well.

    >>> even_of(np.array([[1, 5], [3, 5]], np.float32))(np.array([[4, 5]], np.float32)).tolist()
    [[2.0, 0.0]]
    """
    deviation = vectors.std(axis=0)
    scale = np.where(
        deviation > 1e-6 * max(float(deviation.max(initial=0)), 1e-30), 1 / np.maximum(deviation, 1e-30), 0
    )
    return Even(vectors.mean(axis=0).astype(np.float32), scale.astype(np.float32))


def spread_of(vectors: Floats) -> Floats:
    """The numbers of vectors (n, d), made even, as so many quantiles: (512,) rising, from least to largest."""
    # Every n-th number, with an n that does not meet the same features again and again.
    step = max(1, vectors.size // NUMBERS) | 1
    return np.asarray(np.quantile(vectors.ravel()[::step], np.linspace(0, 1, QUANTILES)), np.float32)


def frozen(network: nn.Module, even: Even, spread: Floats) -> Head:
    """What a module has learned, on vectors made even, whose numbers spread so, as plain arrays.

    TypeError for a module that is none of the three.
    """
    if isinstance(network, Neural):
        dimensions = network.hidden.in_features // 2
        both = _array(network.hidden.weight)
        return NeuralHead(
            even, both[:, :dimensions], both[:, dimensions:], _array(network.hidden.bias),
            _array(network.output.weight)[0], float(network.output.bias.detach()),
        )  # fmt: skip
    if isinstance(network, L1):
        return L1Head(even, _weights(network.output), float(network.output.bias.detach()))
    if isinstance(network, Shared):
        return SharedHead(
            even, _array(network.hidden.weight), _array(network.hidden.bias), _array(network.inner.weight)[0],
            float(network.inner.bias.detach()), _weights(network.output), float(network.output.bias.detach()),
            spread,
        )  # fmt: skip
    raise TypeError(f"{type(network).__name__} is no comparison head")


@torch.no_grad()
def _begin(output: nn.Linear, weight: float) -> None:
    """Equal weights whose sums over features, of two unrelated vectors made even, are about undecided."""
    output.weight.fill_(weight * _share(output.weight))
    output.bias.fill_(BEGINS)


def _share(vectors: Tensor) -> float:
    """What sums over features are divided by, so that their weights are of one size, and learned at one rate."""
    return float(vectors.shape[1] ** -0.5)


def _weights(output: nn.Linear) -> Floats:
    return _array(output.weight[0] * _share(output.weight))


def _array(parameter: Tensor) -> Floats:
    return np.array(parameter.detach().cpu().numpy(), np.float32)
