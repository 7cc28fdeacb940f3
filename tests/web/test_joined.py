"""Tables find the photos that came with them, and no others."""

from pathlib import Path

import pytest

from resight.media.table import read_table
from resight.types import Record
from resight.web.joined import join_tables
from resight.web.uploads import Upload, begin, take


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    made = begin(tmp_path)
    for name in ("walk 1/IMG_1.JPG", "walk 2/IMG_2.jpg", "walk 2/twice.jpg", "walk 1/twice.jpg"):
        take(made, name, 0, b"photo")
    return made


def joined(upload: Upload, text: str, name: str = "known.csv") -> tuple[list[Record], list[str]]:
    take(upload, name, 0, text.encode())
    tables, rejected = join_tables(upload)
    records = [entry for table in tables for entry in read_table(table) if isinstance(entry, Record)]
    return records, [one.reason for one in rejected]


def test_by_path_by_name_and_whatever_the_case(upload: Upload) -> None:
    rows = "path;identity\nwalk 1/IMG_1.JPG;Anna\nimg_2.JPG;Bo\nC:\\\\card\\\\IMG_1.JPG;Anna\nwalk 1\\\\twice.jpg;Cy\n"
    records, rejected = joined(upload, rows)
    assert rejected == []
    assert [one.path.relative_to(upload.files).as_posix() for one in records] == [
        "walk 1/IMG_1.JPG", "walk 2/IMG_2.jpg", "walk 1/IMG_1.JPG", "walk 1/twice.jpg",
    ]  # fmt: skip
    assert [one.identity for one in records] == ["Anna", "Bo", "Anna", "Cy"]


def test_paths_beside_the_table_come_first(upload: Upload) -> None:
    (record,), _ = joined(upload, "path\ntwice.jpg\n", "walk 2/table.csv")
    assert record.path == upload.files / "walk 2/twice.jpg"


def test_nothing_that_did_not_come_with_it_is_named(upload: Upload, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    rows = f"path,mask\n{secret},\n../../secret.jpg,\ntwice.jpg,\nIMG_2.jpg,{secret}\nIMG_2.jpg,\n"
    records, rejected = joined(upload, rows)
    assert [one.path for one in records] == [upload.files / "walk 2/IMG_2.jpg"]
    assert len(rejected) == 4
    assert rejected[0].startswith("row 2:")


def test_what_is_no_table_is_told(upload: Upload) -> None:
    records, rejected = joined(upload, "name\nx\n")
    assert records == []
    assert "no column 'path'" in rejected[0]
