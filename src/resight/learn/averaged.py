"""The mean of a network's weights over its latest batches: steadier than the last ones, and mostly better."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def averaged(network: nn.Module, kept: float) -> AveragedModel:
    """A copy of the network that `update_parameters` moves towards it, keeping this share of itself each time.

    After n batches it keeps (1 + n) / (10 + n) at most: a mean over about the last tenth of a short training, which
    has forgotten where it began.
    """

    @torch.no_grad()
    def move(
        means: tuple[Tensor, ...] | list[Tensor], present: tuple[Tensor, ...] | list[Tensor], count: Tensor | int
    ) -> None:
        share = 1 - min(kept, (1 + int(count)) / (10 + int(count)))
        if means[0].is_floating_point():
            torch._foreach_lerp_(means, present, share)
        else:
            for mean, value in zip(means, present, strict=True):
                mean.copy_(value)

    return AveragedModel(network, multi_avg_fn=move, use_buffers=True)
