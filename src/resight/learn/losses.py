"""What is made small: losses over a batch of vectors, those for vectors of length 1 by pytorch-metric-learning."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import ArcFaceLoss, SupConLoss, TripletMarginLoss
from pytorch_metric_learning.miners import TripletMarginMiner
from pytorch_metric_learning.reducers import MeanReducer
from torch import Tensor, nn
from torch.nn import functional

from resight.learn.recipe import Training

ARC_MARGIN, ARC_SCALE, TEMPERATURE = 20.0, 32.0, 0.1  # degrees, and two factors that suit a few hundred individuals
FASTER = 10.0  # what stands for each individual starts anywhere, and is learned faster than the network


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of a recipe with their weights; `arcface` and `classifier` have numbers of their own to learn.

    `classifier` is there only where the softmax has a weight.
    """

    training: Training
    arcface: nn.Module
    contrastive: nn.Module
    triplet: nn.Module
    miner: nn.Module
    classifier: nn.Linear | None

    def __call__(self, vectors: Tensor, labels: Tensor) -> Tensor:
        """The weighted sum over a batch (n, d) whose individuals have these numbers (n,)."""
        total = vectors.new_zeros(())
        if self.training.arcface:
            total = total + self.training.arcface * self.arcface(vectors, labels)
        if self.training.contrastive:
            total = total + self.training.contrastive * self.contrastive(vectors, labels)
        if self.training.triplet:
            total = total + self.training.triplet * self.triplet(vectors, labels, self.miner(vectors, labels))
        if self.training.pairs:
            total = total + self.training.pairs * pair_loss(vectors, labels, self.training.pair_margin)
        if self.classifier is not None:
            total = total + self.training.softmax * functional.cross_entropy(self.classifier(vectors), labels)
        return total


def losses(training: Training, classes: int, dimensions: int, device: torch.device) -> Losses:
    """The losses for so many individuals."""
    squared = LpDistance(p=2, power=2)
    return Losses(
        training,
        ArcFaceLoss(classes, dimensions, margin=ARC_MARGIN, scale=ARC_SCALE).to(device),
        SupConLoss(temperature=TEMPERATURE),
        TripletMarginLoss(margin=training.margin, distance=squared, reducer=MeanReducer()),
        TripletMarginMiner(margin=training.margin, distance=squared, type_of_triplets=training.triplets),
        nn.Linear(dimensions, classes).to(device) if training.softmax else None,
    )


def pair_loss(vectors: Tensor, labels: Tensor, margin: float) -> Tensor:
    """The contrastive loss of Hadsell, Chopra and LeCun (2006) over all pairs of a batch (n, d), of any length.

    A pair of one individual at distance d costs d², one of two max(0, margin - d)². Each kind counts half, whatever
    its number: that is what pairs drawn half and half come to on average, without the chance in it, and every pair of
    the batch is there anyway.
    """
    squared = (vectors[:, None] - vectors[None]).square().sum(dim=2)
    same = labels[:, None] == labels
    once = torch.ones_like(same).triu(diagonal=1)
    # The root of nothing has no slope.
    short = torch.relu(margin - squared.clamp(min=1e-12).sqrt()).square()
    return (_mean(squared, same & once) + _mean(short, ~same & once)) / 2


def _mean(costs: Tensor, chosen: Tensor) -> Tensor:
    return (costs * chosen).sum() / chosen.sum().clamp(min=1)


def triplet_loss(anchors: Tensor, positives: Tensor, negatives: Tensor, margin: float) -> Tensor:
    """The thesis' loss: sum of max(0, |a - p|² - |a - n|² + margin)."""
    near = (anchors - positives).square().sum(dim=1)
    far = (anchors - negatives).square().sum(dim=1)
    return torch.relu(near - far + margin).sum()
