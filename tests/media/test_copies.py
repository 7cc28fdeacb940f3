from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resight.media.copies import NEAR, NearCopies, perceptual_hash, same_picture
from resight.media.photo import read_photo
from resight.media.table import read_table
from resight.types import Pixels, Record

HASHES = st.integers(0, 2**63 - 1)


@given(st.lists(HASHES, max_size=30), HASHES, st.integers(0, 64))
def test_finds_what_counting_bits_finds(hashes: list[int], asked: int, within: int) -> None:
    known = NearCopies[int]()
    for key, value in enumerate(hashes):
        known.add(value, key)
    distances = [(value ^ asked).bit_count() for value in hashes]
    expected = sorted((distance, key) for key, distance in enumerate(distances) if distance <= within)
    assert [(near.distance, near.key) for near in known.find(asked, within)] == expected
    assert len(known) == len(hashes)


@pytest.fixture(scope="module")
def nyalas(real_photos: Path) -> list[tuple[str, Pixels]]:
    folder = real_photos / "nyaladata"
    found = [record for record in read_table(folder / "metadata.csv") if isinstance(record, Record)]
    return [(record.identity or "", read_photo(record.path).pixels) for record in found[::10]]


def saved_again(pixels: Pixels, quality: int) -> Pixels:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as image:
        return np.asarray(image.convert("RGB"))


def resized(pixels: Pixels, by: float) -> Pixels:
    height, width = pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((round(width * by), round(height * by))))


@pytest.mark.parametrize(
    "copied",
    [
        lambda pixels: saved_again(pixels, 30),
        lambda pixels: resized(pixels, 0.3),
        lambda pixels: resized(pixels, 1.7),
        lambda pixels: saved_again(resized(pixels, 0.5), 50),
    ],
)
def test_copies_are_found(nyalas: list[tuple[str, Pixels]], copied: Callable[[Pixels], Pixels]) -> None:
    for _, pixels in nyalas:
        copy = copied(pixels)
        assert (perceptual_hash(pixels) ^ perceptual_hash(copy)).bit_count() <= NEAR
        assert same_picture(pixels, copy)


def test_other_animals_are_no_copies(nyalas: list[tuple[str, Pixels]]) -> None:
    known = NearCopies[int]()
    for row, (individual, pixels) in enumerate(nyalas):
        for near in known.find(perceptual_hash(pixels)):
            other, seen = nyalas[near.key]
            assert individual == other or not same_picture(pixels, seen)
        known.add(perceptual_hash(pixels), row)


def test_hash_fits_a_signed_integer_of_a_database(nyalas: list[tuple[str, Pixels]]) -> None:
    hashes = {perceptual_hash(pixels) for _, pixels in nyalas}
    assert len(hashes) > 100
    assert all(0 <= value < 2**63 for value in hashes)


def test_flat_pictures() -> None:
    dark, bright = np.full((5, 7, 3), 10, np.uint8), np.full((50, 70, 3), 200, np.uint8)
    assert perceptual_hash(dark) == perceptual_hash(bright) == 0
    assert same_picture(dark, bright)
