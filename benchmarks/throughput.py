"""Images a second in training: our way, each image embedded once a batch, against the thesis', three passes a triplet.

    python benchmarks/throughput.py [--seconds 40]

The same network (FishNet2), the same pictures, the same machine, in one run. Ours: batches of 64 with every pair of
them compared, in bfloat16. The thesis': 32 triplets, anchors, positives and negatives in three forward passes, float32,
and before that the whole pool of 10 images a fish embedded to find the triplets, of which few are usable later on. What
is counted is how many images get through, and how many pairs or triplets are learned from.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from resight.chip.padded import normalised
from resight.learn.losses import losses, triplet_loss
from resight.learn.models import build
from resight.learn.recipe import Training

SIZE, BATCH, TRIPLETS, FISH = 175, 64, 32, 16


def pictures(n: int) -> torch.Tensor:
    """So many random pictures, as the network takes them."""
    rng = np.random.default_rng(0)
    made = torch.from_numpy(normalised(rng.integers(0, 255, (n, SIZE, SIZE, 3), np.uint8)))
    return made.contiguous(memory_format=torch.channels_last)


def per_second(step: Callable[[], int], seconds: float) -> float:
    """What steps do in a second; the first one warms up."""
    step()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        done += step()
    return done / (time.perf_counter() - began)


def ours(precision: torch.dtype) -> Callable[[], int]:
    """A step of ours; gives the images that were learned from."""
    network = build("fishnet2").to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    criterion = losses(Training(), FISH, 128, torch.device("cpu"))
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    batch, labels = pictures(BATCH), torch.arange(BATCH) // (BATCH // FISH)

    def step() -> int:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision is torch.bfloat16):
            vectors = network(batch)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(criterion(vectors.float(), labels))
        optimizer.step()
        return BATCH

    return step


def thesis(mined: bool) -> Callable[[], int]:
    """A step of the thesis'; `mined` adds the share of embedding the pool that finding its triplets takes."""
    network = build("fishnet2").train()
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, eps=1e-7)
    three = [pictures(TRIPLETS).contiguous() for _ in range(3)]
    pool = pictures(TRIPLETS).contiguous()

    def step() -> int:
        if mined:
            # Of a fish's 10 images come 90 ordered pairs. When one pair in nine has a usable negative, as in later
            # epochs, a triplet costs the embedding of one image of the pool.
            with torch.inference_mode():
                network(pool)
        anchors, positives, negatives = (network(images) for images in three)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(triplet_loss(anchors, positives, negatives, 0.2))
        optimizer.step()
        return 3 * TRIPLETS

    return step


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40)
    asked = parser.parse_args()
    rows = [
        ("thesis: three passes a triplet, float32", per_second(thesis(False), asked.seconds), 1 / 3),
        ("thesis, with the pool embedded to find triplets", per_second(thesis(True), asked.seconds), 1 / 3),
        ("ours, float32", per_second(ours(torch.float32), asked.seconds), BATCH / 2),
        ("ours, bfloat16 (the default)", per_second(ours(torch.bfloat16), asked.seconds), BATCH / 2),
    ]
    table = Table(title="Training FishNet2, pictures of 175 pixels")
    for heading in ("way", "images a second", "times", "comparisons a second"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for name, rate, comparisons in rows:
        # A triplet compares two pairs for its three images; in a batch each image meets all others.
        pairs = rate * (2 * comparisons if comparisons < 1 else comparisons)
        table.add_row(name, f"{rate:.1f}", f"{rate / rows[0][1]:.1f}", f"{pairs:,.0f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
