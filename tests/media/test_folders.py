import inspect
import os
import sys
import tracemalloc
from pathlib import Path

from resight.media.folders import scan
from resight.types import Record, Rejection, Side


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def records(*paths: Path, by_folder: bool = False) -> list[Record]:
    found = list(scan(paths, by_folder))
    assert all(isinstance(item, Record) for item in found), found
    return [item for item in found if isinstance(item, Record)]


def only_rejection(path: Path, by_folder: bool = False) -> Rejection:
    (found,) = (item for item in scan([path], by_folder) if isinstance(item, Rejection))
    assert found.reason.isprintable()
    return found


def test_all_levels_in_the_order_of_names(tmp_path: Path) -> None:
    files(tmp_path, "b.jpg", "a/2.PNG", "a/1.heic", "c/d/e.tiff", "a.jpg")
    found = [record.path.relative_to(tmp_path).as_posix() for record in records(tmp_path)]
    assert found == ["a/1.heic", "a/2.PNG", "a.jpg", "b.jpg", "c/d/e.tiff"]
    assert {record.identity for record in records(tmp_path)} == {None}


def test_files_named_one_by_one(tmp_path: Path) -> None:
    files(tmp_path, "a.jpg", "no suffix")
    paths = [tmp_path / "no suffix", tmp_path / "a.jpg", tmp_path / "missing.jpg"]
    assert [record.path for record in records(*paths)] == paths


def test_relative_folders(tmp_path: Path) -> None:
    files(tmp_path, "Anna/a.jpg")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert records(Path(), by_folder=True) == [Record(Path("Anna/a.jpg"), identity="Anna")]
    finally:
        os.chdir(before)


def test_a_folder_for_each_individual(tmp_path: Path) -> None:
    files(tmp_path, "Anna/1.jpg", "Anna/2020/dawn/2.jpg", "Anna/left/3.jpg", "Anna/2021/R/4.jpg")
    files(tmp_path, "Unknown/5.jpg", "unknown/2020/6.jpg")
    found = {record.path.stem: record for record in records(tmp_path, by_folder=True)}
    assert {stem: record.identity for stem, record in found.items()} == {
        "1": "Anna",
        "2": "Anna",
        "3": "Anna",
        "4": "Anna",
        "5": None,
        "6": None,
    }
    assert [found[stem].encounter for stem in "123456"] == [
        "",
        "Anna/2020/dawn",
        "",
        "Anna/2021",
        "",
        "unknown/2020",
    ]
    assert (found["3"].side, found["4"].side, found["1"].side) == (Side.LEFT, Side.RIGHT, Side.UNKNOWN)


def test_a_photo_in_no_individuals_folder(tmp_path: Path) -> None:
    files(tmp_path, "Anna/1.jpg", "stray.jpg")
    assert only_rejection(tmp_path, by_folder=True).path == tmp_path / "stray.jpg"
    assert "individual" in only_rejection(tmp_path / "stray.jpg", by_folder=True).reason


def test_accents_are_composed(tmp_path: Path) -> None:
    files(tmp_path, "Zoe\u0308/1.jpg")
    assert [record.identity for record in records(tmp_path, by_folder=True)] == ["Zo\u00eb"]


def test_what_systems_leave_is_passed_over(tmp_path: Path) -> None:
    files(tmp_path, "a.jpg", "._a.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "a.xmp", "@eaDir/a.jpg")
    files(tmp_path, "__MACOSX/a.jpg", ".thumbnails/a.jpg")
    assert [record.path.name for record in records(tmp_path)] == ["a.jpg"]


def test_what_is_no_photo_is_rejected(tmp_path: Path) -> None:
    files(tmp_path, "a.jpg", "notes.txt", "table.csv", "b.NEF", "c.mp4", "no suffix")
    found = [item for item in scan([tmp_path]) if isinstance(item, Rejection)]
    assert [item.path.name for item in found] == ["b.NEF", "c.mp4", "no suffix", "notes.txt", "table.csv"]
    assert "raw" in found[0].reason
    assert str(tmp_path / "c.mp4") in found[1].reason


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    files(tmp_path, "a/1.jpg", "b/2.jpg")
    for name in ("up", "again"):
        (tmp_path / "a" / name).symlink_to(tmp_path)
    (tmp_path / "b" / "self").symlink_to(tmp_path / "b" / "self")
    found = list(scan([tmp_path]))
    assert [item.path.name for item in found if isinstance(item, Record)] == ["1.jpg", "2.jpg"]
    assert [item.path.name for item in found if isinstance(item, Rejection)] == ["again", "up", "self"]
    (twice,) = list(scan([tmp_path / "a" / "1.jpg", tmp_path / "b", tmp_path / "b"]))[3:]
    assert isinstance(twice, Rejection)


def test_linked_folders_and_files_are_read(tmp_path: Path) -> None:
    files(tmp_path, "disk/1.jpg", "disk/2.jpg")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "Anna").symlink_to(tmp_path / "disk")
    (tmp_path / "photos" / "Bella").mkdir()
    (tmp_path / "photos" / "Bella" / "b.jpg").symlink_to(tmp_path / "disk" / "2.jpg")
    found = records(tmp_path / "photos", by_folder=True)
    assert [(record.identity, record.path.name) for record in found] == [
        ("Anna", "1.jpg"),
        ("Anna", "2.jpg"),
        ("Bella", "b.jpg"),
    ]


def test_names_that_are_not_text(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path)
    for folder in (b"photos", b"photos2/Zo\xeb"):
        Path(os.fsdecode(raw + b"/" + folder)).mkdir(parents=True)
    Path(os.fsdecode(raw + b"/photos/Zo\xeb.jpg")).touch()
    Path(os.fsdecode(raw + b"/photos2/Zo\xeb/1.jpg")).touch()
    assert "rename" in only_rejection(tmp_path / "photos").reason
    assert "nothing in this folder" in only_rejection(tmp_path / "photos2", by_folder=True).reason


def test_folders_may_be_deeper_than_the_stack(tmp_path: Path) -> None:
    photo = tmp_path.joinpath(*"d" * 300, "a.jpg")
    photo.parent.mkdir(parents=True)
    photo.touch()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 150)
    try:
        assert records(tmp_path) == [Record(photo)]
    finally:
        sys.setrecursionlimit(limit)


def test_a_large_folder_streams(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        folder = tmp_path / str(count)
        folder.mkdir()
        files(folder, *(f"{number // 100:03}/{number}.jpg" for number in range(count)))
        tracemalloc.start()
        try:
            assert sum(isinstance(found, Record) for found in scan([folder])) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(5_000) < peak(500) + 200_000
