"""An identify run as JSON and as CSV, written query by query; each file appears when it is complete."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from resight.identify.run import Identified, Reason
from resight.identify.where_when import Near
from resight.types import Candidate, Rejection

VERSION = 1
MOST_MATCHES = 40
COLUMNS = ("path", "annotation", "side", "part", "decision", "individual", "p_new", "together")
TOP = 5


class JsonWriter:
    """The JSON file of a run, as `identification.schema.json` describes it; memory does not grow with its length."""

    def __init__(self, file: TextIO, heading: dict[str, object]) -> None:
        self._file, self._first = file, True
        file.write(json.dumps({"version": VERSION} | heading, ensure_ascii=False)[:-1] + ', "queries": [')

    def add(self, identified: Identified) -> None:
        """One query."""
        self._file.write(("\n" if self._first else ",\n") + json.dumps(_query(identified), ensure_ascii=False))
        self._first = False

    def finish(self, rejected: Sequence[Rejection]) -> None:
        """The rejected files, and the end."""
        listed = [{"path": str(one.path), "reason": one.reason} for one in rejected]
        self._file.write(f'\n], "rejected": {json.dumps(listed, ensure_ascii=False)}}}\n')


class CsvWriter:
    """The same as a table, one row a query, with its first candidates; rejected files come last, with the reason."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file)
        ranked = [f"{what}_{place}" for place in range(1, TOP + 1) for what in ("candidate", "p", "score")]
        self._rows.writerow([*COLUMNS, *ranked, "rejected"])

    def add(self, identified: Identified) -> None:
        """One query."""
        query, said = identified.query, identified.answer
        row: list[object] = [query.path, query.id, query.side.value, query.part, said.verdict.value]
        row += [said.individual or "", _number(said.p_new), identified.together]
        for candidate in said.candidates[:TOP]:
            row += [candidate.individual, _number(candidate.p), f"{candidate.score:.6g}"]
        self._rows.writerow(row + [""] * (len(COLUMNS) + 3 * TOP + 1 - len(row)))

    def finish(self, rejected: Sequence[Rejection]) -> None:
        """The rejected files."""
        for one in rejected:
            self._rows.writerow([one.path, *[""] * (len(COLUMNS) - 1 + 3 * TOP), one.reason])


@contextmanager
def appearing(path: Path) -> Iterator[TextIO]:
    """A text file that takes its name when it is complete; a run that fails leaves what was there before.

    '-' is standard output.
    """
    if str(path) == "-":
        yield sys.stdout
        return
    partial = path.with_name(f"{path.name}.partial")
    try:
        # A file's name may be no text at all: JSON can still hold it, with its bytes escaped.
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _query(identified: Identified) -> dict[str, object]:
    query, said = identified.query, identified.answer
    reasons: list[Reason | None] = [*identified.reasons]
    reasons += [None] * (len(said.candidates) - len(reasons))
    return {
        "path": str(query.path),
        "sha256": query.sha256,
        "annotation": query.id,
        "box": None if query.box is None else [query.box.x, query.box.y, query.box.w, query.box.h],
        "side": query.side.value,
        "part": query.part,
        "quality": query.quality,
        "decision": said.verdict.value,
        "individual": said.individual,
        "p_new": said.p_new,
        "together": identified.together,
        "candidates": [
            _candidate(*each)
            for each in zip(said.candidates, reasons, identified.near or [None] * len(said.candidates), strict=True)
        ],
    }


def _candidate(candidate: Candidate, reason: Reason | None, near: Near | None) -> dict[str, object]:
    return {
        "individual": candidate.individual,
        "p": candidate.p,
        "score": round(candidate.score, 6),
        "near": None if near is None else {"km": _known(near.km), "days": _known(near.days), "times": near.times},
        "evidence": {
            "annotation": candidate.annotation,
            "path": None if reason is None else str(reason.photo.path),
            "matches": [] if reason is None else _matches(reason),
        },
    }


def _matches(reason: Reason) -> list[list[float]]:
    evidence = reason.evidence
    strongest = np.argsort(-evidence.weights, kind="stable")[:MOST_MATCHES]
    rows = np.column_stack([evidence.query, evidence.gallery, evidence.weights])[strongest]
    return [[round(float(value), 4) for value in row] for row in rows]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 3)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
