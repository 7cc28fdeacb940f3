"""Who may come in, with what, and for how long."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from resight.catalogue import people
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Key, Person
from resight.errors import CatalogueError
from resight.roles import Person as Somebody
from resight.roles import Role

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(catalogue: Catalogue) -> Catalogue:
    people.add_person(catalogue, "Ada", PASSWORD, Role.ADMIN, "setup")
    return catalogue


def test_a_session_opens_the_door_until_it_ends(ada: Catalogue) -> None:
    key = people.log_in(ada, "Ada", PASSWORD, "here")
    assert people.opens(ada, key) == Somebody("Ada", Role.ADMIN)
    assert people.opens(ada, key + "x") is None
    with ada.writing() as session:
        session.execute(update(Key).values(ends_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert people.opens(ada, key) is None


def test_neither_passwords_nor_keys_lie_in_the_database(ada: Catalogue) -> None:
    key = people.log_in(ada, "Ada", PASSWORD, "here")
    token = people.new_token(ada, "Ada", "a script")
    with ada.reading() as session:
        held = [*session.scalars(select(Person.password)), *session.scalars(select(Key.sha256))]
    assert held[0].startswith("$argon2id$")
    assert not any(secret in text for secret in (PASSWORD, key, token) for text in held)


def test_wrong_name_and_wrong_password_are_told_alike(ada: Catalogue) -> None:
    said = set()
    for name, password in (("Ada", "wrong password"), ("Eve", PASSWORD), ("Ada", "")):
        with pytest.raises(CatalogueError) as error:
            people.log_in(ada, name, password, "there")
        said.add(str(error.value))
    assert len(said) == 1
    assert [entry.who for entry in people.visits(ada, 3)] == ["Ada", "Eve", "Ada"]


def test_a_change_of_rights_ends_sessions_and_a_lock_tokens_too(ada: Catalogue) -> None:
    people.add_person(ada, "Rex", PASSWORD, Role.REVIEWER, "Ada")
    key, token = people.log_in(ada, "Rex", PASSWORD, "here"), people.new_token(ada, "Rex", "a script")
    people.change_person(ada, "Rex", "Ada", role=Role.VIEWER)
    assert people.opens(ada, key) is None
    assert people.opens(ada, token) == Somebody("Rex", Role.VIEWER)
    people.change_person(ada, "Rex", "Ada", active=False)
    assert people.opens(ada, token) is None
    with pytest.raises(CatalogueError):
        people.log_in(ada, "Rex", PASSWORD, "here")
    people.change_person(ada, "Rex", "Ada", active=True)
    assert people.opens(ada, token) is None


@pytest.mark.parametrize("tokens_too", [True, False])
def test_ones_own_password_is_changed_by_who_knows_it(ada: Catalogue, tokens_too: bool) -> None:
    key, token = people.log_in(ada, "Ada", PASSWORD, "here"), people.new_token(ada, "Ada", "a script")
    new = "another long one"
    with pytest.raises(CatalogueError, match="old password is wrong"):
        people.change_password(ada, "Ada", "a guess of a thief", new, tokens_too)
    assert people.opens(ada, key) is not None
    people.change_password(ada, "Ada", PASSWORD, new, tokens_too)
    assert people.opens(ada, key) is None
    assert (people.opens(ada, token) is None) == tokens_too
    with pytest.raises(CatalogueError):
        people.log_in(ada, "Ada", PASSWORD, "here")
    assert people.log_in(ada, "Ada", new, "here")


def test_a_new_password_from_an_admin_revokes_tokens(ada: Catalogue) -> None:
    token = people.new_token(ada, "Ada", "a script")
    people.change_person(ada, "Ada", "Ada", password="another long one")
    assert people.opens(ada, token) is None


def test_a_token_can_be_revoked(ada: Catalogue) -> None:
    token = people.new_token(ada, "Ada", "a script")
    assert [one.label for one in people.tokens(ada, "Ada")] == ["a script"]
    people.revoke(ada, "Ada", "a script")
    assert people.opens(ada, token) is None
    assert people.tokens(ada, "Ada") == []


def test_somebody_remains_admin(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="first person has to be an admin"):
        people.add_person(catalogue, "Rex", PASSWORD, Role.REVIEWER, "setup")
    people.add_person(catalogue, "Ada", PASSWORD, Role.ADMIN, "setup")
    for change in ({"role": Role.CURATOR}, {"active": False}):
        with pytest.raises(CatalogueError, match="remain admin"):
            people.change_person(catalogue, "Ada", "Ada", **change)
    assert people.people(catalogue) == [people.Listed("Ada", Role.ADMIN, True)]


def test_names_and_passwords_that_will_not_do(ada: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="10 characters"):
        people.add_person(ada, "Rex", "short", Role.VIEWER, "Ada")
    with pytest.raises(CatalogueError, match="already"):
        people.add_person(ada, " Ada ", PASSWORD, Role.VIEWER, "Ada")
    with pytest.raises(CatalogueError, match="needs a name"):
        people.add_person(ada, "", PASSWORD, Role.VIEWER, "Ada")
