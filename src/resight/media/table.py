"""A table of annotations (CSV) -> Records, row by row."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from resight.media.cells import date_of, name_of, number_of, side_of
from resight.media.file_names import shown
from resight.media.table_layout import TableLayout, table_layout
from resight.types import Box, Place, Record, Rejection, Side

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that could be read: its annotation, and its number as a spreadsheet counts (the heading is 1).

    `extra` holds the text of the further columns asked for, in the order asked.
    """

    number: int
    record: Record
    extra: tuple[str, ...]


def read_table(path: Path) -> Iterator[Record | Rejection]:
    """The annotations of a table, in its order; see `read_rows`."""
    return (row.record if isinstance(row, Row) else row for row in read_rows(path))


def read_rows(path: Path, extra: Sequence[str] = ()) -> Iterator[Row | Rejection]:
    """The rows of a CSV table, in its order, read as they are asked for.

    Columns, in any order and case: `path` (relative to the table), and any of `identity` (empty = unknown),
    `viewpoint` or `side`, `part`, `encounter`, `date`, `lat` and `lon`, `x`, `y`, `w` and `h`, `mask`
    (relative to the table), `track` and `film`. Others are passed over, but for those named in `extra`. Separated
    by commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252. Empty rows are passed over. A row that cannot be used
    becomes a Rejection that names the table, the row, the column and the cell.

    Raises:
        ResightError: at once, where this is no such table, or lacks `path` or a column of `extra`.
    """
    wanted = [name.strip().lower() for name in extra]
    return _rows(table_layout(path, needed=["path", *wanted]), wanted)


def _rows(layout: TableLayout, extra: Sequence[str]) -> Iterator[Row | Rejection]:
    with layout.path.open(encoding=layout.encoding, newline="") as file:
        # Strict, for otherwise a quotation mark that is never closed swallows all further rows in silence.
        reader = csv.reader(file, delimiter=layout.separator, strict=True)
        number = 0
        while True:
            number += 1
            line = reader.line_num + 1
            try:
                values = [value.strip() for value in next(reader)]
            except StopIteration:
                return
            except csv.Error as error:
                yield _rejected_lines(layout.path, line, reader.line_num, error)
                continue
            if number > layout.heading and any(values):
                yield _row(layout, number, values, extra)


def _rejected_lines(table: Path, first: int, last: int, error: csv.Error) -> Rejection:
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return Rejection(table, f"{shown(table)}, {lines}: {error}: are quotation marks missing or doubled there?")


def _row(layout: TableLayout, number: int, values: list[str], extra: Sequence[str]) -> Row | Rejection:
    width = len(layout.columns)
    surplus = any(values[width:])
    cells = dict(zip(layout.columns, values, strict=False))
    try:
        if len(values) < width or surplus:
            raise ValueError(f"has {len(values)} cells, but the heading has {width}: a separator is lost or unquoted")
        record = _record(layout, cells)
    except ValueError as error:
        photo = layout.path.parent / cells["path"] if cells.get("path") else layout.path
        return Rejection(photo, f"{shown(layout.path)}, row {number}: {error}")
    return Row(number, record, tuple(cells[name] for name in extra))


def _record(layout: TableLayout, cells: Mapping[str, str]) -> Record:
    folder = layout.path.parent
    path = cells["path"]
    if not path:
        raise ValueError("column path: is empty: write the photo's file")
    comma = layout.separator != ","
    position = _numbers(cells, ("lat", "lon"), comma)
    corners = _numbers(cells, ("x", "y", "w", "h"), comma)
    side, part = _side_and_part(cells)
    return Record(
        path=_file(folder, path),
        identity=name_of(cells.get("identity", "")) or None,
        side=side,
        part=part,
        encounter=name_of(cells.get("encounter", "")),
        box=Box(*corners) if corners else None,
        taken_at=_parsed(cells, "date", date_of) if cells.get("date") else None,
        place=Place(*position) if position else None,
        mask=_file(folder, cells["mask"]) if cells.get("mask") else None,
        # Tracks are numbered anew in every film, and films of one name are on many cards.
        track=f"{layout.path.absolute()}#{cells.get('film', '')}#{cells['track']}" if cells.get("track") else "",
    )


def _side_and_part(cells: Mapping[str, str]) -> tuple[Side, str]:
    """`viewpoint` names a side, or else a part; `side` names a side only; `part` goes before `viewpoint`."""
    part, viewpoint = name_of(cells.get("part", "")), name_of(cells.get("viewpoint", ""))
    side, seen = side_of(cells.get("side", "")), side_of(viewpoint)
    if side is None:
        names = ", ".join(Side)
        raise ValueError(f"column side: {cells['side']!r} is not a side: write one of {names}")
    if seen is None:
        return side, part or viewpoint
    if Side.UNKNOWN not in (side, seen) and side != seen:
        raise ValueError(f"column viewpoint: {viewpoint!r} contradicts column side: {cells['side']!r}")
    return (seen if side is Side.UNKNOWN else side), part


def _parsed(cells: Mapping[str, str], column: str, parse: Callable[[str], _T]) -> _T:
    try:
        return parse(cells[column])
    except ValueError as error:
        raise ValueError(f"column {column}: {cells[column]!r} {error}") from error


def _numbers(cells: Mapping[str, str], columns: Sequence[str], comma: bool) -> list[float]:
    """The numbers of columns that belong together; none where all of them are empty."""
    empty = [column for column in columns if not cells.get(column)]
    if len(empty) == len(columns):
        return []
    if empty:
        raise ValueError(f"column {empty[0]}: is empty: fill {', '.join(columns)} together, or none of them")
    return [_parsed(cells, column, lambda text: number_of(text, decimal_comma=comma)) for column in columns]


def _file(folder: Path, text: str) -> Path:
    """A file relative to the table's folder; Windows puts backslashes between the folders."""
    path = folder / text
    if os.sep == "/" and "\\" in text and not os.path.lexists(path):
        return folder / text.replace("\\", "/")
    return path
