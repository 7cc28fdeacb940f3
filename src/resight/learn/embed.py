"""Vectors of many pictures, by the network as it stands."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from resight.chip.padded import normalised
from resight.learn.models import Embedder
from resight.learn.pictures import Pictures
from resight.learn.precision import mixed
from resight.learn.recipe import Training
from resight.types import Floats, Ints, Pixels

BATCH = 64


def embed(network: Embedder, pictures: Pictures, rows: Ints, training: Training) -> Floats:
    """Vectors (n, d) of these rows, the pictures as they are; the network is left in the mode it was in."""
    before = network.training
    network.eval()
    with torch.inference_mode(), precision(network, training):
        found = [
            network(tensor(network, [pictures.picture(row) for row in rows[start : start + BATCH].tolist()]))
            for start in range(0, len(rows), BATCH)
        ]
    network.train(before)
    return np.asarray(torch.cat(found).cpu().numpy(), np.float32)


def tensor(network: Embedder, pictures: list[Pixels]) -> Tensor:
    """Pictures as the network takes them, where the network is."""
    images = torch.from_numpy(normalised(np.stack(pictures)))
    device = next(network.parameters()).device
    return images.to(device, memory_format=torch.channels_last, non_blocking=True)


def precision(network: Embedder, training: Training) -> torch.autocast:
    """Mixed precision where the recipe says so, and the machine has it."""
    return mixed(next(network.parameters()).device.type, training.precision)
