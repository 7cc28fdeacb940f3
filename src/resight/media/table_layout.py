"""How a table is written: its encoding, its separator, and the names of its columns."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from resight.errors import ResightError
from resight.media.file_bytes import check_regular, why_unreadable
from resight.media.file_names import shown

_SEPARATORS = ",;\t"
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`columns` are in small letters; `heading` is the number of the row that names them, counted from 1."""

    path: Path
    encoding: str
    separator: str
    heading: int
    columns: tuple[str, ...]


def table_layout(path: Path, needed: Sequence[str]) -> TableLayout:
    """Find out how a table is written; ResightError where it is none, or lacks a column that is needed."""
    try:
        check_regular(path)
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            separator, heading, columns = _heading(file)
    except (OSError, ValueError) as error:
        raise ResightError(f"{shown(path)}: {why_unreadable(error)}") from error
    for name in needed:
        if name not in columns:
            found = ", ".join(filter(None, columns)) or "nothing"
            raise ResightError(
                f"{shown(path)}: no column '{name}' in its first row, which holds: {found}. "
                "The first row of a table names its columns, separated by commas, semicolons or tabs"
            )
    for name in filter(None, columns):
        if columns.count(name) > 1:
            raise ResightError(f"{shown(path)}: two columns are named '{name}': rename one of them")
    return TableLayout(path, encoding, separator, heading, columns)


def _heading(file: TextIO) -> tuple[str, int, tuple[str, ...]]:
    """The separator, the number of the row with the columns' names, and these names.

    The separator is the one by which there is a `path`, and the most columns. Excel may name it in a line of
    its own before: 'sep=;'.
    """
    line, heading, separators = file.readline(), 1, _SEPARATORS
    if line.startswith("sep=") and len(line.rstrip("\r\n")) == 5:
        line, heading, separators = file.readline(), 2, line[4]
    readings = [(separator, _names(line, separator)) for separator in separators]
    separator, columns = max(readings, key=lambda reading: ("path" in reading[1], len(reading[1])))
    return separator, heading, columns


def _names(line: str, separator: str) -> tuple[str, ...]:
    """The names of columns, in small letters; empty ones at the end are left over from spreadsheets."""
    try:
        names = [cell.strip().lower() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return ()
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _encoding(path: Path) -> str:
    """The encoding by which the whole file can be read; ResightError where it is no text."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith(_SPREADSHEETS):
        raise ResightError(f"{shown(path)}: a spreadsheet's own format: save it as CSV (UTF-8)")
    if start.startswith(_UTF_16_MARKS):
        possible: tuple[str, ...] = ("utf-16",)
    else:
        possible = () if b"\0" in start else ("utf-8-sig", "cp1252")
    for encoding in possible:
        if _decodes(path, encoding):
            return encoding
    raise ResightError(f"{shown(path)}: not a table of text: save it as CSV (UTF-8)")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
