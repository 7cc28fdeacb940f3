"""The door when many try at once, and when the database does not answer."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from resight.catalogue import folder, people
from resight.catalogue.folder import Catalogue
from resight.roles import Role
from resight.web.door import TRIES, Known, Tries, key_of, routes

PASSWORD = "correct horse battery"


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """A catalogue of Ada's that does not wait for another writer."""
    monkeypatch.setattr(folder, "PATIENCE_SECONDS", 0)
    with folder.create(tmp_path / "impatient") as made:
        people.add_person(made, "Ada", PASSWORD, Role.ADMIN, "setup")
        yield made


def test_a_locked_database_is_no_wrong_password(impatient: Catalogue) -> None:
    app = FastAPI()
    app.include_router(routes(impatient, Known(impatient), False))
    right = {"name": "Ada", "password": PASSWORD}
    other = sqlite3.connect(impatient.folder / folder.SQLITE, isolation_level=None)
    with TestClient(app, follow_redirects=False) as client:
        other.execute("BEGIN IMMEDIATE")
        answers = [client.post("/login", data=right) for _ in range(TRIES + 1)]
        assert {answer.status_code for answer in answers} == {503}
        assert "busy or full" in answers[0].text
        other.execute("ROLLBACK")
        assert client.post("/login", data=right).status_code == 303
    other.close()


def test_a_name_is_counted_however_it_is_spaced(impatient: Catalogue) -> None:
    app = FastAPI()
    app.include_router(routes(impatient, Known(impatient), False))
    names = ["Ada", " Ada", "Ada ", "  Ada  "] * 3
    # Each from an address of its own, so that only the name is counted.
    said = []
    for n, name in enumerate(names):
        with TestClient(app, client=(f"10.0.0.{n}", 1)) as client:
            said.append(client.post("/login", data={"name": name, "password": "wrong"}).status_code)
    assert said == [403] * TRIES + [429] * (len(names) - TRIES)


def test_tries_count_before_any_is_known_to_be_wrong() -> None:
    tries = Tries(clock=lambda: 0.0)
    assert [tries.begin("Ada") for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    tries.take_back("Ada")
    assert tries.begin("Ada", "here")
    assert not tries.begin("here", "Ada")


def test_a_cookie_counts_beside_a_header_that_is_no_token() -> None:
    cookie = {"cookie": "resight=key"}
    assert key_of(Headers(cookie | {"authorization": "Basic eDp5"})) == "key"
    assert key_of(Headers(cookie | {"authorization": "Bearer token"})) == "token"
