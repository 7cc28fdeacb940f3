import base64
import io
import re

import numpy as np
from PIL import Image

from resight.export.album import COMPARED, THUMBNAIL, Album


def test_a_chip_is_written_once_and_then_referred_to() -> None:
    chip = np.full((60, 90, 3), 200, np.uint8)
    album = Album()
    first, again = album.show(chip, COMPARED), album.show(chip.copy(), COMPARED)
    assert again.id == first.id
    assert again.svg == f'<use href="#{first.id}"/>'
    found = re.search(r'id="(\w+)" width="90" height="60".* href="data:image/jpeg;base64,([^"]+)"', first.svg)
    assert found is not None
    assert found[1] == first.id
    picture = Image.open(io.BytesIO(base64.b64decode(found[2])))
    assert picture.size == (90, 60)
    assert picture.getpixel((40, 30)) == (200, 200, 200)


def test_another_grade_or_shape_is_another_picture() -> None:
    chip = np.zeros((60, 90, 3), np.uint8)
    album = Album()
    shown = [
        album.show(chip, COMPARED),
        album.show(chip, THUMBNAIL),
        album.show(chip.reshape(90, 60, 3), COMPARED),
    ]
    assert len({one.id for one in shown}) == 3
    assert all("<image" in one.svg for one in shown)
