"""Where a network sees something in a picture, after the heat maps of DeepWhale.

The last normalised feature maps, each enlarged to the picture. Where the maps say different things, their deviation is
large: something of interest is there. Where many maps have their maximum, many features are found best. Both together
show what the network looks at; neither knows why, or in comparison with what. For that see `learn.attribution`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from resight.chip.padded import normalised
from resight.errors import ResightError
from resight.learn.models import Embedder
from resight.types import Floats, Pixels

AT_ONCE = 64  # maps enlarged at a time
FINE = 8  # times that they are enlarged at most; beyond, their deviation is
BLUR = 0.25  # of a map's cell: a maximum is known no better
BRIGHTEST = 99.5  # percentile that is painted in full


@dataclass(frozen=True, slots=True)
class Heat:
    """Of each pixel of a picture (h, w): the deviation across maps, and how many maps have their maximum there."""

    deviation: Floats
    maxima: Floats


def heat(network: Embedder, picture: Pixels) -> Heat:
    """The heat of a picture (h, w, 3), by the output of the network's last normalisation that has a map.

    The maxima are spread over a part of a map's cell, and their sum is the number of maps. ResightError where the
    network has no maps.
    """
    maps = feature_maps(network, picture)
    height, width = picture.shape[:2]
    fine = min(height, FINE * maps.shape[1]), min(width, FINE * maps.shape[2])
    summed, squared = (np.zeros(fine, np.float64) for _ in range(2))
    for first in range(0, len(maps), AT_ONCE):
        part = maps[None, first : first + AT_ONCE]
        large = functional.interpolate(part, fine, mode="bilinear", align_corners=False)[0].double()
        summed += large.sum(dim=0).numpy()
        squared += large.square().sum(dim=0).numpy()
    variance = squared / len(maps) - (summed / len(maps)) ** 2
    deviation = cv2.resize(np.sqrt(np.maximum(variance, 0)), (width, height), interpolation=cv2.INTER_LINEAR)
    return Heat(np.asarray(deviation, np.float32), _maxima(maps, height, width))


def feature_maps(network: Embedder, picture: Pixels) -> Tensor:
    """The maps (c, y, x) that the network's last normalisation with a map gives of a picture (h, w, 3)."""
    found: list[Tensor] = []

    def keep(_module: nn.Module, _given: tuple[Tensor, ...], output: Tensor) -> None:
        if output.ndim == 4:
            found.append(output.detach().clone())  # what follows may write into it

    kinds = nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm
    hooks = [module.register_forward_hook(keep) for module in network.body.modules() if isinstance(module, kinds)]
    before = network.training
    try:
        with torch.no_grad():
            last = network.eval().body(torch.from_numpy(normalised(picture[None])))
    finally:
        network.train(before)
        for hook in hooks:
            hook.remove()
    maps = found[-1] if found else last
    if maps.ndim != 4:
        raise ResightError("this network has no feature maps, so it cannot be shown where it looks")
    return maps[0].float()


def painted(heat: Heat) -> Pixels:
    """The deviation in green, the maxima in pink, both in white, nothing in black: RGB (h, w, 3)."""
    deviation, maxima = (_levels(one) for one in (heat.deviation, heat.maxima))
    return np.dstack([maxima, deviation, maxima])


def beside(picture: Pixels, painting: Pixels) -> Pixels:
    """The picture, and the painting over it in grey: RGB (h, 2 w, 3)."""
    grey = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    over = cv2.addWeighted(grey, 0.4, painting, 0.8, 0)
    return np.hstack([picture, np.asarray(over, np.uint8)])


def write_heat(network: Embedder, picture: Pixels, path: Path) -> None:
    """Write a PNG: the picture (h, w, 3), and beside it its heat."""
    shown = beside(picture, painted(heat(network, picture)))
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))[1].tobytes())


def _maxima(maps: Tensor, height: int, width: int) -> Floats:
    """How many maps have their maximum at each pixel; of one that is the same everywhere no pixel is the maximum."""
    _, down, across = maps.shape
    flat = maps.flatten(1)
    places = flat.argmax(dim=1)[flat.amax(dim=1) > flat.amin(dim=1)]
    cells = torch.bincount(places, minlength=down * across).view(down, across).numpy()
    large = np.zeros((height, width), np.float32)
    ys = ((np.arange(down) + 0.5) * height / down).astype(int)
    xs = ((np.arange(across) + 0.5) * width / across).astype(int)
    large[np.ix_(ys, xs)] = cells
    return np.asarray(cv2.GaussianBlur(large, (0, 0), BLUR * height / down), np.float32)


def _levels(one: Floats) -> Pixels:
    low, high = float(one.min()), float(np.percentile(one, BRIGHTEST))
    levels: Pixels = np.clip((one - low) / max(high - low, 1e-9) * 255, 0, 255).astype(np.uint8)
    return levels
