"""The points of a plane as a table, and back."""

from __future__ import annotations

import csv
from typing import TextIO

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.errors import ResightError
from resight.identify.plane import Plane

COLUMNS = ("annotation", "path", "individual", "side", "x", "y", "class", "probability", "outlier")


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
    if missing := [name for name in ("annotation", "x", "y") if name not in (rows.fieldnames or ())]:
        raise ResightError(f"the table has no column '{missing[0]}'; it needs annotation, x and y")
    points = []
    for number, row in enumerate(rows, start=2):
        try:
            point = (
                int(row["annotation"]), float(row["x"]), float(row["y"]), int(row.get("class") or -1),
                float(row.get("probability") or 1),
            )  # fmt: skip
        except (TypeError, ValueError) as error:
            raise ResightError(f"row {number} of the table holds no point: {error}") from error
        if not np.isfinite(point).all():
            raise ResightError(f"row {number} of the table holds a number that is none")
        points.append(point)
    if not points:
        raise ResightError("the table holds no points")
    columns = np.array(points, np.float64).T
    return Plane(columns[0].astype(np.int64), columns[1], columns[2], columns[3].astype(np.int64), columns[4])
