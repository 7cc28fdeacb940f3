"""What the foreground network that ships sees of animals that it never learned, beside U²-Net-p.

    python -m benchmarks.masks DATA [--photos 60] [--picture FILE.png]

prints for each data set how much both masks overlap, how often each is believable, and the seconds that a mask takes.
There is no truth on these photos: where both differ, the picture shows which is right.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from resight.chip.mask import OnnxForeground, believable, shipped, u2netp
from resight.chip.padded import padded
from resight.media.photo import read_photo
from resight.media.table import read_table
from resight.types import Chip, Mask, Pixels, Record

SETS = ("nyaladata", "liondata", "humpback100", "fs48", "atrw", "four_species")
SHOWN, TILE = 8, 150


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--photos", type=int, default=60)
    asked.add_argument("--picture", type=Path)
    asked.add_argument("--model", type=Path, help="another network than that which ships")
    given = asked.parse_args()
    ours, theirs = OnnxForeground(given.model) if given.model else shipped(), u2netp()
    print(
        "| set | photos | overlap, median | overlap under 0.5 | ours believed | theirs believed | s, ours | s, theirs |"
    )
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    for name in SETS:
        records = [one for one in read_table(given.data / name / "metadata.csv") if isinstance(one, Record)]
        chosen = np.random.default_rng(0).permutation(len(records))[: given.photos]
        overlaps, believed, seconds, tiles = [], [], [], []
        for row in chosen.tolist():
            pixels = read_photo(records[row].path).pixels
            (one, took), (other, longer) = timed(ours, pixels), timed(theirs, pixels)
            overlaps.append(float((one & other).astype(bool).sum() / max(1, int((one | other).astype(bool).sum()))))
            believed.append((believable(one), believable(other)))
            seconds.append((took, longer))
            tiles.append(np.vstack([shown(pixels, None), shown(pixels, one), shown(pixels, other)]))
        mine, others = np.mean(believed, axis=0)
        took, longer = np.mean(seconds, axis=0)
        low = np.mean(np.array(overlaps) < 0.5)
        print(
            f"| {name} | {len(overlaps)} | {np.median(overlaps):.2f} | {low:.0%} | {mine:.0%} | {others:.0%} | "
            f"{took:.3f} | {longer:.3f} |",
            flush=True,
        )
        rows.append(np.hstack(tiles[:SHOWN]))
    if given.picture:
        cv2.imwrite(str(given.picture), np.vstack(rows)[..., ::-1])


def timed(network: OnnxForeground, pixels: Pixels) -> tuple[Mask, float]:
    """The mask, and the seconds that it took."""
    began = time.perf_counter()
    return network(pixels), time.perf_counter() - began


def shown(pixels: Pixels, mask: Mask | None) -> Pixels:
    """A tile of the photo, what is not the animal grey."""
    return padded(Chip(pixels, np.eye(2, 3), mask), TILE, TILE)


if __name__ == "__main__":
    main()
