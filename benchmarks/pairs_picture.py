"""A picture of 40 random pairs of heads of the simulated cage: are they the same fish?

    python benchmarks/pairs_picture.py HEADS.csv OUT.jpg [--method onnx:model.onnx]

HEADS.csv is a table of named pictures, as benchmarks/fishnet.py writes it. Half of the pairs show one side of one fish
in two passes, half of them two fish. With a method, its distance stands below each pair.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from resight.chip.cut import cut
from resight.chip.padded import padded
from resight.evaluate.tables import read_annotations
from resight.media.photo import read_photo
from resight.media.table import read_table
from resight.types import Embeddings, Floats, Pixels, Record
from resight.work.processes import local_processes

PAIRS, COLUMNS, TILE, STRIP, GAP = 40, 5, 150, 20, 10


def drawn(records: list[Record], seed: int) -> list[tuple[int, int]]:
    """Pairs of rows, same and different in turn; the same come from different passes."""
    rng = np.random.default_rng(seed)
    who = np.array([f"{one.identity} {one.side}" for one in records])
    side = np.array([str(one.side) for one in records])
    when = np.array([one.encounter for one in records])
    pairs: list[tuple[int, int]] = []
    while len(pairs) < PAIRS:
        first = int(rng.integers(len(records)))
        same = len(pairs) % 2 == 0
        fits = (who == who[first]) & (when != when[first]) if same else (who != who[first]) & (side == side[first])
        if fits.any():
            pairs.append((first, int(rng.choice(np.flatnonzero(fits)))))
    return pairs


def tile(record: Record) -> Pixels:
    """The head on a square."""
    photo = read_photo(record.path)
    return padded(cut(photo, record.box, TILE), TILE, TILE)


def main() -> None:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--method")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    records = [one for one in read_table(asked.heads) if isinstance(one, Record)]
    vectors: Floats | None = None
    if asked.method:
        described, _ = read_annotations(asked.heads, asked.method, local_processes(2))
        assert isinstance(described.descriptors, Embeddings)
        vectors = described.descriptors.vectors
    width, height = 2 * TILE + GAP, TILE + STRIP + GAP
    sheet = Image.new("RGB", (GAP + COLUMNS * width, GAP + PAIRS // COLUMNS * height), (250, 250, 248))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, (one, other) in enumerate(drawn(records, asked.seed)):
        x, y = GAP + place % COLUMNS * width, GAP + place // COLUMNS * height
        for number, row in enumerate((one, other)):
            sheet.paste(Image.fromarray(tile(records[row])), (x + number * TILE, y))
        same = (records[one].identity, records[one].side) == (records[other].identity, records[other].side)
        text = "the same fish" if same else "two fish"
        if vectors is not None:
            text += f", distance {np.linalg.norm(vectors[one] - vectors[other]):.2f}"
        draw.text((x + 2, y + TILE + 3), text, (0, 92, 148) if same else (170, 74, 0), font)
    sheet.save(asked.out, quality=85)


if __name__ == "__main__":
    main()
