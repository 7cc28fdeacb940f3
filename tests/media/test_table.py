import csv
import os
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.media.table import Row, read_rows, read_table
from resight.types import Box, Place, Record, Rejection, Side


def table(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def one(folder: Path, text: str | bytes) -> Record:
    (found,) = read_table(table(folder, text))
    assert isinstance(found, Record), found
    return found


def reason(folder: Path, text: str) -> str:
    (found,) = read_table(table(folder, text))
    assert isinstance(found, Rejection), found
    return found.reason


def test_every_column(tmp_path: Path) -> None:
    text = (
        "Path , identity,side,part,encounter,date,lat,lon,x,y,w,h,mask,weather\n"
        "in/a.jpg,Anna,L,Fluke,e1,2020-12-25 14:30,-33.5,151,1,2,3.5,4,m/a.png,fine\n"
    )
    assert one(tmp_path, text) == Record(
        path=tmp_path / "in/a.jpg",
        identity="Anna",
        side=Side.LEFT,
        part="Fluke",
        encounter="e1",
        box=Box(1, 2, 3.5, 4),
        taken_at=datetime(2020, 12, 25, 14, 30),
        place=Place(-33.5, 151),
        mask=tmp_path / "m/a.png",
    )


def test_path_alone_and_absolute(tmp_path: Path) -> None:
    assert one(tmp_path, "path\na.jpg\n") == Record(tmp_path / "a.jpg")
    assert one(tmp_path, "path\n/elsewhere/a.jpg").path == Path("/elsewhere/a.jpg")


def test_every_row_of_real_tables(real_photos: Path) -> None:
    tables = sorted(real_photos.glob("*/*.csv"))
    assert len(tables) > 5
    for path in tables:
        with path.open(newline="") as file:
            expected = list(csv.DictReader(file))
        rows = [row for row in read_rows(path) if isinstance(row, Row)]
        assert [row.record.path for row in rows] == [path.parent / line["path"] for line in expected]
        assert [row.record.identity or "" for row in rows] == [line.get("identity", "") for line in expected]
        assert [row.number for row in rows] == list(range(2, len(expected) + 2))
        for row, line in zip(rows, expected, strict=True):
            box = row.record.box
            assert (box is None) == (not line.get("x"))
            assert box is None or box.x == float(line["x"])


@pytest.mark.parametrize(
    ("columns", "cells", "side", "part"),
    [
        ("viewpoint", "left", Side.LEFT, ""),
        ("viewpoint", "R", Side.RIGHT, ""),
        ("viewpoint", "Fluke", Side.UNKNOWN, "Fluke"),
        ("viewpoint", "", Side.UNKNOWN, ""),
        ("side", "unknown", Side.UNKNOWN, ""),
        ("viewpoint,part", "left,fin", Side.LEFT, "fin"),
        ("viewpoint,part", "head,nose", Side.UNKNOWN, "nose"),
        ("viewpoint,side", "head,right", Side.RIGHT, "head"),
        ("viewpoint,side", "left,", Side.LEFT, ""),
        ("viewpoint,side", ",up", Side.UP, ""),
    ],
)
def test_side_and_part(tmp_path: Path, columns: str, cells: str, side: Side, part: str) -> None:
    record = one(tmp_path, f"path,{columns}\na.jpg,{cells}\n")
    assert (record.side, record.part) == (side, part)


@pytest.mark.parametrize(
    ("columns", "cells", "words"),
    [
        ("side", "lfet", ["column side", "'lfet'", "left, right"]),
        ("viewpoint,side", "left,right", ["column viewpoint", "'left'", "'right'"]),
        ("date", "31.31.2020", ["column date", "'31.31.2020'", "2020-12-25"]),
        ("date", "03/04/2020", ["column date", "two days"]),
        ("lat,lon", "91,0", ["latitude 91"]),
        ("lat,lon", "north,0", ["column lat", "'north'"]),
        ("lat,lon", "12,", ["column lon", "empty", "lat, lon"]),
        ("lat", "12", ["column lon", "empty"]),
        ("x,y,w,h", "1,2,0,4", ["positive width"]),
        ("x,y,w,h", "1,2,nan,4", ["column w", "'nan'"]),
        ("x,y,w,h", "1,,3,4", ["column y", "empty"]),
        ("part", "fin,extra", ["has 3 cells", "heading has 2"]),
        ("part,side", "fin", ["has 2 cells", "heading has 3"]),
    ],
)
def test_bad_cells(tmp_path: Path, columns: str, cells: str, words: list[str]) -> None:
    text = f"path,{columns}\na.jpg,{cells}\n"
    (found,) = read_table(table(tmp_path, text))
    assert isinstance(found, Rejection)
    assert found.path == tmp_path / "a.jpg"
    for word in ["table.csv, row 2: ", *words]:
        assert word in found.reason


def test_a_bad_row_does_not_cost_the_others(tmp_path: Path) -> None:
    path = table(tmp_path, "path,date\na.jpg,2020-12-25\nb.jpg,soon\n,2020-12-25\n\n,\nc.jpg,\n")
    found = list(read_rows(path))
    assert [row.number for row in found if isinstance(row, Row)] == [2, 7]
    soon, nameless = (row for row in found if isinstance(row, Rejection))
    assert (soon.path, nameless.path) == (tmp_path / "b.jpg", path)
    assert "row 4: column path" in nameless.reason


def test_quotation_marks_that_are_never_closed_are_noticed(tmp_path: Path) -> None:
    path = table(tmp_path, 'path,identity\na.jpg,Anna\n"b.jpg,Bella\nc.jpg,Clara\n')
    first, rest = read_table(path)
    assert isinstance(first, Record)
    assert isinstance(rest, Rejection)
    assert "lines 3 to 4" in rest.reason


def test_quoted_cells(tmp_path: Path) -> None:
    record = one(tmp_path, 'path,identity\n"a, b.jpg","Anna ""the\nFirst"""\n')
    assert (record.path.name, record.identity) == ("a, b.jpg", 'Anna "the\nFirst"')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_as_spreadsheets_write(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    lines = ["path,identity,lat,lon,notes", 'Zoë.jpg,Zoë,"59.5","-3.25",a']
    text = "".join(line.replace(",", separator) + end for line in lines)
    record = one(tmp_path, text.encode(encoding))
    assert (record.identity, record.path.name, record.place) == ("Zoë", "Zoë.jpg", Place(59.5, -3.25))


def test_a_late_letter_decides_the_encoding(tmp_path: Path) -> None:
    rows = "".join(f"{number}.jpg,Anna\n" for number in range(100_000))
    path = table(tmp_path, ("path,identity\n" + rows).encode() + "z.jpg,Zoë\n".encode("cp1252"))
    *_, last = read_table(path)
    assert isinstance(last, Record)
    assert last.identity == "Zoë"


def test_european_spreadsheets(tmp_path: Path) -> None:
    record = one(tmp_path, "sep=;\r\npath;lat;lon;date;;\r\na.jpg;59,5;-3,25;25.12.2020;;\r\n")
    assert (record.place, record.taken_at) == (Place(59.5, -3.25), datetime(2020, 12, 25))
    assert "'59,5' is not a number" in reason(tmp_path, 'path,lat,lon\na.jpg,"59,5","-3,25"\n')


@pytest.mark.skipif(os.sep != "/", reason="backslashes are the separator there")
def test_paths_written_on_windows(tmp_path: Path) -> None:
    assert one(tmp_path, "path\nin\\a.jpg\n").path == tmp_path / "in" / "a.jpg"
    (tmp_path / "in\\a.jpg").touch()
    assert one(tmp_path, "path\nin\\a.jpg\n").path == tmp_path / "in\\a.jpg"


def test_further_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "Camera,path,encounter\nC1,a.jpg,e1\n,b.jpg,e2\n")
    found = [row.extra for row in read_rows(path, extra=("camera", "encounter")) if isinstance(row, Row)]
    assert found == [("C1", "e1"), ("", "e2")]
    with pytest.raises(ResightError, match=r"no column 'lens'.*holds: camera, path, encounter"):
        read_rows(path, extra=("lens",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column 'path'.*nothing"),
        (b"image,name\na.jpg,Anna\n", "no column 'path'.*image, name"),
        (b"path,side,side\n", "two columns are named 'side'"),
        (b"PK\x03\x04 and so on", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a table"),
        (b"path\n\x81\x8d.jpg\n", "not a table"),
        (b"\xff\xfep\0a\0t\0h\0\n\0\x00\xd8", "not a table"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ResightError, match=words):
        read_table(table(tmp_path, content))


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ResightError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ResightError, match="folder"):
        read_table(tmp_path)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=150)
@given(st.lists(st.lists(CELLS, max_size=7), max_size=8), st.sampled_from(",;\t"))
def test_no_row_is_lost(tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], separator: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    heading = ["path", "identity", "date", "side", "lat", "lon"]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows([heading, *lines])
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    found = list(read_table(path))
    assert len(found) == len(filled)
    assert all(item.reason.isprintable() for item in found if isinstance(item, Rejection))


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("path,identity,date\n")
            file.writelines(f"{number}.jpg,animal {number},2020-12-25\n" for number in range(rows))
        tracemalloc.start()
        try:
            assert sum(isinstance(found, Record) for found in read_table(path)) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000) < peak(2_000) + 2_000_000
