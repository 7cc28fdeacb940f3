"""What the documentation tells people to do works as it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer._click.core import Command
from typer.core import TyperGroup

from resight.cli import app
from resight.simulate import simulate_head

ROOT = Path(__file__).parents[1]
DESIGN = ROOT / "docs" / "design.md"
INDIVIDUALS = 12


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[str]:
    """The lines that run resight, each with the lines that continue it."""
    return re.findall(r"^    (resight .*(?:\n     .*)*)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def group() -> TyperGroup:
    found = typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    return found


def run(code: str, folder: Path) -> str:
    """The output of a script run in a folder, by a Python of its own that has no network weights."""
    environment = os.environ | {
        "RESIGHT_OFFLINE": "1",
        "RESIGHT_CACHE": str(folder / "cache"),
        "RESIGHT_WEIGHTS": str(folder / "cache"),
        "PYTHONPATH": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def photograph(path: Path, individual: int, pass_: int) -> None:
    head = simulate_head(seed=5, individual=individual, pass_=pass_)
    box = head.box
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y = int(box.x), int(box.y)
    Image.fromarray(head.pixels[y : y + int(box.h), x : x + int(box.w)]).save(path, quality=92)


def test_the_readme_recognises_animals_in_folders(tmp_path: Path) -> None:
    for individual in range(INDIVIDUALS):
        name = f"fish-{individual}"
        for pass_ in (0, 1):
            photograph(tmp_path / "photos" / name / f"day-{pass_}" / f"{name}.jpg", individual, pass_)
        photograph(tmp_path / "card" / f"{name}.jpg", individual, 2)
    (script,) = blocks(ROOT / "README.md", "python")
    answers = [line.split() for line in run(script, tmp_path).splitlines()]
    assert len(answers) == INDIVIDUALS
    assert sum(photo == f"{best}.jpg" for photo, _, best, _, _ in answers) >= 0.75 * INDIVIDUALS
    assert {verdict for _, verdict, _, _, _ in answers} <= {"known", "new", "undecided"}
    assert all(0 <= float(p) <= 1 and int(spots) > 0 for _, _, _, p, spots in answers)


def test_the_describer_of_contributing_is_found_by_its_name_and_describes(tmp_path: Path) -> None:
    page = ROOT / "CONTRIBUTING.md"
    (module,), (registered,) = blocks(page, "python"), blocks(page, "toml")
    (tmp_path / "colours.py").write_text(module)
    # What an installer leaves of a package that registers the entry point.
    installed = tmp_path / "colours-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: colours\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        registered.replace('[project.entry-points."resight.describers"]', "[resight.describers]").replace('"', "")
    )
    np.save(tmp_path / "pixels.npy", simulate_head(seed=1, individual=1).pixels)
    script = """
import numpy as np
from resight.method import open_method
from resight.types import Chip

method = open_method("colours:3")
chip = Chip(np.load("pixels.npy"), np.eye(2, 3))
found = method.describer.describe([chip, chip])
print(method.fingerprint, found.vectors.shape, np.linalg.norm(found.vectors, axis=1).round(3).tolist())
print(len(method.describer.describe([])))
"""
    assert run(script, tmp_path).splitlines() == ["colours-1-3+nomask-2 (2, 27) [1.0, 1.0]", "0"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_command_shown_is_one_that_resight_takes(page: str) -> None:
    known = group().commands
    for line in commands(ROOT / page):
        _, name, *arguments = shlex.split(line)
        known[name].make_context(name, arguments)


def taken(command: Command) -> set[str]:
    """The options of a command, and of all within it."""
    own = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return own.union(*(taken(one) for one in command.commands.values())) if isinstance(command, TyperGroup) else own


def test_the_contract_in_the_design_lists_every_command_and_only_options_that_exist() -> None:
    known = {name: command for name, command in group().commands.items() if not command.hidden}
    stated = {line.split()[1]: re.findall(r"--[a-z-]+", line) for line in commands(DESIGN)}
    assert stated.keys() == known.keys()
    for name, options in stated.items():
        assert set(options) <= taken(known[name])


def test_the_readme_shows_the_commands_at_all() -> None:
    shown = {shlex.split(line)[1] for line in commands(ROOT / "README.md")}
    assert {"init", "add", "identify", "decide", "undo", "history", "evaluate"} <= shown
