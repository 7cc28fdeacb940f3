"""Pictures for people: a chip made smaller, and two animals side by side with their matched spots joined."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw

from resight.export.side_by_side import (
    MOST_LINES,
    RING_RADIUS,
    Placement,
    SideBySide,
    between_rings,
    ink,
    joins,
    side_by_side,
)
from resight.types import Doubles, Evidence, Pixels

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PAPER = 255
INK = 30
EDGE = 0.4
TEXT_SIZE = 17
CAPTION_HEIGHT = 30
# OpenCV draws between pixels when coordinates are integers with this many bits behind the point.
FRACTION_BITS = 4


def match_picture(
    query_chip: Pixels,
    gallery_chip: Pixels,
    evidence: Evidence,
    *,
    captions: tuple[str, str] | None = None,
    width: int = 900,
    most: int = MOST_LINES,
) -> Pixels:
    """Draw both animals at one height, matched spots ringed and joined, the strongest in yellow on top.

    `evidence` is in pixels of the two chips as given here. At most `most` lines are drawn, the strongest.
    `captions` go under the query and the gallery chip, shortened to fit. The picture is `width` pixels
    across, or less where both chips are tall.

    >>> chip = np.zeros((40, 60, 3), np.uint8)
    >>> spot = np.array([[30, 20]], np.float32)
    >>> match_picture(chip, chip, Evidence(spot, spot, np.ones(1, np.float32))).shape
    (297, 900, 3)
    """
    layout = side_by_side(query_chip, gallery_chip, width)
    picture = np.full((layout.height, layout.width, 3), PAPER, dtype=np.uint8)
    for chip, place in ((query_chip, layout.query), (gallery_chip, layout.gallery)):
        picture[:, place.left : place.left + place.width] = _resized(chip, place.width, place.height)
    drawn = joins(evidence, layout, most)
    for start, end, strength in zip(drawn.starts, drawn.ends, drawn.strengths, strict=True):
        picture = _joined(picture, start, end, float(strength))
    return picture if captions is None else np.vstack([picture, _captions(captions, layout)])


def jpeg(chip: Pixels, longest: int, quality: int) -> bytes:
    """The chip as a JPEG file, its longer side at most `longest` pixels; a smaller chip keeps its size."""
    height, width = chip.shape[:2]
    share = min(1.0, longest / max(height, width))
    small = _resized(chip, max(1, round(width * share)), max(1, round(height * share)))
    file = io.BytesIO()
    Image.fromarray(small).save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()


def data_uri(jpeg_file: bytes) -> str:
    """A JPEG file as text that stands in a page in place of an address.

    >>> data_uri(b"resight")
    'data:image/jpeg;base64,cmVzaWdodA=='
    """
    return "data:image/jpeg;base64," + base64.b64encode(jpeg_file).decode("ascii")


def _resized(chip: Pixels, width: int, height: int) -> Pixels:
    resized = Image.fromarray(chip).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    return np.asarray(resized, dtype=np.uint8)


def _joined(picture: Pixels, start: Doubles, end: Doubles, strength: float) -> Pixels:
    colour, opacity = ink(strength)
    # A soft dark edge first: a bright line alone is lost on pale fur, sand and sky.
    edged = _stroked(picture, start, end, (0, 0, 0), 3, opacity * EDGE)
    return _stroked(edged, start, end, colour, 1, opacity)


def _stroked(
    picture: Pixels,
    start: Doubles,
    end: Doubles,
    colour: tuple[int, int, int],
    thickness: int,
    opacity: float,
) -> Pixels:
    over = picture.copy()
    tail, head = between_rings(start, end)
    cv2.line(over, _fixed(tail), _fixed(head), colour, thickness, cv2.LINE_AA, FRACTION_BITS)
    for spot in (start, end):
        radius = round(RING_RADIUS * 2**FRACTION_BITS)
        cv2.circle(over, _fixed(spot), radius, colour, thickness, cv2.LINE_AA, FRACTION_BITS)
    return np.asarray(cv2.addWeighted(over, opacity, picture, 1 - opacity, 0), dtype=np.uint8)


def _fixed(point: Doubles) -> tuple[int, int]:
    x, y = np.rint((np.clip(point, -10_000, 10_000) - 0.5) * 2**FRACTION_BITS).astype(int)
    return int(x), int(y)


def _captions(captions: tuple[str, str], layout: SideBySide) -> Pixels:
    strip = Image.new("RGB", (layout.width, CAPTION_HEIGHT), (PAPER, PAPER, PAPER))
    draw = ImageDraw.Draw(strip)
    font = _font()
    for caption, place in zip(captions, (layout.query, layout.gallery), strict=True):
        middle = (place.left + place.width / 2, CAPTION_HEIGHT / 2)
        draw.text(middle, _shortened(caption, place, font), (INK, INK, INK), font, anchor="mm")
    return np.asarray(strip, dtype=np.uint8)


def _shortened(caption: str, place: Placement, font: FreeTypeFont) -> str:
    line = " ".join(caption.split())
    if font.getlength(line) <= place.width:
        return line
    while line and font.getlength(line + "…") > place.width:
        line = line[:-1]
    return line.rstrip() + "…"


def _font() -> FreeTypeFont:
    """The DejaVu Sans that matplotlib brings: the same on every machine, and at home in most alphabets."""
    import matplotlib
    from PIL import ImageFont

    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), TEXT_SIZE)
