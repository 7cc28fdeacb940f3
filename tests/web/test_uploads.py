"""Uploads come in pieces, go on after a break, lead nowhere else, and are deleted when the catalogue has them."""

import io
import os
import stat
import time
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from resight.catalogue import folder
from resight.catalogue.lookup import catalogued, rejected_files
from resight.catalogue.store import NewAnnotation, NewPhoto, add_shard
from resight.cli.receive import receive
from resight.errors import ResightError
from resight.media.folders import scan
from resight.types import Record, Rejection
from resight.web import uploads, zips
from resight.web.named_folders import starts
from resight.web.received import ABANDONED, clear, drop, order, partial_files
from resight.web.uploads import PieceError, Purpose, Stated, Upload, begin, find, safe_path, stated_of, take
from resight.web.zips import unpack
from resight.work.jobs import Job, State

NOW = datetime.now(UTC)


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return begin(tmp_path)


def send(upload: Upload, name: str, content: bytes) -> None:
    take(upload, name, 0, content, Stated(len(content), 0))


def sizes(upload: Upload) -> dict[str, int]:
    return {item.place: item.path.stat().st_size for item in upload.items() if item.suffix != ".zip"}


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file()}


def test_pieces_make_a_file_and_what_is_there_is_told(upload: Upload, tmp_path: Path) -> None:
    said = Stated(6, 1_700_000_000_123)
    assert take(upload, "walk/a.jpg", 0, b"abc", said) == 3
    for offset in (0, 5):
        with pytest.raises(PieceError) as late:
            take(upload, "walk/a.jpg", offset, b"x", said)
        assert late.value.size == 3
    assert take(upload, "walk/a.jpg", 3, b"def", said) == 6
    (item,) = find(tmp_path, upload.key).sent()
    assert (item.place, item.path.read_bytes(), stated_of(item.path)) == ("walk/a.jpg", b"abcdef", said)


@pytest.mark.parametrize("other", [Stated(7, 1), Stated(6, 2)])
def test_another_photo_of_the_same_name_does_not_go_on_with_the_first(upload: Upload, other: Stated) -> None:
    take(upload, "IMG_0001.jpg", 0, b"abc", Stated(6, 1))
    for offset in (0, 3):
        with pytest.raises(ResightError, match="another file") as refused:
            take(upload, "IMG_0001.jpg", offset, b"def", other)
        assert not isinstance(refused.value, PieceError)
    assert sizes(upload) == {"IMG_0001.jpg": 3}


def test_of_many_that_send_the_same_piece_at_once_one_is_taken(upload: Upload) -> None:
    piece, said = bytes(1 << 16), Stated(1 << 16, 0)

    def once(_: int) -> bool:
        try:
            return take(upload, "a.jpg", 0, piece, said) == len(piece)
        except PieceError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(once, range(8))) == 1
    assert sizes(upload) == {"a.jpg": len(piece)}


def test_what_is_finished_takes_no_more(upload: Upload) -> None:
    send(upload, "a.jpg", b"abc")
    upload.finished.touch()
    with pytest.raises(ResightError, match="is finished"):
        send(upload, "b.jpg", b"abc")


def test_half_a_file_is_not_taken_for_a_photo(upload: Upload) -> None:
    take(upload, "a.jpg", 0, b"abc", Stated(6, 0))
    send(upload, "b.jpg", b"abc")
    (rejected,) = parts = partial_files(upload)
    drop(upload, parts)
    assert "only 3 of its 6 bytes" in rejected.reason
    assert sizes(upload) == {"b.jpg": 3}


@pytest.mark.parametrize(
    "name",
    ["../a.jpg", "/etc/a.jpg", "a/../../b.jpg", "..\\b.jpg", "C:\\b.jpg", ".hidden.jpg", "a\0.jpg", "x" * 300 + ".jpg",
     "a/b/c/d/e/f/g/h/i.jpg", "", "a\nb.jpg"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(upload: Upload, tmp_path: Path, name: str) -> None:
    with pytest.raises(ResightError):
        send(upload, name, b"x")
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
    with pytest.raises(ResightError, match="no photo, film, table or zip"):
        send(upload, "run.sh", b"x")
    assert sizes(upload) == {}


@pytest.mark.parametrize("key", ["..", "../" * 3, "0" * 24, "A" * 24, ""])
def test_there_is_no_such_upload(tmp_path: Path, key: str) -> None:
    with pytest.raises(ResightError, match="no such upload"):
        find(tmp_path, key)


def test_a_zip_is_opened_and_what_it_hides_is_left_out(upload: Upload, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = zipped(
        ("walk/a.jpg", b"photo"), ("../../out.jpg", b"x"), ("/etc/out.jpg", b"x"), ("run.exe", b"x"),
        (link, b"/etc/passwd"), ("inner.zip", b"x"),
    )  # fmt: skip
    send(upload, "card.zip", content)
    rejected = unpack(upload)
    assert sizes(upload) == {"card/walk/a.jpg": 5}
    assert len(rejected) == 5
    assert any("link" in one.reason for one in rejected)
    assert {name.rsplit("/")[-1] for name in everything(tmp_path)} == {"lock", "card.zip", "a.jpg"}


def test_a_zip_is_not_mixed_with_a_folder_of_its_name(upload: Upload) -> None:
    send(upload, "card/a.jpg", b"folder")
    send(upload, "card.zip", zipped(("a.jpg", b"zip"), ("b.jpg", b"zip")))
    assert unpack(upload) == []
    there = [(item.place, item.path.read_bytes()) for item in upload.items() if item.suffix == ".jpg"]
    assert sorted(there) == [("card/a.jpg", b"folder"), ("card/a.jpg", b"zip"), ("card/b.jpg", b"zip")]
    assert len(list(upload.photos.iterdir())) == 2


def test_a_bomb_does_not_go_off(upload: Upload) -> None:
    send(upload, "bomb.zip", zipped(("a.jpg", bytes(30_000_000)), ("b.jpg", b"fine")))
    (rejected,) = unpack(upload)
    assert "far larger" in rejected.reason
    assert sizes(upload) == {"bomb/b.jpg": 4}


def test_a_zip_that_lies_about_a_size_is_not_believed(upload: Upload) -> None:
    content = bytearray(zipped(("a.jpg", bytes(5000))))
    true = (5000).to_bytes(4, "little")
    assert content.count(true) == 2
    send(upload, "lie.zip", bytes(content.replace(true, (10).to_bytes(4, "little"))))
    assert len(unpack(upload)) == 1
    assert sizes(upload) == {}


def broken_lzma() -> bytes:
    content = bytearray(zipped(("a.jpg", os.urandom(5000)), packed=zipfile.ZIP_LZMA))
    content[60:90] = bytes(30)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [b"no zip at all", zipped(("\xe4.jpg", b"x")).replace("\xe4".encode(), b"\xff\xff"), broken_lzma(),
     zipped(("a.jpg", b"x"), ("a.jpg/b.jpg", b"x"))],
)  # fmt: skip
def test_a_zip_that_is_broken_is_listed_and_the_others_are_opened(upload: Upload, content: bytes) -> None:
    send(upload, "a.zip", content)
    send(upload, "b.zip", zipped(("b.jpg", b"x")))
    (rejected,) = unpack(upload)
    assert "cannot be" in rejected.reason
    assert sizes(upload).pop("b/b.jpg") == 1


def test_an_opening_that_was_interrupted_goes_on(upload: Upload) -> None:
    send(upload, "a.zip", zipped(("a.jpg", b"one"), ("b.jpg", b"two")))
    assert unpack(upload) == []
    (unpacked,) = upload.photos.iterdir()
    (unpacked / "a" / "b.jpg").rename(unpacked / "a" / ".b.jpg.part")
    assert sizes(upload) == {"a/a.jpg": 3}
    assert unpack(upload) == []
    assert sizes(upload) == {"a/a.jpg": 3, "a/b.jpg": 3}
    assert not (unpacked / "a" / ".b.jpg.part").exists()


def test_a_full_disk_is_told_before_it_is_full(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT_FREE", 1 << 60)
    with pytest.raises(ResightError, match="disk of the server is full"):
        send(upload, "a.jpg", b"x")


@pytest.mark.parametrize(
    ("states", "age", "there"),
    [((), 0, True), ((), ABANDONED + 1, False), ([State.DONE], 0, False), ([State.PARTLY], 0, False),
     ([State.FAILED], 0, True), ([State.CANCELLED], ABANDONED + 1, False), ([State.RUNNING], ABANDONED + 1, True),
     ([State.DONE, State.WAITING], 0, True)],
)  # fmt: skip
def test_uploads_go_when_they_are_done_or_abandoned(
    tmp_path: Path, states: Sequence[State], age: float, there: bool
) -> None:
    with folder.create(tmp_path / "whales") as catalogue:
        upload = begin(catalogue.folder)
        send(upload, "a.jpg", b"x")
        asked = order(catalogue.folder, upload, Purpose.IDENTIFY, False, "Bea")
        jobs = [Job("job", asked, state, NOW, None) for state in states]
        clear(catalogue, jobs, time.time() + age)
        assert upload.folder.exists() == there


def test_an_upload_whose_mask_the_catalogue_needs_stays(tmp_path: Path) -> None:
    with folder.create(tmp_path / "whales") as catalogue:
        upload = begin(catalogue.folder)
        send(upload, "mask.png", b"x")
        (item,) = upload.sent()
        photo = NewPhoto(tmp_path / "a.jpg", "0" * 64, 1, 10, 10, (NewAnnotation(mask_path=item.path),))
        with catalogue.writing() as session:
            add_shard(session, [photo])
        for _ in range(2):
            clear(catalogue, [], time.time() + ABANDONED + 1)
            assert item.path.exists()


def test_a_stray_table_does_not_keep_the_photos_out(tmp_path: Path) -> None:
    photos = [np.random.default_rng(seed).integers(0, 255, (64, 64, 3), np.uint8) for seed in range(3)]
    one, two, three = (cv2.imencode(".png", photo)[1].tobytes() for photo in photos)
    with folder.create(tmp_path / "whales", method="thumbnail") as catalogue:
        upload = begin(catalogue.folder)
        for name, content in (
            ("Anna/1.png", one), ("Anna.zip", zipped(("1.png", two))), ("Bo.zip", zipped(("left/1.png", three))),
            ("route.csv", b"path\nroute.gpx\n"),
        ):  # fmt: skip
            send(upload, name, content)
        for _ in range(2):  # a job that was killed is started again
            with pytest.raises(typer.Exit) as end:
                receive(catalogue.folder, upload.key, Purpose.KNOWN, by_folder=True, by="Bea")
            assert end.value.exit_code == 1
        assert sorted(one.name for one in catalogued(catalogue)) == ["Anna", "Anna", "Bo"]
        assert [one.path for one in rejected_files(catalogue, 9)] == ["route.csv"]
        done = Job("job", order(catalogue.folder, upload, Purpose.KNOWN, True, "Bea"), State.PARTLY, NOW, None)
        clear(catalogue, [done], time.time())
        assert not upload.folder.exists()


def test_what_a_mac_leaves_in_a_zip_is_passed_over(upload: Upload) -> None:
    send(upload, "a.zip", zipped(("Anna/1.jpg", b"1"), ("__MACOSX/Anna/._1.jpg", b"x"), ("Anna/.DS_Store", b"x")))
    assert unpack(upload) == []
    assert sizes(upload) == {"a/Anna/1.jpg": 1}


def test_a_full_disk_keeps_what_was_sent(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    send(upload, "a.zip", zipped(("1.jpg", b"1"), ("2.jpg", b"2")))
    with monkeypatch.context() as full:
        full.setattr(zips, "KEPT_FREE", 1 << 60)
        with pytest.raises(ResightError, match="make room"):
            unpack(upload)
    assert unpack(upload) == []
    assert sizes(upload) == {"a/1.jpg": 1, "a/2.jpg": 1}


def names(upload: Upload, skipped: int) -> set[str | None]:
    found = list(scan(starts(upload, skipped), by_folder=True))
    return {one.identity for one in found if isinstance(one, Record)}


def test_the_folder_that_bears_the_names_is_the_one_that_was_chosen(upload: Upload) -> None:
    for name in ("whales/Anna/2020/1.jpg", "whales/Bo/left/2.jpg", "whales/loose.jpg"):
        send(upload, name, name.encode())
    assert names(upload, 0) == {"whales"}
    assert names(upload, 1) == {"Anna", "Bo"}
    (loose,) = (one for one in scan(starts(upload, 1), by_folder=True) if isinstance(one, Rejection))
    assert loose.path.name == "loose.jpg"


def test_a_zip_of_one_animal_is_called_as_it_and_one_of_several_is_not(upload: Upload) -> None:
    send(upload, "card/Anna.zip", zipped(("1.jpg", b"1"), ("left/2.jpg", b"2")))
    send(upload, "whales.zip", zipped(("Bo/3.jpg", b"3"), ("Cy/2021/4.jpg", b"4")))
    unpack(upload)
    assert names(upload, 0) == {"Anna", "Bo", "Cy"}
