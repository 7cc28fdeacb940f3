"""What is made small: losses over a batch of vectors of length 1, as pytorch-metric-learning has them, and triplets."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import ArcFaceLoss, SupConLoss, TripletMarginLoss
from pytorch_metric_learning.miners import TripletMarginMiner
from pytorch_metric_learning.reducers import MeanReducer
from torch import Tensor, nn

from resight.learn.recipe import Training

ARC_MARGIN, ARC_SCALE, TEMPERATURE = 20.0, 32.0, 0.1  # degrees, and two factors that suit a few hundred individuals
FASTER = 10.0  # the individuals' own directions start anywhere, and are learned faster than the network


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of a recipe with their weights; `arcface` has numbers of its own to learn."""

    training: Training
    arcface: nn.Module
    contrastive: nn.Module
    triplet: nn.Module
    miner: nn.Module

    def __call__(self, vectors: Tensor, labels: Tensor) -> Tensor:
        """The weighted sum over a batch (n, d) whose individuals have these numbers (n,)."""
        total = vectors.new_zeros(())
        if self.training.arcface:
            total = total + self.training.arcface * self.arcface(vectors, labels)
        if self.training.contrastive:
            total = total + self.training.contrastive * self.contrastive(vectors, labels)
        if self.training.triplet:
            total = total + self.training.triplet * self.triplet(vectors, labels, self.miner(vectors, labels))
        return total


def losses(training: Training, classes: int, dimensions: int, device: torch.device) -> Losses:
    """The losses for so many individuals."""
    squared = LpDistance(p=2, power=2)
    return Losses(
        training,
        ArcFaceLoss(classes, dimensions, margin=ARC_MARGIN, scale=ARC_SCALE).to(device),
        SupConLoss(temperature=TEMPERATURE),
        TripletMarginLoss(margin=training.margin, distance=squared, reducer=MeanReducer()),
        TripletMarginMiner(margin=training.margin, distance=squared, type_of_triplets="all"),
    )


def triplet_loss(anchors: Tensor, positives: Tensor, negatives: Tensor, margin: float) -> Tensor:
    """The thesis' loss: sum of max(0, |a - p|² - |a - n|² + margin)."""
    near = (anchors - positives).square().sum(dim=1)
    far = (anchors - negatives).square().sum(dim=1)
    return torch.relu(near - far + margin).sum()
