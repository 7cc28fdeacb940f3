"""Real databases for the catalogue's tests: SQLite in a folder, and a PostgreSQL server of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resight.catalogue import folder, store
from resight.catalogue.folder import Catalogue
from resight.types import Side


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
