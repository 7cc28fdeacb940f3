"""Let torchvision be imported beside a torch that its compiled operators were not built for.

Beside a torch for the CPU alone, `import torchvision`, and so `import timm`, fails with "operator torchvision::nms does
not exist". Nothing here happens where the operators are there.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import torch


@cache
def import_torchvision() -> None:
    """Import torchvision, and before it register what it misses: non-maximum suppression, written in torch."""
    try:
        import torchvision
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        _register()
        import torchvision.extension

        torchvision.extension._has_ops = lambda: True


def non_maximum_suppression(boxes: torch.Tensor, scores: torch.Tensor, overlap: float) -> torch.Tensor:
    """The rows of the boxes (n, 4: x, y, x, y) that overlap no better one, the best first."""
    order = scores.argsort(descending=True, stable=True)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[rest, :2])
        high = torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        order = rest[shared <= overlap * (area[best] + area[rest] - shared)]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.int64, device=boxes.device)


_library: Any = None


def _register() -> None:
    global _library
    library: Any = torch.library
    _library = library.Library("torchvision", "DEF")  # what it registers lives as long as it does
    for name in ("nms", "qnms"):
        _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.impl("nms", non_maximum_suppression, "CPU")
