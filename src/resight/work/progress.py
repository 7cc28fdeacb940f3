"""How far a job is: a file that it writes, and others read."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "RESIGHT_PROGRESS"  # the environment variable that names the file of a job
OFTEN = 0.3  # seconds between two writes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: what it does now, how much of that is done, and since when (UTC, seconds)."""

    what: str
    done: int
    total: int
    since: float

    def seconds_left(self, now: float) -> float | None:
        """At the pace so far; None where it cannot be told.

        >>> Progress("Reading", 25, 100, 0.0).seconds_left(10.0)
        30.0
        """
        if not 0 < self.done < self.total:
            return None
        return (now - self.since) / self.done * (self.total - self.done)


def write_progress(path: Path, now: Progress) -> None:
    """Say how far it is, in one step."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(asdict(now)), encoding="utf-8")
    unfinished.replace(path)


def read_progress(path: Path) -> Progress | None:
    """How far it is, where it has said so."""
    try:
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


class Report:
    """Writes the progress of this process to the file that its environment names; nothing where it names none."""

    def __init__(self) -> None:
        named = os.environ.get(FILE)
        self._path = Path(named) if named else None
        self._since: dict[str, float] = {}
        self._written = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """So much of this is done; written now and then, and when something else begins or ends."""
        if self._path is None:
            return
        now, new = time.time(), what not in self._since
        since = self._since.setdefault(what, now)
        if new or done == total or now - self._written >= OFTEN:
            self._written = now
            write_progress(self._path, Progress(what, done, total, since))
