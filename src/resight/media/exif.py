"""When and where a photo was taken, by its EXIF block.

What cannot be understood counts as not stated: a camera whose clock was never set still makes usable photos.
Tags as in the standard CIPA DC-008 (Exif 2.32), sections 4.6.5 and 4.6.6.
"""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from resight.types import Place


def taken_at(exif: Image.Exif) -> datetime | None:
    """The moment the shutter opened, in the camera's local time; with an offset where the camera wrote one.

    Only DateTimeOriginal is asked: the other times are those of scanning and of editing.
    """
    tags = _part(exif, IFD.Exif)
    moment = _moment(_text(tags.get(Base.DateTimeOriginal)))
    if moment is None:
        return None
    fraction = _text(tags.get(Base.SubsecTimeOriginal))
    if fraction.isascii() and fraction.isdigit():
        moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    zone = _zone(_text(tags.get(Base.OffsetTimeOriginal)))
    return moment if zone is None else moment.replace(tzinfo=zone)


def place(exif: Image.Exif) -> Place | None:
    """Where the camera was. Exactly 0, 0 is what receivers write without a fix: it counts as not stated."""
    tags = _part(exif, IFD.GPSInfo)
    lat = _degrees(tags.get(GPS.GPSLatitude), _text(tags.get(GPS.GPSLatitudeRef)), "NS")
    lon = _degrees(tags.get(GPS.GPSLongitude), _text(tags.get(GPS.GPSLongitudeRef)), "EW")
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    try:
        return Place(lat, lon)
    except ValueError:
        return None


def _part(exif: Image.Exif, part: IFD) -> dict[int, Any]:
    # Given damaged bytes Pillow may raise anything here, and the picture is good all the same.
    with suppress(Exception):
        return exif.get_ifd(part)
    return {}


def _text(value: Any) -> str:
    """A tag's text; some programs write it as bytes, or end it with a null."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    try:
        offset = datetime.strptime(text, "%z").utcoffset()
    except ValueError:
        return None
    return None if offset is None else timezone(offset)


def _degrees(value: Any, reference: str, directions: str) -> float | None:
    """Degrees from up to three numbers (degrees, minutes, seconds) and the letter of the hemisphere."""
    if len(reference) != 1 or reference.upper() not in directions:
        return None
    try:
        numbers = [float(part) for part in (value if isinstance(value, tuple) else (value,))]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    degrees = sum(part / unit for part, unit in zip(numbers, (1, 60, 3600), strict=False))
    if not numbers or not math.isfinite(degrees):
        return None
    return degrees if reference.upper() == directions[0] else -degrees
