"""The command line as a user has it: exit code, standard output, standard error."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from resight.cli import main
from resight.config import settings
from resight.simulate import write_heads

FISH, NEWCOMERS = 12, 2


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output read as JSON."""
        return json.loads(self.out)


Resight = Callable[..., Said]


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands work in this process, look for no weights elsewhere, and are as wide as their text."""
    monkeypatch.setenv("RESIGHT_WORKERS", "1")
    monkeypatch.setenv("COLUMNS", "200")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def resight(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Resight:
    """Run a command: `resight("init", folder)`."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["resight", *map(str, arguments)])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        assert isinstance(code, int)
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def passes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The tables of three passes of simulated fish; the last fish come by in the third alone."""
    return write_heads(tmp_path_factory.mktemp("cage") / "heads", FISH, passes=3, seed=1, newcomers=NEWCOMERS)


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory, passes: list[Path]) -> Path:
    """A catalogue that knows the first two passes: annotations 1 to 20, and 10 fish."""
    from resight.catalogue import create
    from resight.media.table import read_table
    from resight.method import open_method
    from resight.work.add import add
    from resight.work.processes import in_this_process

    method = open_method("rootsift")
    with create(tmp_path_factory.mktemp("known") / "catalogue", method=method.name) as catalogue:
        for table in passes[:2]:
            add(catalogue, read_table(table), method.name, method.fingerprint, in_this_process, "tester")
        return catalogue.folder


@pytest.fixture
def catalogue(tmp_path: Path, known: Path) -> Path:
    """A catalogue of one's own, with the fish of two passes."""
    return Path(shutil.copytree(known, tmp_path / "catalogue"))


@pytest.fixture
def albums(tmp_path: Path, passes: list[Path]) -> Path:
    """A folder for each of three fish, in it one for each encounter with a photo."""
    for number, table in enumerate(passes[:2], start=1):
        for fish in ("fish-001", "fish-002", "fish-003"):
            place = tmp_path / "albums" / fish / f"pass {number}"
            place.mkdir(parents=True)
            shutil.copy(table.parent / f"{fish}-left-1.jpg", place)
    return tmp_path / "albums"
