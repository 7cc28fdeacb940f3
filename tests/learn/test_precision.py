"""Half precision is used where it was asked for and the machine has it."""

import torch

from resight.learn.precision import mixed


def multiplied(wanted: str) -> torch.dtype:
    one = torch.ones(4, 4)
    with mixed("cpu", wanted):  # type: ignore[arg-type]
        return (one @ one).dtype


def test_full_precision_stays_full() -> None:
    assert multiplied("float32") is torch.float32


def test_half_precision_is_left_where_the_processor_would_emulate_it() -> None:
    has = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    assert multiplied("bfloat16") is (torch.bfloat16 if has else torch.float32)
