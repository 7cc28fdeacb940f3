"""Training as in the thesis FishNet: a pool of each fish's images, usable triplets from it, batches of 32 triplets."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from resight.errors import ResightError
from resight.learn.augment import augmented
from resight.learn.done import Done, check_loss
from resight.learn.embed import embed, precision, tensor
from resight.learn.losses import triplet_loss
from resight.learn.models import Embedder
from resight.learn.pictures import Pictures
from resight.learn.recipe import Recipe
from resight.learn.triplets import pool, select_triplets
from resight.types import Floats, Ints

TRIPLETS = 32


def thesis_epoch(
    network: Embedder, optimizer: torch.optim.Optimizer, learning: Pictures, flanks: Ints, recipe: Recipe,
    epoch: int, rng: np.random.Generator, tell: Callable[[str, int, int], None],
) -> Done:  # fmt: skip
    """One epoch; ResightError where no triplet is usable from the start, as there is then nothing to learn."""
    how = recipe.training
    rows = pool(flanks, how.photos, rng)
    triplets = rows[select_triplets(embed(network, learning, rows, how), flanks[rows], how.margin, rng)]
    if not len(triplets) and epoch == 0:
        raise ResightError("no photo is nearer to another animal's than the margin: there is nothing to learn from")
    for group in optimizer.param_groups:
        group["lr"] = how.learning_rate
    network.train()
    total = 0.0
    starts = range(0, len(triplets), TRIPLETS)
    order = rng.permutation(len(triplets))
    for step, start in enumerate(starts):
        batch = triplets[order[start : start + TRIPLETS]]
        pictures = [augmented(learning.picture(row), recipe.augmentation, rng) for row in batch.T.ravel().tolist()]
        with precision(network, how):
            vectors = network(tensor(network, pictures)).float()
        anchors, positives, negatives = vectors.chunk(3)
        loss = triplet_loss(anchors, positives, negatives, how.margin)
        check_loss(float(loss.detach()), epoch)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        total += float(loss.detach())
        tell(f"Epoch {epoch + 1}: batches of triplets", step + 1, len(starts))
    return Done(total / max(len(starts), 1), 3 * len(triplets), len(triplets))


def validation_loss(vectors: Floats, flanks: Ints, margin: float, rng: np.random.Generator) -> float:
    """The mean loss of a triplet, over all pairs of one fish with one negative each, usable or not."""
    triplets = select_triplets(vectors, flanks, math.inf, rng)
    anchors, positives, negatives = (torch.from_numpy(vectors[column]) for column in triplets.T)
    return float(triplet_loss(anchors, positives, negatives, margin)) / max(len(triplets), 1)
