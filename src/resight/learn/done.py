"""What an epoch comes to, and the check that it comes to anything."""

from __future__ import annotations

import math
from dataclasses import dataclass

from resight.errors import ResightError


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in an epoch: the mean loss, the pictures that went through the network, usable triplets."""

    loss: float
    images: int
    triplets: int


def check_loss(loss: float, epoch: int) -> None:
    """ResightError where the loss is no number any more."""
    if not math.isfinite(loss):
        raise ResightError(
            f"the loss became {loss} in epoch {epoch + 1}: the epochs before it are kept. Set a smaller learning_rate "
            'in the recipe, or precision = "float32", and train into a new folder'
        )
