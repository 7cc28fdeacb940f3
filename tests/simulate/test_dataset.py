"""The data set on disk."""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from resight.errors import ResightError
from resight.simulate import contact_sheet, simulate_head, write_heads
from resight.types import Side


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        write_heads(folder, individuals=2, seed=11)
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((first / name).read_bytes() == (again / name).read_bytes() for name in names)
    assert len(names) == 1 + 2 * (1 + 2 * 2)


def test_tables_tell_what_is_in_the_photos(tmp_path: Path) -> None:
    sides = (Side.LEFT, Side.RIGHT)
    tables = write_heads(tmp_path / "cage", 2, photos_per_pass=2, seed=4, sides=sides, newcomers=1)
    gallery, queries = (_rows(table) for table in tables)
    assert {row["identity"] for row in gallery} == {"fish-001"}
    assert {row["identity"] for row in queries} == {"fish-001", "fish-002"}
    assert len(gallery) == 4
    assert len(queries) == 8
    assert not {row["encounter"] for row in gallery} & {row["encounter"] for row in queries}
    for table in tables:
        for row in _rows(table):
            with (
                Image.open(table.parent / row["path"]) as photo,
                Image.open(table.parent / row["mask"]) as mask,
            ):
                assert photo.size == mask.size == (640, 480)
                assert photo.info["comment"] == b"synthetic"
                assert mask.info["Comment"] == "synthetic"
                taken = photo.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
                assert datetime.strptime(taken, "%Y:%m:%d %H:%M:%S") == datetime.fromisoformat(row["date"])
                enclosing = mask.getbbox()
            x, y, w, h = (int(row[name]) for name in "xywh")
            assert enclosing == (x, y, x + w, y + h)
            assert row["side"] in row["path"]
    assert "SYNTHETIC" in (tmp_path / "cage" / "README.txt").read_text(encoding="utf-8")


def test_the_written_photo_is_the_simulated_one(tmp_path: Path) -> None:
    table = write_heads(tmp_path / "cage", 1, passes=1, seed=9)[0]
    truth = simulate_head(9, 0)
    with Image.open(table.parent / "fish-001-left-1.jpg") as photo:
        written = np.asarray(photo)
    assert np.abs(written.astype(int) - truth.pixels).mean() < 4
    with Image.open(table.parent / "masks" / "fish-001-left-1.png") as mask:
        assert np.array_equal(np.asarray(mask), truth.mask)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ResightError, match="already holds something"):
        write_heads(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("individuals", "passes", "newcomers"), [(0, 2, 0), (2, 0, 0), (2, 2, 2)])
def test_numbers_that_make_no_sense_are_refused(tmp_path: Path, individuals: int, passes: int, newcomers: int) -> None:
    with pytest.raises(ValueError, match="start at 1"):
        write_heads(tmp_path / "cage", individuals, passes, newcomers=newcomers)


def test_a_contact_sheet_shows_every_photo() -> None:
    flanks = [[simulate_head(1, fish, pass_) for pass_ in range(2)] for fish in range(2)]
    sheet = contact_sheet(flanks, tile_width=320)
    photo = flanks[1][1].pixels.mean(axis=(0, 1))
    tile = sheet[-(240 + 24 + 6) : -(24 + 6), -(320 + 6) : -6]
    assert np.abs(tile.mean(axis=(0, 1)) - photo).max() < 2
    assert sheet.shape == (6 + 2 * (240 + 24 + 6), 6 + 2 * (320 + 6), 3)
