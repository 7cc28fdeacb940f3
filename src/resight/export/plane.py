"""The points of a plane as a table, and back; another program's as JSON too."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.errors import ResightError
from resight.identify.plane import Plane

COLUMNS = ("annotation", "path", "individual", "side", "x", "y", "class", "probability", "outlier")
NEEDED = ("annotation", "x", "y")
WHOLE = ("annotation", "class")
FARTHEST = 1e9  # from the middle: beyond, nothing can be drawn


@dataclass(frozen=True, slots=True)
class _Point:
    annotation: int
    x: float
    y: float
    cluster: int
    probability: float


def write_plane(catalogue: Catalogue, plane: Plane, file: TextIO) -> None:
    """A row for each point; the class of an outlier is -1."""
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    held = {one.id: one for one in catalogued(catalogue)}
    columns = (plane.annotations, plane.x, plane.y, plane.cluster, plane.probability)
    for key, x, y, cluster, probability in zip(*(column.tolist() for column in columns), strict=True):
        one = held.get(key)
        if one is not None:
            point = (f"{x:.6f}", f"{y:.6f}", cluster, f"{probability:.4f}", str(cluster < 0).lower())
            rows.writerow([key, one.path, one.name, one.side.value, *point])


def read_plane_table(file: TextIO) -> Plane:
    """The points of a table with the columns annotation, x and y, and class and probability where it has them.

    ResightError where a row makes no sense; the text names the row.
    """
    rows = csv.DictReader(file)
    if missing := [name for name in NEEDED if name not in (rows.fieldnames or ())]:
        raise ResightError(f"the table has no column '{missing[0]}'; it needs annotation, x and y")
    points = []
    for number, row in enumerate(rows, start=2):
        try:
            point = _Point(
                int(row["annotation"]), float(row["x"]), float(row["y"]), int(row.get("class") or -1),
                float(row.get("probability") or 1),
            )  # fmt: skip
        except (TypeError, ValueError) as error:
            raise ResightError(f"row {number} of the table holds no point: {error}") from error
        points.append(_checked(point, f"row {number} of the table"))
    return _plane(points)


def read_plane_json(text: str | bytes) -> Plane:
    """The same columns as JSON: a list under each name, all of one length. Other names are passed over.

    ResightError where a value makes no sense; the text names the column and the place in it, counted from 1.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResightError(f"this is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise ResightError("this JSON holds no columns: it needs a list for each of annotation, x and y")
    columns = []
    for name in ("annotation", "x", "y", "class", "probability"):
        if name in said:
            columns.append(_column(name, said[name], whole=name in WHOLE))
        elif name in NEEDED:
            raise ResightError(f"the JSON has no column '{name}'; it needs annotation, x and y")
        else:
            columns.append([-1.0 if name == "class" else 1.0] * len(columns[0]))
    if len({len(column) for column in columns}) > 1:
        raise ResightError("the columns of the JSON are not of the same length")
    return _plane(
        [
            _checked(_Point(int(key), x, y, int(cluster), probability), f"point {number} of the JSON")
            for number, (key, x, y, cluster, probability) in enumerate(zip(*columns, strict=True), start=1)
        ]
    )


def _column(name: str, said: object, whole: bool) -> list[float]:
    if not isinstance(said, list):
        raise ResightError(f"the column '{name}' of the JSON is no list")
    for number, value in enumerate(said, start=1):
        # True is an int to Python.
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            kind = "whole number" if whole else "number"
            raise ResightError(f"'{name}' of point {number} of the JSON is no {kind}: {json.dumps(value)[:40]}")
    return said


def _checked(point: _Point, where: str) -> _Point:
    if not 0 < point.annotation < 2**31:
        raise ResightError(f"{where} holds an annotation that cannot be: {str(point.annotation)[:40]}")
    if not (abs(point.x) <= FARTHEST and abs(point.y) <= FARTHEST):
        raise ResightError(f"{where} holds a number that is none, or lies too far out")
    if not -1 <= point.cluster < 2**31:
        raise ResightError(f"{where} holds a class that cannot be: it is counted from 0, and -1 is an outlier")
    if not 0 <= point.probability <= 1:
        raise ResightError(f"{where} holds a probability that is not from 0 to 1")
    return point


def _plane(points: Sequence[_Point]) -> Plane:
    if not points:
        raise ResightError("the table holds no points")
    seen: set[int] = set()
    for point in points:
        if point.annotation in seen:
            raise ResightError(f"the table places annotation {point.annotation} twice")
        seen.add(point.annotation)
    return Plane(
        np.array([point.annotation for point in points], np.int64),
        np.array([point.x for point in points], np.float64),
        np.array([point.y for point in points], np.float64),
        np.array([point.cluster for point in points], np.int64),
        np.array([point.probability for point in points], np.float64),
    )
