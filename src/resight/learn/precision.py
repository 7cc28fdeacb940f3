"""Half precision where it is faster, and not where it is slower."""

from __future__ import annotations

from functools import cache
from typing import Literal

import torch


def mixed(device: str, wanted: Literal["float32", "bfloat16"]) -> torch.autocast:
    """Mixed precision on this kind of device, if it is wanted and the device has it."""
    return torch.autocast(device, torch.bfloat16, enabled=wanted == "bfloat16" and _has_bfloat16(device))


@cache
def _has_bfloat16(device: str) -> bool:
    """A processor without the instructions emulates them, and takes ten times as long as with full precision."""
    return device != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
