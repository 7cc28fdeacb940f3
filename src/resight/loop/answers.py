"""What reviewers said of pairs of tracks: a file that only grows, so that nothing said is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resight.errors import ResightError
from resight.work.written import write

COLUMNS = ("round", "first", "second", "same", "score", "by", "at")
SAYS = {"same": True, "different": False, "unsure": None}
WORDS = {said: word for word, said in SAYS.items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person said of two tracks, once: one animal (True), two (False), or cannot tell (None).

    `score` is how alike the model of that round thought them.
    """

    round: int
    first: str
    second: str
    same: bool | None
    score: float
    by: str
    at: str


def read_answers(path: Path) -> list[Answer]:
    """All answers, in the order given; a last line that was cut short is passed over, for it was never confirmed.

    ResightError where a line is damaged.
    """
    try:
        text = _whole_lines(path).decode()
    except UnicodeDecodeError as error:
        raise ResightError(f"{path} is damaged, or was saved in another form: save it as text in UTF-8") from error
    answers = []
    rows = csv.DictReader(io.StringIO(text, newline=""))
    for row in rows:
        try:
            answers.append(
                Answer(
                    int(row["round"]), row["first"], row["second"], SAYS[row["same"]], float(row["score"]), row["by"],
                    row["at"],
                )
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ResightError(
                f"{path}, line {rows.line_num}: this is no answer; put the line right or delete it"
            ) from error
    return answers


def append_answers(path: Path, answers: Sequence[Answer]) -> None:
    """Write them behind those that are there, all of them or none; ResightError where the disk is full."""
    before = _whole_lines(path)
    text = io.StringIO()
    writer = csv.writer(text)
    if not before:
        writer.writerow(COLUMNS)
    for one in answers:
        score = f"{one.score:.6f}"
        writer.writerow([one.round, one.first, one.second, WORDS[one.same], score, one.by, one.at])
    write(path, before + text.getvalue().encode())


def _whole_lines(path: Path) -> bytes:
    """What the file holds, without a last line that was cut short; nothing where there is no file."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]
