from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from resight.media.photo import read_photo
from resight.types import Photo, Place

pillow_heif.register_heif_opener()


def photo_with(path: Path, moment: Mapping[int, Any] | None = None, gps: Mapping[int, Any] | None = None) -> Photo:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update(moment or {})
    exif.get_ifd(IFD.GPSInfo).update(gps or {})
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(path, exif=exif.tobytes())
    return read_photo(path)


def position(lat: Any, lat_ref: str, lon: Any, lon_ref: str) -> dict[int, Any]:
    return {
        GPS.GPSLatitude: lat,
        GPS.GPSLatitudeRef: lat_ref,
        GPS.GPSLongitude: lon,
        GPS.GPSLongitudeRef: lon_ref,
    }


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.heic"])
def test_time_and_place_in_every_format(tmp_path: Path, name: str) -> None:
    photo = photo_with(
        tmp_path / name,
        {
            Base.DateTimeOriginal: "2020:12:25 14:30:05",
            Base.SubsecTimeOriginal: "25",
            Base.OffsetTimeOriginal: "+05:30",
        },
        position((33.0, 51.0, 36.0), "S", (151.0, 12.0, 36.0), "E"),
    )
    zone = timezone(timedelta(hours=5, minutes=30))
    assert photo.taken_at == datetime(2020, 12, 25, 14, 30, 5, 250_000, zone)
    assert photo.place is not None
    assert (photo.place.lat, photo.place.lon) == pytest.approx((-33.86, 151.21))


@pytest.mark.parametrize(
    ("refs", "signs"), [("NE", (1, 1)), ("SE", (-1, 1)), ("NW", (1, -1)), ("SW", (-1, -1)), ("sw", (-1, -1))]
)
def test_hemispheres(tmp_path: Path, refs: str, signs: tuple[int, int]) -> None:
    gps = position((10.0, 30.0, 0.0), refs[0], (20.0, 15.0, 0.0), refs[1])
    place = photo_with(tmp_path / "a.jpg", gps=gps).place
    assert place == Place(10.5 * signs[0], 20.25 * signs[1])


@pytest.mark.parametrize(
    "gps",
    [
        position((10.0, 30.0, 0.0), "", (20.0, 15.0, 0.0), "E"),
        position((100.0, 0.0, 0.0), "N", (20.0, 0.0, 0.0), "E"),
        position((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E"),
        position((IFDRational(1, 0), 0.0, 0.0), "N", (20.0, 0.0, 0.0), "E"),
        {GPS.GPSLatitude: (10.0, 0.0, 0.0), GPS.GPSLatitudeRef: "N"},
    ],
)
def test_no_place(tmp_path: Path, gps: dict[int, Any]) -> None:
    assert photo_with(tmp_path / "a.jpg", gps=gps).place is None


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "", "2020:13:45 99:00:00", "yesterday"])
def test_no_time(tmp_path: Path, text: str) -> None:
    assert photo_with(tmp_path / "a.jpg", {Base.DateTimeOriginal: text}).taken_at is None


def test_odd_fractions_and_offsets_are_passed_over(tmp_path: Path) -> None:
    photo = photo_with(
        tmp_path / "a.jpg",
        {
            Base.DateTimeOriginal: "2020:12:25 14:30:05\0",
            Base.SubsecTimeOriginal: "  ",
            Base.OffsetTimeOriginal: "   :  ",
        },
    )
    assert photo.taken_at == datetime(2020, 12, 25, 14, 30, 5)


def test_the_time_of_editing_is_not_when_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[Base.DateTime] = "2024:01:01 10:00:00"
    exif.get_ifd(IFD.Exif)[Base.DateTimeDigitized] = "2023:01:01 10:00:00"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    assert read_photo(tmp_path / "a.jpg").taken_at is None
