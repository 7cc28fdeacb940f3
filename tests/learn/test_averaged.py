"""The mean of the weights: near the latest after few batches, slow after many, buffers of normalisation with it."""

import pytest
import torch

from resight.learn.averaged import averaged
from resight.learn.models import Embedder, started
from resight.learn.recipe import Model

NETWORK = Model(start="random", dimensions=8)


def _set(network: Embedder, value: float) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(value)
        for buffer in network.buffers():
            buffer.fill_(value)


def _means(values: list[float], kept: float) -> set[float]:
    """What the averaged parameters and buffers hold after a network had these values, one after another."""
    network = started(NETWORK, 32)
    means = averaged(network, kept)
    for value in values:
        _set(network, value)
        means.update_parameters(network)
    held = [*means.module.parameters(), *(b for b in means.module.buffers() if b.is_floating_point())]
    return {round(float(number), 4) for tensor in held for number in tensor.detach().aminmax()}


def test_without_averaging_it_is_the_network() -> None:
    assert _means([5, 1, 3], 0.0) == {3}


def test_a_short_training_forgets_where_it_began() -> None:
    (mean,) = _means([100.0] + [1.0] * 20, 0.99)
    assert 1 < mean < 1.001


@pytest.mark.parametrize(
    ("batches", "kept", "expected"),
    [(40, 0.9, 2 - 41 / 50), (100, 0.9, 2 - 0.9), (100, 0.99, 2 - 101 / 110)],
)
def test_a_single_bad_batch_after_many_moves_it_little(batches: int, kept: float, expected: float) -> None:
    (mean,) = _means([1.0] * batches + [2.0], kept)
    assert mean == pytest.approx(expected, abs=1e-3)  # (1 + n) / (10 + n) is kept, or `kept` if that is less
