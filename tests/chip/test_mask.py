"""The real foreground network on real animals."""

import csv
from pathlib import Path

import numpy as np
import pytest

from resight.chip.mask import OnnxForeground, believable
from resight.config import Settings
from resight.media.photo import read_photo
from resight.types import Pixels
from resight.weights import U2NETP, find_weights


@pytest.fixture(scope="module")
def foreground(real_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> OnnxForeground:
    where = Settings(weights=real_weights, cache=tmp_path_factory.mktemp("cache"), offline=True)
    return OnnxForeground(find_weights(U2NETP, where))


@pytest.fixture(scope="module")
def nyalas(real_photos: Path) -> list[Path]:
    with (real_photos / "nyaladata" / "metadata.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [real_photos / "nyaladata" / row["path"] for row in rows[::400]]


def test_the_mask_covers_an_animal_in_the_middle(foreground: OnnxForeground, nyalas: list[Path]) -> None:
    shares, central = [], []
    for path in nyalas:
        photo = read_photo(path)
        mask = foreground(photo.pixels)
        assert mask.shape == photo.pixels.shape[:2]
        assert set(np.unique(mask)) <= {0, 255}
        shares.append((mask > 0).mean())
        rows, columns = np.nonzero(mask)
        central.append(
            (np.abs(rows / photo.height - 0.5) < 0.4).mean() * (np.abs(columns / photo.width - 0.5) < 0.4).mean()
        )
    assert len(nyalas) >= 3
    assert all(0.05 < share < 0.6 for share in shares), shares
    assert min(central) > 0.6, central


def test_the_same_photo_gives_the_same_mask(foreground: OnnxForeground, nyalas: list[Path]) -> None:
    pixels = read_photo(nyalas[0]).pixels
    assert np.array_equal(foreground(pixels), foreground(pixels))


@pytest.mark.parametrize(
    "pixels", [np.zeros((40, 60, 3), np.uint8), np.full((1, 7, 3), 255, np.uint8)], ids=["black", "a white sliver"]
)
def test_a_photo_of_nothing_is_no_error(foreground: OnnxForeground, pixels: Pixels) -> None:
    assert foreground(pixels).shape == pixels.shape[:2]


@pytest.mark.parametrize(("filled", "believed"), [(0, False), (1, False), (2, True), (98, True), (99, False)])
def test_next_to_nothing_and_next_to_everything_are_not_believed(filled: int, believed: bool) -> None:
    mask = np.zeros(100, np.uint8)
    mask[:filled] = 255
    assert believable(mask.reshape(10, 10)) is believed
