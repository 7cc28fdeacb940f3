from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from resight.errors import PhotoError
from resight.media.photo import read_photo

pillow_heif.register_heif_opener()

# pytest sets the filters of warnings anew, and so undoes those of the module under test.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

KINDS = ["JPEG", "progressive", "CMYK", "PNG", "palette", "deep PNG", "TIFF", "LZW", "deep TIFF"]
KINDS += ["WEBP", "GIF", "BMP", "HEIF"]


def written(kind: str, image: Image.Image) -> bytes:
    """One real photograph, written as this kind of file."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2020:12:25 14:30:00"
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "S", GPS.GPSLatitude: (1.0, 2.0, 3.0), GPS.GPSLongitudeRef: "E"}
    )
    deep = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    buffer = BytesIO()
    match kind:
        case "progressive":
            image.save(buffer, "JPEG", progressive=True, exif=exif)
        case "CMYK":
            image.convert("CMYK").save(buffer, "JPEG")
        case "palette":
            image.convert("P").save(buffer, "PNG", transparency=3)
        case "deep PNG" | "deep TIFF":
            deep.save(buffer, kind.removeprefix("deep "), exif=exif)
        case "LZW":
            image.save(buffer, "TIFF", compression="tiff_lzw")
        case _:
            image.save(buffer, kind, exif=exif.tobytes())
    return buffer.getvalue()


@pytest.fixture(scope="module")
def files(real_photos: Path) -> dict[str, bytes]:
    with Image.open(real_photos / "four_species/images/dolphin_1051_SB12-1461-655.jpg") as photo:
        small = photo.convert("RGB").resize((96, 64))
    return {kind: written(kind, small) for kind in KINDS}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "photo.bin"


# Heads hold the fields that matter, so half of the changes fall there. The deadline is against hangs.
PLACES = st.integers(0, 700) | st.integers(0, 1 << 20)
CHANGES = st.lists(st.tuples(PLACES, st.integers(0, 255)), min_size=1, max_size=30)


@settings(max_examples=600, deadline=5000)
@given(kind=st.sampled_from(KINDS), changes=CHANGES, kept=st.just(1.0) | st.floats(0.01, 1))
def test_damaged_files_give_a_photo_or_a_reason(
    files: dict[str, bytes], scratch: Path, kind: str, changes: list[tuple[int, int]], kept: float
) -> None:
    data = bytearray(files[kind])
    for position, value in changes:
        data[position % len(data)] = value
    scratch.write_bytes(data[: int(len(data) * kept)])
    try:
        photo = read_photo(scratch, max_pixels=1_000_000)
    except PhotoError as error:
        assert str(error).isprintable()
        assert str(error).startswith(f"{scratch}: ")
    else:
        assert photo.pixels.shape == (photo.height, photo.width, 3)


@settings(max_examples=100, deadline=5000)
@given(st.binary(min_size=1, max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"II*\0", b"GIF89a", b"BM"]))
def test_random_bytes_are_refused(scratch: Path, data: bytes, start: bytes) -> None:
    scratch.write_bytes(start + data)
    with pytest.raises(PhotoError):
        read_photo(scratch, max_pixels=10_000)
