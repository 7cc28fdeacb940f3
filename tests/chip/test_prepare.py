"""Preparation: which mask is used, and what is done where none can be."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.chip.prepare import MaskKind, Preparation
from resight.errors import PhotoError
from resight.types import Box, Mask, Photo, Pixels, Record, Side


def photo(alpha: Mask | None = None) -> Photo:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    return Photo(Path("memory.png"), "", pixels, alpha)


def rectangle(x: int, y: int, w: int, h: int) -> Mask:
    mask: Mask = np.zeros((200, 300), np.uint8)
    mask[y : y + h, x : x + w] = 255
    return mask


def drawn(tmp_path: Path, mask: Mask) -> Path:
    path = tmp_path / "mask.png"
    Image.fromarray(mask).save(path)
    return path


def finds(mask: Mask) -> Preparation:
    """A preparation whose network, whatever it is shown, finds this."""

    def foreground(pixels: Pixels) -> Mask:
        assert pixels.shape == (200, 300, 3)
        return mask

    return Preparation(100, foreground)


def test_the_tables_mask_wins_over_alpha_and_alpha_over_the_network(tmp_path: Path) -> None:
    prepare = finds(rectangle(0, 0, 100, 100))
    stated = Record(Path("memory.png"), mask=drawn(tmp_path, rectangle(200, 100, 50, 80)))
    plain, transparent = Record(Path("memory.png")), photo(rectangle(100, 50, 100, 50))
    found = [prepare(transparent, stated), prepare(transparent, plain), prepare(photo(), plain)]
    assert [one.mask for one in found] == [MaskKind.TABLE, MaskKind.ALPHA, MaskKind.FOREGROUND]
    # Each chip is drawn in to its own mask, with a margin of 4%.
    starts = [one.chip.to_photo[:, 2] for one in found]
    np.testing.assert_allclose(starts, [(198, 96), (96, 48), (0, 0)], atol=1.01)
    for one in found:
        assert one.chip.mask is not None
        assert (one.chip.mask > 0).mean() > 0.8


def test_without_any_mask_the_box_is_cut_as_stated() -> None:
    found = Preparation(100)(photo(), Record(Path("memory.png"), box=Box(10, 20, 200, 100), side=Side.RIGHT))
    assert found.mask is MaskKind.NONE
    assert found.chip.mask is None
    assert found.chip.side is Side.RIGHT
    np.testing.assert_allclose(found.chip.to_photo, [[2, 0, 10], [0, 2, 20]])


@pytest.mark.parametrize("mask", [rectangle(0, 0, 0, 0), rectangle(0, 0, 300, 200)], ids=["nothing", "everything"])
def test_a_network_that_finds_nothing_or_everything_is_not_believed(mask: Mask) -> None:
    found = finds(mask)(photo(), Record(Path("memory.png")))
    assert found.mask is MaskKind.NONE
    assert found.chip.mask is None


def test_a_mask_that_leaves_out_the_box_is_not_used() -> None:
    found = finds(rectangle(200, 100, 80, 80))(photo(), Record(Path("memory.png"), box=Box(0, 0, 100, 100)))
    assert found.mask is MaskKind.NONE
    assert found.chip.mask is None
    np.testing.assert_allclose(found.chip.to_photo, [[1, 0, 0], [0, 1, 0]])


def test_quality_knows_how_few_pixels_a_chip_was_blown_up_from() -> None:
    small = Preparation(200)(photo(), Record(Path("memory.png"), box=Box(0, 0, 20, 20)))
    large = Preparation(200)(photo(), Record(Path("memory.png"), box=Box(0, 0, 200, 200)))
    assert small.quality < 0.7 * large.quality


def test_a_mask_that_cannot_be_used_rejects_the_photo(tmp_path: Path) -> None:
    other = Image.fromarray(np.full((50, 50), 255, np.uint8))
    other.save(tmp_path / "mask.png")
    with pytest.raises(PhotoError, match=r"mask\.png: the mask is 50 x 50 pixels, but its photo is 300 x 200"):
        Preparation(100)(photo(), Record(Path("memory.png"), mask=tmp_path / "mask.png"))
    with pytest.raises(PhotoError, match="lies outside the photo"):
        Preparation(100)(photo(), Record(Path("memory.png"), box=Box(400, 0, 10, 10)))
