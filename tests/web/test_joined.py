"""Tables find the photos that came with them, and no others."""

import io
import zipfile
from pathlib import Path

import pytest

from resight.media.table import read_table
from resight.types import Record
from resight.web.joined import join_tables
from resight.web.uploads import SENT, Stated, Upload, begin, take
from resight.web.zips import unpack

UNNAMED = "no row of the table names it"


def send(upload: Upload, name: str, content: bytes) -> None:
    take(upload, name, 0, content, Stated(len(content), 0))


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    made = begin(tmp_path)
    for name in ("walk 1/IMG_1.JPG", "walk 2/IMG_2.jpg", "walk 2/twice.jpg", "walk 1/twice.jpg"):
        send(made, name, b"photo")
    return made


def joined(upload: Upload, text: str, name: str = "known.csv") -> tuple[list[Record], list[str]]:
    send(upload, name, text.encode())
    tables, rejected = join_tables(upload)
    records = [entry for table in tables for entry in read_table(table) if isinstance(entry, Record)]
    return records, [one.reason for one in rejected]


def test_by_path_by_name_and_whatever_the_case(upload: Upload) -> None:
    rows = (
        "path;identity\nwalk 1/IMG_1.JPG;Anna\nimg_2.JPG;Bo\nC:\\\\walk 1\\\\IMG_1.JPG;Anna\nwalk 1\\\\twice.jpg;Cy\n"
    )
    records, rejected = joined(upload, rows)
    assert rejected == [UNNAMED]
    assert [one.path.relative_to(upload.photos / SENT).as_posix() for one in records] == [
        "walk 1/IMG_1.JPG", "walk 2/IMG_2.jpg", "walk 1/IMG_1.JPG", "walk 1/twice.jpg",
    ]  # fmt: skip
    assert [one.identity for one in records] == ["Anna", "Bo", "Anna", "Cy"]


def test_a_photo_of_this_name_in_another_folder_is_another_photo(upload: Upload) -> None:
    records, rejected = joined(upload, "path,identity\nwalk 1/IMG_2.jpg,Anna\nC:/walk 2/IMG_2.jpg,Bo\n")
    assert [one.identity for one in records] == ["Bo"]
    assert rejected[0].startswith("row 2: walk 1/IMG_2.jpg did not come")


def test_paths_beside_the_table_come_first(upload: Upload) -> None:
    (record,), _ = joined(upload, "path\ntwice.jpg\n", "walk 2/table.csv")
    assert record.path == upload.photos / SENT / "walk 2/twice.jpg"


def test_nothing_that_did_not_come_with_it_is_named(upload: Upload, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    rows = f"path,mask\n{secret},\n../../secret.jpg,\ntwice.jpg,\nIMG_2.jpg,{secret}\nIMG_2.jpg,\n"
    records, rejected = joined(upload, rows)
    assert [one.path for one in records] == [upload.photos / SENT / "walk 2/IMG_2.jpg"]
    assert [one.split(":")[0] for one in rejected] == ["row 2", "row 3", "row 4", "row 5", *[UNNAMED] * 3]


@pytest.mark.parametrize(
    ("text", "reason"), [("name\nx\n", "no column 'path'"), ("path\nroute.gpx\n", "none of its rows names a photo")]
)
def test_a_table_of_something_else_is_left_out_alone(upload: Upload, text: str, reason: str) -> None:
    send(upload, "stray.csv", text.encode())
    tables, (rejected,) = join_tables(upload)
    assert tables == []
    assert reason in rejected.reason
    (record,), _ = joined(upload, "path\nIMG_1.JPG\n")
    assert record.path.name == "IMG_1.JPG"


def test_a_table_in_a_zip_means_the_photos_in_it(upload: Upload) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("known.csv", "path\nIMG_1.JPG\n")
        archive.writestr("IMG_1.JPG", b"zipped")
    send(upload, "walk 1.zip", file.getvalue())
    assert unpack(upload) == []
    (table,), _ = join_tables(upload)
    (record,) = read_table(table)
    assert isinstance(record, Record)
    assert record.path.read_bytes() == b"zipped"
