"""What reviewers said of pairs of tracks: a file that only grows, so that nothing said is lost."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resight.errors import ResightError

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
    """All answers, in the order given; a last line that a crash cut short is passed over, for it was never confirmed.

    ResightError where a line is damaged.
    """
    if not path.exists():
        return []
    text = path.read_bytes().decode()
    whole = text[: text.rfind("\n") + 1]
    answers = []
    for number, row in enumerate(csv.DictReader(whole.splitlines()), start=2):
        try:
            answers.append(
                Answer(
                    int(row["round"]), row["first"], row["second"], SAYS[row["same"]], float(row["score"]), row["by"],
                    row["at"],
                )
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ResightError(f"{path}, line {number}: this is no answer; put the line right or delete it") from error
    return answers


def append_answers(path: Path, answers: Sequence[Answer]) -> None:
    """Write them behind those that are there, and see that they are on the disk."""
    _drop_unfinished(path)
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(COLUMNS)
        for one in answers:
            score = f"{one.score:.6f}"
            writer.writerow([one.round, one.first, one.second, WORDS[one.same], score, one.by, one.at])
        file.flush()
        os.fsync(file.fileno())


def _drop_unfinished(path: Path) -> None:
    """Cut off a line that a crash left without its end, lest the next one run into it."""
    if not path.exists():
        return
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end != len(content):
        os.truncate(path, end)
    if end == 0:
        path.unlink()
