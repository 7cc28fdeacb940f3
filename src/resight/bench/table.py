"""The cells as one table: for people (Markdown), and for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resight.bench.cell import Cell
from resight.bench.tables import Preset
from resight.evaluate.result import MEASURES

SHOWN = "top1"
WHY_QUICK = (
    "These figures are of a quick run: few animals, short training. They tell that all works, and stand in no table of "
    "full runs."
)


@dataclass(frozen=True, slots=True)
class Value:
    """A figure with its interval, which a single group of animals has not."""

    value: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        """As it stands in the table.

        >>> str(Value(0.5, 0.41, 0.6))
        '0.50 (0.41–0.60)'
        """
        between = "" if self.low is None or self.high is None else f" ({self.low:.2f}–{self.high:.2f})"
        return f"{self.value:.2f}{between}"


def value_of(cell: Cell, measure: str) -> Value | None:
    """A measure of a cell, also one of those shown beside them; None where it could not be computed."""
    if not cell.evaluation:
        return None
    told: Mapping[str, Any] = json.loads(cell.evaluation)
    found = told["measures"].get(measure) or told["further"].get(measure)
    if found is None or found["value"] is None:
        return None
    return Value(found["value"], found["low"], found["high"])


def seconds_of_query(cell: Cell) -> float:
    """What comparing one query with the gallery takes; 0 where there was none."""
    return float(json.loads(cell.evaluation)["seconds_per_query"]) if cell.evaluation else 0.0


def in_time(seconds: float) -> str:
    """Seconds as people read them.

    >>> in_time(0.0042), in_time(12.3), in_time(640)
    ('4 ms', '12 s', '11 min')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def markdown(cells: Sequence[Cell], sets: Sequence[str], methods: Sequence[str], preset: Preset) -> str:
    """Top-1 of every method on every set with its interval, the time it learned, and that of one photo.

    What a method cannot do is a dash, and the reason stands below.
    """
    at = {(cell.set, cell.method): cell for cell in cells}
    lines = ["| method | " + " | ".join(sets) + " |", "|---" * (len(sets) + 1) + "|"]
    reasons: dict[tuple[str, str], list[str]] = {}
    for method in methods:
        row = []
        for name in sets:
            cell = at.get((name, method))
            row.append("" if cell is None else _cell(cell))
            if cell is not None and cell.refused:
                reasons.setdefault((method, cell.refused), []).append(name)
        lines.append(f"| {method} | " + " | ".join(row) + " |")
    notes = [f"- {method}, {', '.join(of)}: {why}." for (method, why), of in reasons.items()]
    head = [WHY_QUICK, ""] if preset is Preset.QUICK else []
    return "\n".join([*head, *lines, "", *notes]).rstrip() + "\n"


def as_json(cells: Sequence[Cell]) -> str:
    """Everything of every cell."""
    told = [
        {
            "set": cell.set,
            "method": cell.method,
            "preset": cell.preset,
            "split": cell.split,
            "version": cell.version,
            "refused": cell.refused or None,
            "seconds_learned": cell.seconds_learned,
            "seconds_photo": cell.seconds_photo,
            "megabytes": cell.megabytes,
            "empty": cell.empty,
            "evaluation": json.loads(cell.evaluation) if cell.evaluation else None,
        }
        for cell in cells
    ]
    return json.dumps({"version": 1, "measures": MEASURES, "cells": told}, ensure_ascii=False, indent=1) + "\n"


def _cell(cell: Cell) -> str:
    found = value_of(cell, SHOWN)
    if found is None:
        return "–"
    learned = f"{in_time(cell.seconds_learned)}, " if cell.seconds_learned else ""
    return f"{found} · {learned}{in_time(cell.seconds_photo + seconds_of_query(cell))}"
