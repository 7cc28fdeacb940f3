"""People of a catalogue: their passwords, roles, sessions and tokens, and what happened at the door."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from resight.catalogue.decisions import tidy_name
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Key, Visit
from resight.catalogue.models import Person as Row
from resight.errors import CatalogueError
from resight.roles import Person, Role

SHORTEST = 10  # characters of a password
LONGEST = 1000
SESSION = timedelta(days=14)
TOKEN = "resight_"
_HASHER = PasswordHasher()
# Each needs 64 MiB while it is worked out, so that many at once would take the machine's memory.
_HASHING = threading.Semaphore(2)
# Compared where there is no such person, so that the time it takes does not tell who there is.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as an admin sees them."""

    name: str
    role: Role
    active: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it: only its label and age; the token itself was shown once."""

    label: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of what happened at the door."""

    at: datetime
    who: str
    what: str


def people(catalogue: Catalogue) -> list[Listed]:
    """Everybody there is, by name."""
    with catalogue.reading() as session:
        rows = session.execute(select(Row.name, Row.role, Row.active).order_by(Row.name))
        return [Listed(name, Role(role), active) for name, role, active in rows]


def add_person(catalogue: Catalogue, name: str, password: str, role: Role, by: str) -> None:
    """Somebody new; CatalogueError for a name that is taken, or a password that is too short."""
    name = tidy_name(name)
    if not name or not name.isprintable() or len(name) > 100:
        raise CatalogueError("a person needs a name, of 100 characters at most")
    hashed = _hashed(password)
    with catalogue.writing() as session:
        if session.scalar(select(Row.id).where(Row.name == name)) is not None:
            raise CatalogueError(f"there is somebody called {name} already")
        if role is not Role.ADMIN and session.scalar(select(func.count()).select_from(Row)) == 0:
            raise CatalogueError("the first person has to be an admin, who can let others in")
        session.execute(insert(Row).values(name=name, password=hashed, role=role.value, active=True))
        _note(session, by, f"added {name} as {role.value}")


def change_person(
    catalogue: Catalogue, name: str, by: str, role: Role | None = None, active: bool | None = None, password: str = ""
) -> None:
    """Another role, password, or leave to come in; whoever is changed has to log in again.

    A new password and a lock-out revoke the tokens too. CatalogueError where nobody could be admin any more.
    """
    new: dict[str, object] = {}
    if role is not None:
        new["role"] = role.value
    if active is not None:
        new["active"] = active
    if password:
        new["password"] = _hashed(password)
    with catalogue.writing() as session:
        key = session.scalar(select(Row.id).where(Row.name == name))
        if key is None:
            raise CatalogueError(f"there is nobody called {name}")
        session.execute(update(Row).where(Row.id == key).values(new))
        admins = select(func.count()).select_from(Row).where(Row.role == Role.ADMIN.value, Row.active)
        if not session.scalar(admins):
            raise CatalogueError("somebody has to remain admin")
        _shut(session, key, tokens_too=bool(password) or active is False)
        said = [f"made {name} {role.value}"] if role is not None else []
        said += [f"{'let in' if active else 'locked out'} {name}"] if active is not None else []
        said += [f"changed the password of {name}"] if password else []
        _note(session, by, ", ".join(said))


def change_password(catalogue: Catalogue, name: str, old: str, new: str, tokens_too: bool) -> None:
    """A person's own new password, who has to know the old one, and to log in again; `tokens_too` revokes the tokens.

    CatalogueError for a wrong old password, or a new one that is too short.
    """
    hashed = _hashed(new)
    with catalogue.reading() as session:
        row = session.execute(select(Row.id, Row.password).where(Row.name == name, Row.active)).first()
    if row is None or not _verified(row.password, old[:LONGEST]):
        with catalogue.writing() as session:
            _note(session, name, "did not know the password that was to be changed")
        raise CatalogueError("the old password is wrong")
    with catalogue.writing() as session:
        # Nobody may have changed it meanwhile, as an admin does who locks a thief out.
        still = (
            update(Row).where(Row.id == row.id, Row.password == row.password).values(password=hashed).returning(Row.id)
        )
        if session.scalar(still) is None:
            raise CatalogueError("the old password is wrong")
        _shut(session, row.id, tokens_too)
        _note(session, name, f"changed the own password{' and revoked all tokens' if tokens_too else ''}")


def log_in(catalogue: Catalogue, name: str, password: str, address: str) -> str:
    """A new session's key; CatalogueError for a wrong name or password, and it does not say which."""
    with catalogue.reading() as session:
        row = session.execute(select(Row.id, Row.password, Row.active).where(Row.name == tidy_name(name))).first()
    right = _verified(row.password if row else _NOBODY, password[:LONGEST])
    if row is None or not right or not row.active:
        with catalogue.writing() as session:
            _note(session, name[:100], f"was refused at the door, from {address}")
        raise CatalogueError("the name or the password is wrong")
    key, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with catalogue.writing() as session:
        session.execute(delete(Key).where(Key.ends_at < now))
        made = {"sha256": _digest(key), "person_id": row.id, "label": "", "made_at": now, "ends_at": now + SESSION}
        session.execute(insert(Key).values(made))
        _note(session, name, f"logged in, from {address}")
    return key


def log_out(catalogue: Catalogue, key: str) -> None:
    """The session ends."""
    with catalogue.writing() as session:
        session.execute(delete(Key).where(Key.sha256 == _digest(key), Key.label == ""))


def new_token(catalogue: Catalogue, name: str, label: str) -> str:
    """A token by which a program acts for this person; it is shown only now."""
    label = tidy_name(label)
    if not label or len(label) > 100:
        raise CatalogueError("a token needs a label, of 100 characters at most")
    token = TOKEN + secrets.token_urlsafe(32)
    with catalogue.writing() as session:
        person = session.scalar(select(Row.id).where(Row.name == name))
        if person is None:
            raise CatalogueError(f"there is nobody called {name}")
        made = {"sha256": _digest(token), "person_id": person, "label": label, "made_at": datetime.now(UTC)}
        session.execute(insert(Key).values(made))
        _note(session, name, f"made the token “{label}”")
    return token


def tokens(catalogue: Catalogue, name: str) -> list[Token]:
    """The tokens of a person."""
    query = select(Key.label, Key.made_at).join(Row, Row.id == Key.person_id).where(Row.name == name, Key.label != "")
    with catalogue.reading() as session:
        return [Token(label, made_at) for label, made_at in session.execute(query.order_by(Key.made_at))]


def revoke(catalogue: Catalogue, name: str, label: str) -> None:
    """The tokens of this label open nothing any more."""
    with catalogue.writing() as session:
        person = session.scalar(select(Row.id).where(Row.name == name))
        session.execute(delete(Key).where(Key.person_id == person, Key.label == label, Key.label != ""))
        _note(session, name, f"revoked the token “{label}”")


def opens(catalogue: Catalogue, key: str) -> Person | None:
    """The person for whom a session's key, or a token, opens the door; None where it opens nothing."""
    now = datetime.now(UTC)
    query = select(Row.name, Row.role).join(Key, Key.person_id == Row.id).where(Key.sha256 == _digest(key), Row.active)
    with catalogue.reading() as session:
        row = session.execute(query.where(Key.ends_at.is_(None) | (Key.ends_at > now))).first()
        return None if row is None else Person(row.name, Role(row.role))


def visits(catalogue: Catalogue, limit: int) -> list[Entry]:
    """What happened at the door, the latest first."""
    query = select(Visit.at, Visit.who, Visit.what).order_by(Visit.id.desc()).limit(limit)
    with catalogue.reading() as session:
        return [Entry(at, who, what) for at, who, what in session.execute(query)]


def _shut(session: Session, person: int, tokens_too: bool) -> None:
    """End the sessions of a person, and revoke the tokens where these are meant too."""
    of = Key.person_id == person if tokens_too else (Key.person_id == person) & (Key.label == "")
    session.execute(delete(Key).where(of))


def _note(session: Session, who: str, what: str) -> None:
    session.execute(insert(Visit).values(at=datetime.now(UTC), who=who, what=what))


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise CatalogueError(f"a password has {SHORTEST} characters or more")
    with _HASHING:
        return _HASHER.hash(password)


def _verified(hashed: str, password: str) -> bool:
    try:
        with _HASHING:
            return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(key: str) -> str:
    # A key is random and long: one round of a hash is enough to keep it out of the database.
    return hashlib.sha256(key.encode()).hexdigest()
