"""The pictures of a training, in a file for which the disk has room."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from resight.errors import ResightError
from resight.learn.pictures import parted_photos, read_pictures

LIMITED = """
import resource, sys
from pathlib import Path
from resight.learn.pictures import read_pictures
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
read_pictures([Path(sys.argv[1])], 64, Path(sys.argv[2]))
"""


def test_photos_are_squares_with_who_is_on_them(table: Path, tmp_path: Path) -> None:
    pictures, rejected = read_pictures([table], 64, tmp_path / "pictures.npy")
    assert rejected == []
    assert pictures.picture(5).shape == (64, 64, 3)
    assert np.unique(pictures.flank).tolist() == [f"animal {animal} left" for animal in range(6)]
    assert not (tmp_path / "pictures.unfinished.npy").exists()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no such call there")
def test_room_is_taken_before_the_first_picture(table: Path, tmp_path: Path) -> None:
    room: list[int] = []

    def look(done: int, total: int) -> None:
        room.append((tmp_path / "pictures.unfinished.npy").stat().st_blocks * 512)

    read_pictures([table], 64, tmp_path / "pictures.npy", look)
    assert room[0] >= 24 * 64 * 64 * 3


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_file_that_finds_no_room_is_named(table: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(table), str(tmp_path / "pictures.npy")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ResightError" in done.stderr
    assert "pictures.unfinished.npy could not be written (File too large)" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_sides_are_learned_as_two_or_as_one(table: Path, tmp_path: Path) -> None:
    both = table.with_name("both.csv")
    both.write_text(table.read_text().replace("0-0.png,animal 0,left", "0-0.png,animal 0,right"))
    apart, _ = read_pictures([both], 64, tmp_path / "apart.npy")
    together, _ = read_pictures([both], 64, tmp_path / "together.npy", apart=False)
    assert (len(np.unique(apart.flank)), len(np.unique(together.flank))) == (7, 6)
    assert np.array_equal(apart.individual, together.individual)


def test_held_out_photos_are_of_individuals_that_are_learned(table: Path, tmp_path: Path) -> None:
    pictures, _ = read_pictures([table], 64, tmp_path / "pictures.npy")
    learning, validating = parted_photos(pictures, 0.5, 2, seed=0)
    assert not set(learning.photos.tolist()) & set(validating.photos.tolist())
    # Four photos of each: two make a pair, and two are left to learn from.
    for part in (learning, validating):
        assert np.unique(part.flank, return_counts=True)[1].tolist() == [2] * 6
    assert np.array_equal(parted_photos(pictures, 0.5, 2, seed=0)[1].photos, validating.photos)
    # A twelfth is one individual's pair; it takes two to see a difference.
    assert len(np.unique(parted_photos(pictures, 1 / 12, 2, seed=0)[1].flank)) == 2
    with pytest.raises(ResightError, match=r'fewer than 2 of 6 sides have 5 photos.*validate_on = "individuals"'):
        parted_photos(pictures, 0.1, 3, seed=0)
