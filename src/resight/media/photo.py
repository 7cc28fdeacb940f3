"""One file -> one Photo: upright RGB pixels, its hash, and what the file says of time and place."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import warnings
from contextlib import suppress
from pathlib import Path

import pillow_heif
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base

from resight.errors import PhotoError
from resight.media import exif
from resight.media.colour import rgb_and_alpha
from resight.media.file_bytes import read_bytes
from resight.media.file_names import NOT_TEXT_REASON, RAW_REASON, RAW_SUFFIXES, is_text, shown
from resight.types import Mask, Photo, Pixels

MAX_PIXELS = 300_000_000
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF")

# An uncompressed photo of 16 bit with alpha takes 8 bytes a pixel; the rest is for profiles and previews.
_MAX_BYTES_PER_PIXEL = 8
_MAX_BYTES_BESIDES = 1 << 28

_TO_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener()
# Pillow warns of oddities in files that it then reads well. People can do nothing about these.
warnings.filterwarnings("ignore", module=r"PIL\.|pillow_heif\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())


def read_photo(path: Path, max_pixels: int = MAX_PIXELS) -> Photo:
    """Decode a photo: JPEG, PNG, TIFF, WebP, BMP, GIF or HEIC, of any depth and colour model.

    Turned upright by its EXIF rotation; 16 bit scaled to 8; transparent pixels replaced by neutral grey. Of a
    file that holds several pictures, the first (in HEIC the primary) is taken. The file is read once, so that
    the hash and the pixels are of the same bytes. The arrays are read-only.

    Raises:
        PhotoError: where the file cannot be used. The text begins with the path, and says what to do.
    """
    data = _bytes_of(path, max_pixels)
    with _opened(path, data, max_pixels) as image:
        block = _exif_of(image)
        taken_at, place = exif.taken_at(block), exif.place(block)
        pixels, alpha = _pixels(path, data, image)
    digest = hashlib.sha256(data).hexdigest()
    return Photo(path=path, sha256=digest, pixels=pixels, alpha=alpha, taken_at=taken_at, place=place)


def read_smaller(path: Path, smaller: float, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The upright pixels of a photo for the screen (H, W, 3), a JPEG's up to so many times smaller each way.

    A JPEG is decoded at a half, a quarter or an eighth of its size, which takes a fraction of the time; other photos
    come as they are. PhotoError as `read_photo`.
    """
    data = _bytes_of(path, max_pixels)
    with _opened(path, data, max_pixels) as image:
        image.draft(None, (math.ceil(image.width / smaller), math.ceil(image.height / smaller)))
        return _pixels(path, data, image)[0]


def _bytes_of(path: Path, max_pixels: int) -> bytes:
    if not is_text(path):
        raise PhotoError(f"{shown(path)}: {NOT_TEXT_REASON}")
    if path.suffix.lower() in RAW_SUFFIXES:
        raise PhotoError(f"{shown(path)}: {RAW_REASON}")
    return read_bytes(path, max_pixels * _MAX_BYTES_PER_PIXEL + _MAX_BYTES_BESIDES)


def _pixels(path: Path, data: bytes, image: Image.Image) -> tuple[Pixels, Mask | None]:
    try:
        return rgb_and_alpha(_decoded(path, data, image))
    except ValueError as error:
        raise PhotoError(f"{shown(path)}: {error}: save it as an ordinary JPEG or PNG") from error
    except MemoryError as error:
        raise PhotoError(f"{shown(path)}: too large for the memory of this computer: save a smaller copy") from error


def _opened(path: Path, data: bytes, max_pixels: int) -> Image.Image:
    """The picture with its header read and its size checked, before anything is decoded."""
    # Pillow's own limit is for the whole process, and lower than a stitched panorama: it is only ever raised.
    if Image.MAX_IMAGE_PIXELS is not None:
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, max_pixels)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PhotoError(
            f"{shown(path)}: not a photo that can be read, or damaged from its first bytes on: "
            "save it as JPEG, PNG, TIFF, WebP, BMP, GIF or HEIC"
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(f"{shown(path)}: more than {max_pixels / 1e6:.0f} megapixels: save a smaller copy") from error
    # A header may be damaged in ways Pillow does not foresee, and then anything may be raised.
    except Exception as error:
        raise PhotoError(
            f"{shown(path)}: the head of the file is damaged ({_on_one_line(error)}): copy it again from where it came"
        ) from error
    if image.width * image.height > max_pixels:
        raise PhotoError(
            f"{shown(path)}: {image.width} x {image.height} pixels are more than the limit of "
            f"{max_pixels / 1e6:.0f} megapixels: save a smaller copy, or the part that shows the animal"
        )
    return image


def _decoded(path: Path, data: bytes, image: Image.Image) -> Image.Image:
    """The picture with its pixels, upright; PhotoError where they are damaged."""
    try:
        if image.format == "PNG":
            # Decoding passes over the checksums, and makes noise of damaged bytes; verifying does not.
            Image.open(io.BytesIO(data), formats=["PNG"]).verify()
        image.load()
        return _upright(image)
    except MemoryError:
        raise
    # A decoder given damaged bytes may raise anything: OSError, struct.error, IndexError, RuntimeError.
    except Exception as error:
        raise PhotoError(
            f"{shown(path)}: the picture is damaged or cut short ({_on_one_line(error)}): "
            "copy the file again from where it came, or save it anew with a photo program"
        ) from error


def _exif_of(image: Image.Image) -> Image.Exif:
    """The EXIF block with its parts; what is unreadable counts as not there, as in every photo viewer."""
    with suppress(Exception):
        return image.getexif()
    return Image.Exif()


def _upright(image: Image.Image) -> Image.Image:
    # Not ImageOps.exif_transpose: it writes the whole EXIF block anew, and fails on blocks with odd values.
    turn = _TO_UPRIGHT.get(_exif_of(image).get(Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
