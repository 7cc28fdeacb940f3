"""What every command says, and how: progress on a terminal, errors for people, JSON for scripts."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from resight.media.file_names import shown
from resight.types import Rejection
from resight.work.progress import Report

SHOWN_REJECTIONS = 20
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Tell = Callable[[str, int, int], None]


class Stopped(SystemExit):
    """The user has stopped the command, and has been told what was kept."""


def fail(message: str) -> None:
    """Say what went wrong; nothing in the text is taken for markup."""
    err.print("[bold red]Error:[/] ", end="")
    err.print(message, markup=False)


def warn(message: str) -> None:
    """Say what the user should know, without stopping."""
    err.print("[bold yellow]Note:[/] ", end="")
    err.print(message, markup=False)


def say(message: str) -> None:
    """Plain text on standard output."""
    out.print(message, markup=False)


@contextmanager
def progress() -> Iterator[Tell]:
    """A function (what, done, total) that shows bars with the time left; total 0: not known. Silent off a terminal.

    In a job of a worker it writes them to the job's file besides.
    """
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )
    tasks = {}
    report = Report()
    with bars:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)
            report(what, done, total)

        yield tell


def list_rejected(rejected: Sequence[Rejection], what: str = "could not be used", in_json: bool = True) -> None:
    """The first rejections with their reasons, and how many more there are; `in_json`: --json lists all of them."""
    if not rejected:
        return
    warn(f"{len(rejected)} {what}:")
    for one in rejected[:SHOWN_REJECTIONS]:
        path = shown(one.path)
        text = one.reason if path in one.reason else f"{path}: {one.reason}"
        err.print(f"  {text}", markup=False)
    if len(rejected) > SHOWN_REJECTIONS:
        listed = "; --json lists all of them" if in_json else ""
        err.print(f"  … and {len(rejected) - SHOWN_REJECTIONS} more{listed}", markup=False)


def write_json(path: Path | None, content: object) -> None:
    """Write JSON to a file, or to standard output for '-'; nothing where no path was given."""
    if path is None:
        return
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    # A file's name may be no text at all: JSON can still hold it, with its bytes escaped.
    text = text.encode(errors="backslashreplace").decode()
    if str(path) == "-":
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def user() -> str:
    """Who decides, where nobody says otherwise: the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
