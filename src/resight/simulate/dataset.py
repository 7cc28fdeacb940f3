"""A simulated data set on disk: photos, masks and tables such as people bring, and a contact sheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from resight.errors import ResightError
from resight.simulate.heads import Simulated, simulate_head
from resight.types import Pixels, Side

_FIRST_PASS = datetime(2024, 6, 3, 9, 0)
_BETWEEN_PASSES = timedelta(days=14)
_COLUMNS = ["path", "identity", "side", "part", "encounter", "date", "x", "y", "w", "h", "mask"]
_README = """These pictures are SYNTHETIC. No fish, cage or camera took part: resight drew them.

Simulated salmon heads, made by resight.simulate (seed {seed}). There is a folder for each pass of the fish
before the camera. Its metadata.csv names every photo's fish and box, and the mask of its head (white on the
head). fish-001 has the same spots in every pass; its left and its right side have different ones.
"""


def write_heads(
    folder: Path,
    individuals: int,
    passes: int = 2,
    photos_per_pass: int = 1,
    seed: int = 0,
    sides: Sequence[Side] = (Side.LEFT,),
    newcomers: int = 0,
) -> list[Path]:
    """Write photos of so many fish into a new folder; gives the table of each pass, first pass first.

    `folder/pass-1/metadata.csv` has a row for each photo of the first pass, with its box and its mask, and so
    on: the last holds the queries, the others the gallery. The last `newcomers` fish come by in the last pass
    alone, so that they are new in it. The same arguments give the same bytes. Every file says it is synthetic.

    Raises ResightError where the folder already holds something.
    """
    if not 0 <= newcomers < individuals or passes < 1 or photos_per_pass < 1:
        raise ValueError("individuals, passes and photos_per_pass start at 1; newcomers are some of the fish")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ResightError(f"{folder} already holds something: name a new or an empty folder for the simulation")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.txt").write_text(_README.format(seed=seed), encoding="utf-8")
    tables = []
    for pass_ in range(passes):
        place = folder / f"pass-{pass_ + 1}"
        (place / "masks").mkdir(parents=True)
        present = individuals if pass_ == passes - 1 else individuals - newcomers
        rows = [
            _written(place, simulate_head(seed, individual, pass_, photo, side), photo)
            for individual in range(present)
            for side in sides
            for photo in range(photos_per_pass)
        ]
        tables.append(place / "metadata.csv")
        with tables[-1].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([_COLUMNS, *rows])
    return tables


def contact_sheet(flanks: Sequence[Sequence[Simulated]], tile_width: int = 400) -> Pixels:
    """Photos side by side with captions: a column for each flank, its photos from top to bottom.

    So what is above each other is the same fish, and what is beside each other is not.
    """
    gap, strip = tile_width // 50, tile_width // 13
    tile_height = tile_width * flanks[0][0].pixels.shape[0] // flanks[0][0].pixels.shape[1]
    rows = max(len(photos) for photos in flanks)
    size = (gap + len(flanks) * (tile_width + gap), gap + rows * (tile_height + strip + gap))
    sheet = Image.new("RGB", size, (250, 250, 248))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(strip * 0.62)
    for column, photos in enumerate(flanks):
        for row, photo in enumerate(photos):
            x, y = gap + column * (tile_width + gap), gap + row * (tile_height + strip + gap)
            tile = cv2.resize(photo.pixels, (tile_width, tile_height), interpolation=cv2.INTER_AREA)
            sheet.paste(Image.fromarray(tile), (x, y))
            caption = f"Fish {photo.individual + 1}, {photo.side} side, pass {photo.pass_ + 1}"
            draw.text((x + 2, y + tile_height + strip / 2), caption, (40, 48, 54), font, anchor="lm")
    return np.asarray(sheet)


def _written(place: Path, simulated: Simulated, photo: int) -> list[str]:
    """Write the photo and its mask; gives its row of the table."""
    identity = f"fish-{simulated.individual + 1:03}"
    name = f"{identity}-{simulated.side}-{photo + 1}"
    # Fish come by one after another, a photo a second.
    taken = _FIRST_PASS + simulated.pass_ * _BETWEEN_PASSES
    taken += timedelta(minutes=2 * simulated.individual, seconds=photo)
    _write_photo(place / f"{name}.jpg", simulated.pixels, taken)
    _write_mask(place / "masks" / f"{name}.png", simulated.mask)
    box = simulated.box
    numbers = [str(round(number)) for number in (box.x, box.y, box.w, box.h)]
    encounter = f"pass-{simulated.pass_ + 1}-{identity}"
    described = [f"{name}.jpg", identity, str(simulated.side), "head", encounter, taken.isoformat(sep=" ")]
    return [*described, *numbers, f"masks/{name}.png"]


def _write_photo(path: Path, pixels: Pixels, taken: datetime) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "synthetic: simulated by resight"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    Image.fromarray(pixels).save(path, quality=92, exif=exif, comment=b"synthetic")


def _write_mask(path: Path, mask: Pixels) -> None:
    note = PngInfo()
    note.add_text("Comment", "synthetic")
    Image.fromarray(mask).save(path, pnginfo=note)
