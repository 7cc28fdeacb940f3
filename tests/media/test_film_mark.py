"""Films of one name are told apart."""

from pathlib import Path

import pytest

from resight.errors import VideoError
from resight.media.film_mark import PART, film_mark


def test_another_size_beginning_or_end_is_another_film(tmp_path: Path) -> None:
    content = bytearray(3 * PART)
    films = [bytes(content)]
    for place in (0, PART - 1, len(content) - 1):
        other = content.copy()
        other[place] = 1
        films.append(bytes(other))
    films += [bytes(content[:-1]), b"", b"short"]
    marks = []
    for number, film in enumerate(films):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(film)
        marks.append(film_mark(path))
    assert len(set(marks)) == len(films)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(films[0])
    assert film_mark(copy) == marks[0]


def test_a_film_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"gone\.mp4"):
        film_mark(tmp_path / "gone.mp4")
