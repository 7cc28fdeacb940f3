from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.errors import PhotoError
from resight.media.mask import read_mask


@pytest.mark.parametrize("white", [1, 255])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_where_the_animal_is(tmp_path: Path, white: int, mode: str) -> None:
    drawn = np.zeros((8, 12), np.uint8)
    drawn[2:5, 3:9] = white
    Image.fromarray(drawn).convert(mode).save(tmp_path / "m.png")
    mask = read_mask(tmp_path / "m.png", width=12, height=8)
    assert mask.dtype == np.uint8
    assert (mask == np.where(drawn, 255, 0)).all()


def test_noise_of_jpeg_is_cleared(tmp_path: Path) -> None:
    drawn = np.zeros((64, 64), np.uint8)
    drawn[16:40, 8:48] = 255
    Image.fromarray(drawn).save(tmp_path / "m.jpg", quality=30)
    mask = read_mask(tmp_path / "m.jpg", width=64, height=64)
    assert set(np.unique(mask).tolist()) == {0, 255}
    assert np.mean(mask != drawn) < 0.01


def test_refused(tmp_path: Path) -> None:
    Image.new("L", (12, 8)).save(tmp_path / "black.png")
    with pytest.raises(PhotoError, match="black all over"):
        read_mask(tmp_path / "black.png", width=12, height=8)
    with pytest.raises(PhotoError, match=r"black.png: the mask is 12 x 8 pixels, but its photo is 8 x 12"):
        read_mask(tmp_path / "black.png", width=8, height=12)
