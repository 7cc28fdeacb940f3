"""Uploads come in pieces, go on after a break, and lead nowhere else."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.web import uploads
from resight.web.uploads import PieceError, Upload, begin, find, safe_path, take, unpack


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return begin(tmp_path)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_pieces_make_a_file_and_what_is_there_is_told(upload: Upload, tmp_path: Path) -> None:
    assert take(upload, "walk/a.jpg", 0, b"abc") == 3
    with pytest.raises(PieceError) as late:
        take(upload, "walk/a.jpg", 0, b"abc")
    assert late.value.size == 3
    with pytest.raises(PieceError):
        take(upload, "walk/a.jpg", 7, b"x")
    assert take(upload, "walk/a.jpg", 3, b"def") == 6
    again = find(tmp_path, upload.key)
    assert again.sizes() == {"walk/a.jpg": 6}
    assert (again.files / "walk/a.jpg").read_bytes() == b"abcdef"


@pytest.mark.parametrize(
    "name",
    ["../a.jpg", "/etc/a.jpg", "a/../../b.jpg", "..\\b.jpg", "C:\\b.jpg", ".hidden.jpg", "a\0.jpg", "x" * 300 + ".jpg",
     "a/b/c/d/e/f/g/h/i.jpg", "", "a\nb.jpg"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(upload: Upload, tmp_path: Path, name: str) -> None:
    with pytest.raises(ResightError):
        take(upload, name, 0, b"x")
    assert everything(tmp_path) == set()


@given(st.text(max_size=80))
def test_no_name_leads_out(name: str) -> None:
    try:
        path = safe_path(name)
    except ResightError:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert (Path("/upload") / path).resolve().is_relative_to("/upload")


def test_only_photos_tables_and_zips_are_taken(upload: Upload) -> None:
    with pytest.raises(ResightError, match="no photo, table or zip"):
        take(upload, "run.sh", 0, b"x")
    assert upload.sizes() == {}


@pytest.mark.parametrize("key", ["..", "../" * 3, "0" * 24, "A" * 24, ""])
def test_there_is_no_such_upload(tmp_path: Path, key: str) -> None:
    with pytest.raises(ResightError, match="no such upload"):
        find(tmp_path, key)


def test_a_zip_is_opened_beside_itself_and_what_it_hides_is_left_out(upload: Upload, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = zipped(
        ("walk/a.jpg", b"photo"), ("../../out.jpg", b"x"), ("/etc/out.jpg", b"x"), ("run.exe", b"x"),
        (link, b"/etc/passwd"), ("inner.zip", b"x"),
    )  # fmt: skip
    take(upload, "card.zip", 0, content)
    rejected = unpack(upload)
    assert upload.sizes() == {"card/walk/a.jpg": 5}
    assert len(rejected) == 5
    assert any("link" in one.reason for one in rejected)
    assert everything(tmp_path) == {f"uploads/{upload.key}/files/card/walk/a.jpg"}
    assert unpack(upload) == []


def test_a_bomb_does_not_go_off(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    take(upload, "bomb.zip", 0, zipped(("a.jpg", bytes(30_000_000)), ("b.jpg", b"fine")))
    (rejected,) = unpack(upload)
    assert "far larger" in rejected.reason
    assert upload.sizes() == {"bomb/b.jpg": 4}


def test_a_zip_that_lies_about_a_size_is_not_believed(upload: Upload) -> None:
    content = bytearray(zipped(("a.jpg", bytes(5000))))
    true = (5000).to_bytes(4, "little")
    assert content.count(true) == 2
    take(upload, "lie.zip", 0, bytes(content.replace(true, (10).to_bytes(4, "little"))))
    assert len(unpack(upload)) == 1
    assert upload.sizes() == {}


def test_a_zip_that_is_broken_is_listed_and_the_others_are_opened(upload: Upload) -> None:
    take(upload, "a.zip", 0, b"no zip at all")
    take(upload, "b.zip", 0, zipped(("b.jpg", b"x")))
    assert ["cannot be opened" in one.reason for one in unpack(upload)] == [True]
    assert upload.sizes() == {"b/b.jpg": 1}


def test_an_opening_that_was_interrupted_goes_on(upload: Upload) -> None:
    take(upload, "a.zip", 0, zipped(("a.jpg", b"one"), ("b.jpg", b"two")))
    done = upload.files / "a" / "a.jpg"
    done.parent.mkdir()
    done.write_bytes(b"one")
    (done.parent / ".b.jpg.unfinished").write_bytes(b"t")
    assert unpack(upload) == []
    assert upload.sizes() == {"a/a.jpg": 3, "a/b.jpg": 3}


def test_a_full_disk_is_told_before_it_is_full(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT_FREE", 1 << 60)
    with pytest.raises(ResightError, match="disk of the server is full"):
        take(upload, "a.jpg", 0, b"x")
