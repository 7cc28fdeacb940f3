"""The program as the shell starts it: exit codes, clean errors, an interrupt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resight import __version__
from resight.cli import app, init

Resight = Callable[..., Any]
PROGRAM = [sys.executable, "-c", "from resight.cli import main; main()"]
FILMS = ("detect", "track", "train", "loop", "watch", "simulate", "bench")
COMMANDS = (
    *("init", "add", "identify", "sort", "decide", "undo", "merge", "split", "rename", "history"),
    *(
        "info",
        "relink",
        "repair",
        "evaluate",
        "demo",
        "join",
        "cut",
        "describe",
        "doubts",
        "export",
        "plane",
        "serve",
        "work",
    ),
    *FILMS,
)


def shell(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"})


def test_exit_codes_in_a_real_shell(tmp_path: Path, albums: Path) -> None:
    fish = tmp_path / "fish"
    assert shell("init", fish, "--method", "thumbnail").returncode == 0
    (albums / "fish-001" / "broken.jpg").write_bytes(b"no photo")
    some = shell("add", fish, albums, "--by-folder")
    assert (some.returncode, some.stdout) == (1, "Added 6 new annotations; 0 were there before.\n")
    none = shell("add", tmp_path / "elsewhere", albums)
    assert (none.returncode, none.stdout) == (2, "")
    assert none.stderr.startswith("Error: ")
    assert "is not a catalogue" in none.stderr
    assert none.stderr.count("\n") == 1
    assert shell("add", fish, "--colour", "red").returncode == 2


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in ("init", "evaluate", "demo", "sort", *FILMS)])
def test_what_is_no_catalogue_gives_one_line(resight: Resight, tmp_path: Path, command: str) -> None:
    further: dict[str, list[object]] = {
        "add": [tmp_path / "a.jpg"],
        "identify": [tmp_path / "a.jpg"],
        "decide": [1, "--new", "Anna"],
        "merge": ["Anna", "Bella"],
        "split": ["Anna", "Bella", 1],
        "rename": ["Anna", "Bella"],
        "relink": [tmp_path],
        "join": [1, 2],
        "cut": [1],
        "export": ["-"],
    }
    said = resight(command, tmp_path / "nowhere", *further.get(command, []))
    assert said.code == 2
    assert said.out == ""
    assert "is not a catalogue" in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "nowhere").exists()


def test_an_output_that_cannot_be_written_gives_one_line(resight: Resight, tmp_path: Path) -> None:
    said = resight("init", tmp_path / "fish", "--method", "thumbnail", "--json", tmp_path / "none" / "a.json")
    assert said.code == 2
    assert said.err.splitlines()[-1] == f"Error: {tmp_path / 'none' / 'a.json'}: No such file or directory"
    assert "Traceback" not in said.err


def test_a_fault_of_the_program_is_not_taken_for_done(
    resight: Resight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(content: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(init, "write_json", lambda *arguments: broken(arguments))
    said = resight("init", tmp_path / "fish", "--method", "thumbnail")
    assert said.code == 2
    assert "RuntimeError: a fault" in said.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_an_interrupt_says_how_to_go_on(resight: Resight, tmp_path: Path) -> None:
    resight("init", tmp_path / "fish", "--method", "thumbnail")
    slow = "import time; from resight.catalogue import lookup; from resight.cli import main; "
    slow += "lookup.counts = lambda opened: (print('begun', flush=True), time.sleep(60)); main()"
    command = [sys.executable, "-c", slow, "info", str(tmp_path / "fish")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        told = process.stderr.read()
    assert "start the same command again" in told
    assert "Traceback" not in told


def test_the_version(resight: Resight) -> None:
    assert resight("--version").out == f"resight {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_holds_an_example(resight: Resight, command: str) -> None:
    said = resight(command, "--help")
    assert said.code == 0
    assert f"resight {command}" in said.out.partition("Example")[2]


def test_every_command_is_tried_here() -> None:
    shown = [command.name or "" for command in app.registered_commands if not command.hidden]
    assert sorted(shown) == sorted(COMMANDS)
