import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import Base

from resight.errors import PhotoError
from resight.media.photo import read_photo, read_smaller
from resight.types import Pixels

pillow_heif.register_heif_opener()

# pytest sets the filters of warnings anew, and so undoes those of the module under test.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def picture(width: int = 60, height: int = 40) -> Pixels:
    """A picture without any symmetry: brighter to the right in red, downwards in green, one blue corner."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(20, 220, width)[None, :]
    pixels[..., 1] = np.linspace(30, 200, height)[:, None]
    pixels[: height // 2, : width // 2, 2] = 200
    return pixels


def mean_difference(first: Pixels, second: Pixels) -> float:
    assert first.shape == second.shape
    return float(np.abs(first.astype(int) - second).mean())


def refusal(path: Path, max_pixels: int = 1_000_000) -> str:
    with pytest.raises(PhotoError) as caught:
        read_photo(path, max_pixels)
    text = str(caught.value)
    assert text.isprintable(), "a reason is one line of printable text"
    return text


@pytest.mark.parametrize(
    ("name", "most"),
    [("a.png", 0), ("a.tif", 0), ("a.bmp", 0), ("a.jpg", 4), ("a.JPEG", 4), ("a.webp", 6), ("a.heic", 6)],
)
def test_formats(tmp_path: Path, name: str, most: float) -> None:
    path = tmp_path / name
    Image.fromarray(picture()).save(path)
    photo = read_photo(path)
    assert mean_difference(photo.pixels, picture()) <= most
    assert (photo.width, photo.height, photo.alpha) == (60, 40, None)
    assert photo.sha256 == sha256(path.read_bytes()).hexdigest()
    assert (photo.path, photo.taken_at, photo.place) == (path, None, None)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "jpeg", "packbits"])
def test_tiff_compressions(tmp_path: Path, compression: str | None) -> None:
    path = tmp_path / "a.tiff"
    Image.fromarray(picture()).save(path, compression=compression)
    assert mean_difference(read_photo(path).pixels, picture()) <= 4


def test_of_several_pictures_the_first_is_read(tmp_path: Path) -> None:
    first, second = Image.fromarray(picture()), Image.fromarray(255 - picture())
    for name in ("a.tif", "a.gif", "a.png", "a.webp"):
        path = tmp_path / name
        first.save(path, save_all=True, append_images=[second])
        with Image.open(path) as both:
            both.seek(1)
        assert mean_difference(read_photo(path).pixels, picture()) < 8, name


def test_mpo_of_a_phone(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(picture()).save(path, "MPO", save_all=True, append_images=[Image.fromarray(255 - picture())])
    assert mean_difference(read_photo(path).pixels, picture()) <= 4


# How the scene must be stored for a viewer that applies orientation n to see it upright (Exif 2.32, 4.6.4).
STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda scene: scene,
    2: lambda scene: scene[:, ::-1],
    3: lambda scene: scene[::-1, ::-1],
    4: lambda scene: scene[::-1],
    5: lambda scene: scene.transpose(1, 0, 2),
    6: lambda scene: np.rot90(scene, 1),
    7: lambda scene: scene.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda scene: np.rot90(scene, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "deep.tif", "deep.png"])
def test_rotation(tmp_path: Path, orientation: int, name: str) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    stored = np.ascontiguousarray(STORED[orientation](picture()))
    scene = picture()
    image = Image.fromarray(stored)
    if name.startswith("deep"):
        scene = np.repeat(scene[..., :1], 3, axis=2)
        image = Image.fromarray(stored[..., 0].astype(np.uint16) * 257)
    image.save(tmp_path / name, exif=exif)
    assert mean_difference(read_photo(tmp_path / name).pixels, scene) <= 6


@pytest.mark.parametrize("orientation", STORED)
def test_heic_is_turned_once(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    stored = np.ascontiguousarray(STORED[orientation](picture()))
    Image.fromarray(stored).save(tmp_path / "a.heic", exif=exif.tobytes(), quality=95)
    assert mean_difference(read_photo(tmp_path / "a.heic").pixels, picture()) <= 6


def test_impossible_rotation_is_none(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 99
    Image.fromarray(picture()).save(tmp_path / "a.png", exif=exif)
    assert mean_difference(read_photo(tmp_path / "a.png").pixels, picture()) == 0


def test_damaged_exif_does_not_cost_the_photo(tmp_path: Path) -> None:
    for block in (b"Exif\0\0garbage that is no TIFF head", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        path = tmp_path / "a.jpg"
        Image.fromarray(picture()).save(path, exif=block)
        assert mean_difference(read_photo(path).pixels, picture()) <= 4


@pytest.mark.parametrize("end", [".png", ".tif"])
def test_sixteen_bit_colour(tmp_path: Path, end: str) -> None:
    deep = picture()[..., ::-1].astype(np.uint16) * 257
    assert cv2.imwrite(str(tmp_path / f"a{end}"), deep)
    assert mean_difference(read_photo(tmp_path / f"a{end}").pixels, picture()) == 0


def test_files_of_real_animals(real_photos: Path) -> None:
    for path in sorted((real_photos / "four_species" / "images").iterdir())[:12]:
        expected = cv2.imread(str(path), cv2.IMREAD_COLOR)
        assert expected is not None
        assert mean_difference(read_photo(path).pixels, np.asarray(expected[..., ::-1], np.uint8)) < 2


@pytest.mark.parametrize(
    ("name", "least"), [("a.jpg", 2), ("a.png", 4), ("a.tif", 1), ("a.webp", 1), ("a.bmp", 1), ("a.heic", 1)]
)
def test_cut_short_at_any_length(tmp_path: Path, name: str, least: int) -> None:
    whole = tmp_path / name
    noise = np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(whole)
    data = whole.read_bytes()
    cut = tmp_path / f"cut{whole.suffix}"
    for length in range(1, int(len(data) * 0.9), max(1, len(data) // 60)):
        cut.write_bytes(data[:length])
        assert "damaged" in refusal(cut), length


def test_reasons(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "notes.jpg").write_text("not an image at all")
    (tmp_path / "raw.NEF").write_bytes(b"II*\0")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, reason in [
        ("empty.jpg", "empty"),
        ("notes.jpg", "not a photo"),
        ("raw.NEF", "raw file"),
        ("loop.jpg", "circle"),
        ("gone.jpg", "no such file"),
        ("nobody.jpg", "no such file"),
        ("empty.jpg/under.jpg", "no such file"),
        ("pipe.jpg", "pipe"),
        ("n" * 300 + ".jpg", "too long"),
        ("null\0.jpg", "null"),
        ("", "folder"),
    ]:
        text = refusal(tmp_path / name)
        assert reason in text, text
        assert ("null" in name) or text.startswith(f"{tmp_path / name}: ")


def test_odd_names(tmp_path: Path) -> None:
    good = tmp_path / "two\nlines \x1b[31m.png"
    Image.fromarray(picture()).save(good)
    assert read_photo(good).width == 60
    good.write_bytes(b"")
    assert "two\\nlines" in refusal(good)
    undecodable = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Zo\xeb.png"))
    undecodable.write_bytes(b"whatever")
    assert "rename it" in refusal(undecodable)


def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    Image.fromarray(picture()).save(path)
    path.chmod(0)
    # Root may read anything, so root reads as nobody.
    script = """
import os, pathlib, sys
from resight.errors import PhotoError
from resight.media.photo import read_photo, read_smaller
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    read_photo(pathlib.Path(sys.argv[1]))
except PhotoError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert "you may not read it" in done.stdout
    assert done.stderr == ""


def png_head(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_bombs_are_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_head(100_000, 100_000))
    assert "megapixels" in refusal(path, 300_000_000)
    path.write_bytes(png_head(2**31 - 1, 2**31 - 1))
    assert "megapixels" in refusal(path, 300_000_000)
    path.write_bytes(png_head(1001, 1000))
    assert "1001 x 1000 pixels" in refusal(path, 1_000_000)
    Image.fromarray(np.zeros((1000, 1000), np.uint8)).save(path)
    assert read_photo(path, 1_000_000).width == 1000


def test_the_limit_is_ours_and_not_the_lower_one_of_pillow(tmp_path: Path) -> None:
    path = tmp_path / "panorama.png"
    path.write_bytes(png_head(20_000, 10_000))
    assert "damaged" in refusal(path, 300_000_000)
    assert "megapixels" in refusal(path, 199_000_000)


def test_a_file_too_big_for_a_photo_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "video.jpg"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    assert "more than a photo needs" in refusal(path)


def test_nothing_leaks_to_the_terminal(tmp_path: Path) -> None:
    buffer = BytesIO()
    Image.fromarray(picture()).save(buffer, "TIFF")
    tiff = buffer.getvalue()
    for position in range(4, 160):
        broken = bytearray(tiff)
        broken[position] ^= 0xFF
        (tmp_path / f"{position}.tif").write_bytes(broken)
    palette = Image.fromarray(picture()).convert("P")
    palette.save(tmp_path / "palette.png", transparency=bytes(range(0, 250, 10)))
    (tmp_path / "large.png").write_bytes(png_head(13_000, 10_000))
    script = """
import sys, pathlib
from resight.errors import PhotoError
from resight.media.photo import read_photo, read_smaller
for path in pathlib.Path(sys.argv[1]).iterdir():
    try:
        read_photo(path)
    except PhotoError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.count("refused") > 5
    assert done.stderr == ""


def test_damaged_bytes_of_a_png_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(path)
    data = path.read_bytes()
    for position in range(40, len(data) - 12, 97):
        broken = bytearray(data)
        broken[position] ^= 0x10
        path.write_bytes(broken)
        assert "damaged" in refusal(path)


def test_pixels_cannot_be_changed_by_accident(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="read-only"):
        read_photo(tmp_path / "a.png").pixels[0, 0] = 0


def test_a_smaller_picture_is_upright_and_shows_the_same(tmp_path: Path) -> None:
    path, turned = tmp_path / "a.jpg", Image.Exif()
    turned[0x0112] = 6
    ramp = np.tile(np.linspace(0, 255, 800, dtype=np.uint8), (600, 1))
    Image.fromarray(np.dstack([ramp] * 3)).save(path, quality=95, exif=turned)
    whole, smaller = read_photo(path).pixels, read_smaller(path, 4)
    assert whole.shape[:2] == (800, 600)
    assert smaller.shape[:2] == (200, 150)
    assert np.abs(smaller.astype(int) - whole[2::4, 2::4]).max() < 6
    Image.fromarray(whole).save(tmp_path / "a.png")
    assert np.array_equal(read_smaller(tmp_path / "a.png", 4), whole)
    with pytest.raises(PhotoError, match=r"gone\.jpg"):
        read_smaller(tmp_path / "gone.jpg", 2)
