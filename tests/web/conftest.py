"""A small catalogue of simulated fish, identified and waiting for review, and a real server on a copy of it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.web.served import Served, serving

from resight.catalogue import folder
from resight.catalogue.folder import Catalogue
from resight.identify.decide import PRESETS
from resight.identify.library import open_library
from resight.identify.propose import keep
from resight.identify.run import identify
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.simulate import write_heads
from resight.types import Record
from resight.work.add import add
from resight.work.processes import in_this_process

FISH, STRANGERS = 14, 2


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve known fish that were met twice; their third meeting, and two strangers, wait for review."""
    home = tmp_path_factory.mktemp("filled")
    tables = write_heads(home / "photos", FISH, passes=3, photos_per_pass=1, seed=5, newcomers=STRANGERS)
    first, second, third = ([e for e in read_table(table) if isinstance(e, Record)] for table in tables)
    method = open_method(PLAIN)
    with folder.create(home / "fish", method=method.name) as catalogue:
        add(catalogue, [*first, *second], method.name, method.fingerprint, in_this_process, "Ana")
        asked = [replace(entry, identity=None) for entry in third]
        added = add(catalogue, asked, method.name, method.fingerprint, in_this_process, "Ana")
        library = open_library(catalogue, method.fingerprint)
        run = identify(catalogue, library, added.annotations, Sides.APART, PRESETS["balanced"])
        assert len(list(keep(catalogue, run.answers, method.fingerprint, library.individuals))) == len(third)
    return home / "fish"


@pytest.fixture
def fish(filled: Path, tmp_path: Path) -> Path:
    """A copy of that catalogue, to be changed."""
    return shutil.copytree(filled, tmp_path / "fish")


@pytest.fixture
def catalogue(fish: Path) -> Iterator[Catalogue]:
    with folder.open(fish) as opened:
        yield opened


@pytest.fixture
def served(fish: Path) -> Iterator[Served]:
    """A server for one person on this machine."""
    with serving(fish) as running:
        yield running


@pytest.fixture
def working(fish: Path) -> Iterator[Served]:
    """The same, with a worker that does its jobs."""
    with serving(fish, worker=True) as running:
        yield running
