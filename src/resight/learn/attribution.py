"""Which parts of two pictures make a network think them alike: a similarity shared out over the places of both.

An embedding that averages its last feature map is a sum over places, and so is the dot product of two of them: each
pair of places, one of each picture, adds its part (Stylianou et al. 2019; Zhu et al. 2019). Summed over the places of
the other picture, that is what one place adds to the similarity; it may be below 0, where a place speaks against it.
Nothing is approximated, and no gradients are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from resight.chip.padded import normalised
from resight.errors import ResightError
from resight.learn.models import Embedder
from resight.types import Doubles, Pixels

LAID_ON = 0.7  # how much of a colour is laid on the photo where a place counts most


@dataclass(frozen=True, slots=True)
class Attribution:
    """What each place of two pictures adds to their similarity, in the cells of the last feature map (y, x).

    Each of the two maps sums to the similarity, which is the cosine of the two embeddings.
    """

    one: Doubles
    other: Doubles

    @property
    def similarity(self) -> float:
        """From -1 to 1."""
        return float(self.one.sum())


def attribution(network: Embedder, one: Pixels, other: Pixels) -> Attribution:
    """Share out the similarity of two pictures (h, w, 3) over their places.

    The head's bias is shared out evenly. ResightError where the network's body gives no map.
    """
    ours, theirs = _by_place(network, one), _by_place(network, other)
    our_vector, their_vector = ours.sum(dim=(1, 2)), theirs.sum(dim=(1, 2))
    length = torch.clamp(our_vector.norm() * their_vector.norm(), min=1e-12)
    return Attribution(
        (torch.einsum("dyx,d->yx", ours, their_vector) / length).numpy(),
        (torch.einsum("dyx,d->yx", theirs, our_vector) / length).numpy(),
    )


def painted(one: Pixels, other: Pixels, shares: Attribution) -> Pixels:
    """Both pictures beside each other, orange where a place makes them alike, blue where it speaks against it: RGB.

    Both are coloured by one scale, on which the place that counts most is full.
    """
    most = max(float(np.abs(shares.one).max()), float(np.abs(shares.other).max()), 1e-12)
    shown = [_laid_on(picture, share / most) for picture, share in ((one, shares.one), (other, shares.other))]
    height = shown[0].shape[0]
    right = cv2.resize(shown[1], (max(1, round(shown[1].shape[1] * height / shown[1].shape[0])), height))
    return np.hstack([shown[0], np.asarray(right, np.uint8)])


def write_attribution(network: Embedder, one: Pixels, other: Pixels, path: Path) -> Attribution:
    """Write both pictures, coloured by what makes them alike, as a PNG."""
    shares = attribution(network, one, other)
    shown = painted(one, other, shares)
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))[1].tobytes())
    return shares


def _by_place(network: Embedder, picture: Pixels) -> Tensor:
    """What each place adds to the embedding before it is brought to length 1: (d, y, x), in double precision."""
    before = network.training
    try:
        with torch.no_grad():
            found = network.eval().body(torch.from_numpy(normalised(picture[None])))
    finally:
        network.train(before)
    if found.ndim != 4:
        raise ResightError(
            "this network gives a vector and no map of places, so a similarity cannot be shared out over them"
        )
    maps = found[0].double()
    cells = maps.shape[1] * maps.shape[2]
    weight, bias = network.head.weight.detach().double(), network.head.bias.detach().double()
    if network.flat:
        added = torch.einsum("dcyx,cyx->dyx", weight.view(len(weight), *maps.shape), maps)
    else:
        added = torch.einsum("dc,cyx->dyx", weight, maps) / cells
    shares: Tensor = added + bias[:, None, None] / cells
    return shares


def _laid_on(picture: Pixels, share: Doubles) -> Pixels:
    height, width = picture.shape[:2]
    large = cv2.resize(share, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    colour = np.where(large > 0, (255, 140, 0), (0, 110, 255))
    weight = LAID_ON * np.clip(np.abs(large), 0, 1)
    return np.clip(picture * (1 - weight) + colour * weight, 0, 255).astype(np.uint8)
