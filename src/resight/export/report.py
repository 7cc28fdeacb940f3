"""The report of a whole `identify` run: one HTML file that any browser shows without a network."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from shutil import copyfileobj
from string import Template
from types import TracebackType
from typing import IO, Self

from resight.errors import ResightError
from resight.export.album import Album
from resight.export.card import card, text
from resight.export.views import QueryView, ReportHeading
from resight.export.words import Counts, summary
from resight.types import Basis, Rejection, Verdict

NOTICE = {
    Basis.OWN: (),
    Basis.USUAL: (
        "Usual probabilities: this catalogue cannot say yet how sure an answer is, so these are right for most other "
        "animals, and may be wrong for yours. No name is given without you. Adding named animals that were seen in two "
        "or more encounters will change that.",
    ),
    Basis.NONE: (
        "Ranks only: this catalogue cannot say yet how sure an answer is. The candidates stand in order of "
        "likeness, and no number here is a probability. Adding named animals that were seen in two or more "
        "encounters will change that.",
    ),
}
PROBABILITIES = {
    Basis.OWN: "probabilities are calibrated",
    Basis.USUAL: "<b>usual probabilities</b>",
    Basis.NONE: "<b>ranks only</b>",
}


class ReportWriter:
    """Writes the report query by query, so that memory does not grow with their number.

    The file appears complete, by renaming, when the `with` block ends; where the block ends with an error,
    or the program is killed, a report of that name that was there before stays as it was.
    Raises ResightError where the file cannot be written.

    Example:
        >>> import numpy as np
        >>> from resight.types import Answer
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = Path(folder.name, "report.html")
        >>> with ReportWriter(path, ReportHeading("Lake", "rootsift", "3f9a", Basis.OWN)) as report:
        ...     chip = np.zeros((60, 90, 3), np.uint8)
        ...     report.add(QueryView(Path("IMG_1.jpg"), "left", chip, Answer((), Verdict.NEW, 0.81), ()))
        ...     report.reject(Rejection(Path("IMG_2.jpg"), "The file is cut short."))
        >>> "Probably new – 81%" in path.read_text("utf-8")
        True
        >>> folder.cleanup()
    """

    def __init__(self, path: Path, heading: ReportHeading) -> None:
        self._path = path
        self._heading = heading
        self._counts = Counts()
        self._individuals: set[str] = set()
        self._last_photo: Path | None = None
        self._album = Album()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        # The files have no name where the system allows it, so nothing of them outlives a kill.
        with _told(self._path):
            self._cards = self._open.enter_context(tempfile.TemporaryFile(dir=self._path.parent))
            self._rejections = self._open.enter_context(tempfile.TemporaryFile(dir=self._path.parent))
        return self

    def __exit__(
        self, error: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._open:
            if error is None:
                with _told(self._path):
                    self._assemble()

    def add(self, query: QueryView) -> None:
        """Write the next query; the annotations of one photo come one after another."""
        verdict, counts = query.answer.verdict, self._counts
        if query.answer.individual is not None:
            self._individuals.add(query.answer.individual)
        self._counts = replace(
            counts,
            queries=counts.queries + 1,
            photos=counts.photos + (query.path != self._last_photo),
            known=counts.known + (verdict is Verdict.KNOWN),
            new=counts.new + (verdict is Verdict.NEW),
            undecided=counts.undecided + (verdict is Verdict.UNDECIDED),
            individuals=len(self._individuals),
        )
        self._last_photo = query.path
        with _told(self._path):
            self._cards.write(card(query, self._counts.queries, self._album).encode("utf-8"))

    def reject(self, rejection: Rejection) -> None:
        """Write a file that could not be used, with its reason."""
        self._counts = replace(self._counts, rejected=self._counts.rejected + 1)
        reason = " ".join(rejection.reason.split())
        row = f"<tr><td>{text(str(rejection.path))}</td><td>{text(reason)}</td></tr>\n"
        with _told(self._path):
            self._rejections.write(row.encode("utf-8"))

    def _assemble(self) -> None:
        page = files("resight.export").joinpath("report.html").read_text("utf-8")
        values = _values(self._heading, self._counts)
        head, middle, tail = (
            Template(piece).substitute(values).encode("utf-8") for piece in re.split(r"\$cards|\$rejections", page)
        )
        with _replacing(self._path) as file:
            file.write(head)
            _append(self._cards, file)
            file.write(middle)
            _append(self._rejections, file)
            file.write(tail)


def _values(heading: ReportHeading, counts: Counts) -> dict[str, str]:
    """What stands in place of each $name in report.html."""
    resources = files("resight.export")
    style, script = (resources.joinpath(f"report.{kind}").read_text("utf-8") for kind in ("css", "js"))
    notices = (*NOTICE[heading.basis], *heading.warnings)
    now = datetime.now().astimezone()
    return {
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        "catalogue": text(heading.catalogue),
        "method": text(heading.method),
        "fingerprint": text(heading.fingerprint),
        "probabilities": PROBABILITIES[heading.basis],
        "day": f"{now:%Y-%m-%d}",
        "when": f"{now.day} {now:%B %Y, %H:%M}",
        "summary": text(summary(counts, heading.catalogue)),
        "notices": "".join(f'<p class="notice">{text(notice)}</p>' for notice in notices),
        "queries": f"{counts.queries:,}",
        "known": f"{counts.known:,}",
        "new": f"{counts.new:,}",
        "undecided": f"{counts.undecided:,}",
        "rejected": f"{counts.rejected:,}",
    }


def _hash(source: str) -> str:
    """What the page's security policy knows this style or script by: no other runs, whatever a name says."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")


def _append(spool: IO[bytes], file: IO[bytes]) -> None:
    spool.seek(0)
    copyfileobj(spool, file)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place, flushed to disk, when the block ends well."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The system's errors in words for people."""
    try:
        yield
    except OSError as error:
        raise ResightError(
            f"The report {path} could not be written: {error.strerror or error}. "
            "Check that its folder is there, may be written to, and has room."
        ) from error
