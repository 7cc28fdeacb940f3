from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from resight.errors import PhotoError
from resight.media.photo import read_photo
from resight.types import Pixels

GREY = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (16, 1))


def pixels_of(path: Path, image: Image.Image) -> Pixels:
    image.save(path)
    return read_photo(path).pixels


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bit_grey_is_scaled(tmp_path: Path, name: str) -> None:
    pixels = pixels_of(tmp_path / name, Image.fromarray(GREY.astype(np.uint16) * 257))
    assert (pixels == GREY[..., None]).all()


def test_big_endian_sixteen_bit(tmp_path: Path) -> None:
    deep = Image.fromarray((GREY.astype(np.uint16) * 257).astype(">u2"))
    assert deep.mode == "I;16B"
    assert (pixels_of(tmp_path / "a.tif", deep) == GREY[..., None]).all()


def test_white_is_zero(tmp_path: Path) -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    tags = ImageFileDirectory_v2()
    tags[262] = 0
    deep.save(tmp_path / "a.tif", tiffinfo=tags)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    with Image.open(tmp_path / "a.tif") as image:
        written = image.getexif()[262]
    if written != 0:
        # Pillow writes the tag its own way, so it is set in the file.
        entry = data.index(bytes([6, 1, 3, 0, 1, 0, 0, 0]))
        data[entry + 8] = 0
        (tmp_path / "a.tif").write_bytes(data)
    assert (read_photo(tmp_path / "a.tif").pixels == 255 - GREY[..., None]).all()


def test_floating_point_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="floating-point"):
        pixels_of(tmp_path / "a.tif", Image.fromarray(GREY.astype(np.float32)))


def test_integers_beyond_sixteen_bit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="do not fit"):
        pixels_of(tmp_path / "a.tif", Image.fromarray(GREY.astype(np.int32) * 1_000_000))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_colour_models(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(np.dstack([GREY, GREY, GREY])).convert(mode)
    pixels = pixels_of(tmp_path / "a.tif", image)
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(pixels - expected).mean() < 3


def test_cmyk_jpeg(tmp_path: Path) -> None:
    image = Image.fromarray(np.dstack([GREY, 255 - GREY, GREY])).convert("CMYK")
    pixels = pixels_of(tmp_path / "a.jpg", image)
    assert np.abs(pixels.astype(int) - np.dstack([GREY, 255 - GREY, GREY])).mean() < 6


def hidden_half(mode: str) -> Image.Image:
    """Noise, whose left half is hidden by an alpha of 0."""
    noise = np.random.default_rng(0).integers(0, 255, (16, 64, 3), dtype=np.uint8)
    alpha = np.where(np.arange(64) < 32, 0, 255).astype(np.uint8)
    image = Image.fromarray(noise).convert(mode[:-1])
    image.putalpha(Image.fromarray(np.tile(alpha, (16, 1))))
    return image


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "RGBA"), ("a.png", "LA"), ("a.webp", "RGBA"), ("a.tif", "RGBA"), ("a.heic", "RGBA")],
)
def test_what_is_hidden_does_not_leak(tmp_path: Path, name: str, mode: str) -> None:
    hidden_half(mode).save(tmp_path / name, exact=True, lossless=True)
    photo = read_photo(tmp_path / name)
    assert photo.alpha is not None
    assert (photo.alpha[:, :32] == 0).all()
    assert (photo.alpha[:, 32:] == 255).all()
    assert (photo.pixels[:, :32] == 128).all()
    assert photo.pixels[:, 32:].std() > 10


def test_half_transparent_is_mixed_with_grey(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 51))
    image.save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.alpha is not None
    assert np.abs(photo.pixels[0, 0].astype(int) - [153, 102, 102]).max() <= 1


def test_alpha_that_hides_nothing_is_dropped(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (9, 8, 7, 255)).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.alpha is None
    assert photo.pixels[0, 0].tolist() == [9, 8, 7]


def test_wholly_transparent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="every pixel is transparent"):
        pixels_of(tmp_path / "a.png", Image.new("RGBA", (4, 4), (9, 8, 7, 0)))


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_palette_with_a_transparent_colour(tmp_path: Path, name: str) -> None:
    image = Image.new("P", (8, 4), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(0, (0, 0, 4, 4))
    image.save(tmp_path / name, transparency=0)
    photo = read_photo(tmp_path / name)
    assert photo.alpha is not None
    assert (photo.alpha[:, :4].max(), photo.alpha[:, 4:].min()) == (0, 255)
    assert (photo.pixels[:, :4] == 128).all()
    assert (photo.pixels[:, 4:] == [0, 255, 0]).all()


def test_palette_with_many_alphas(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=bytes([0, 255]))
    assert read_photo(tmp_path / "a.png").pixels.tolist() == [[[128, 128, 128], [0, 255, 0]]]


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_one_colour_declared_transparent(tmp_path: Path, mode: str) -> None:
    values = np.full((4, 8), 77, np.uint8)
    values[:, 4:] = 200
    if mode == "I;16":
        image, key = Image.fromarray(values.astype(np.uint16) * 257), 77 * 257
        image.save(tmp_path / "a.png", transparency=key)
    elif mode == "L":
        Image.fromarray(values).save(tmp_path / "a.png", transparency=77)
    else:
        Image.fromarray(np.dstack([values] * 3)).save(tmp_path / "a.png", transparency=(77, 77, 77))
    photo = read_photo(tmp_path / "a.png")
    assert photo.alpha is not None
    assert (photo.pixels[:, :4] == 128).all()
    assert (photo.pixels[:, 4:] == 200).all()
