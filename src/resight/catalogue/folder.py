"""A catalogue is a folder: its settings, its database or the address of one, its vectors and copies."""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from resight.catalogue import schema
from resight.catalogue.models import Decision, Photo
from resight.catalogue.storage import MOUNTS, network_type
from resight.catalogue.turns import Turns
from resight.errors import CatalogueError, DatabaseError

FORMAT = 1
SETTINGS = "catalogue.toml"
SQLITE = "catalogue.sqlite"
VECTORS = "vectors"
PHOTOS = "photos"
# What a describer or a matcher takes, up to the masks, the matcher, another describer or the end of the method's name.
FILE_IN_METHOD = re.compile(r":([^@&]+?)(?=(?:\+(?:mask|u2netp))?(?:[@&]|$))")

# How long a writer waits for another: a shard of photos is added in seconds, an undo in a huge log too.
PATIENCE_SECONDS = 120
# One lock for all writers of a PostgreSQL catalogue; the number only has to be the same in every program.
WRITERS_LOCK = 7_365_696


class Settings(BaseModel):
    """What `catalogue.toml` holds: the format, the database where it is not the default, and choices.

    `method` is the describer or fusion the catalogue is worked with; `sides` as in the command line. With two
    `reviewers`, what is said in the review decides once two people say the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    database_url: str | None = None
    method: str | None = None
    sides: Literal["apart", "any"] = "apart"
    reviewers: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An open catalogue; close it, or use it in a `with` statement. Threads may share it, forks may not."""

    folder: Path
    settings: Settings
    engine: Engine
    # Who waits for SQLite itself asks again and again, ever more seldom, and is overtaken by whoever comes later.
    turn: Turns = field(default_factory=Turns, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees the catalogue as it stood at its first query."""
        with self._named_errors(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a transaction: all of it is committed at the end, or none of it.

        There is one writer at a time; others wait. Files of descriptors are written only inside one, so
        that nobody takes them for garbage.
        """
        with self._named_errors(), self.turn, Session(_writing(self.engine)) as session, session.begin():
            _wait_for_turn(session.connection())
            yield session

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise DatabaseError(f"the database of {self.folder} failed: {error.orig}") from error


def create(
    folder: Path,
    database_url: str | None = None,
    *,
    method: str | None = None,
    sides: Literal["apart", "any"] = "apart",
    reviewers: int = 1,
    mounts: Path = MOUNTS,
) -> Catalogue:
    """Make a catalogue in a new or empty folder, and open it.

    Args:
        folder: made where it does not exist.
        database_url: of an empty PostgreSQL database, as in `postgresql://user@host/name`; without one,
            SQLite inside the folder. A password given here is written to the settings as it stands;
            PostgreSQL's own password file keeps it out of them.
        method: how its photos are described, by name; kept in the settings.
        sides: whether a left flank may be compared with a right one.
        reviewers: 2, if two people have to say the same before it is decided.
        mounts: the system's table of mounts.

    Raises:
        CatalogueError: the folder holds something else, or the database a catalogue already.
    """
    folder = folder.absolute()
    if (folder / SETTINGS).exists():
        raise CatalogueError(f"{folder} is a catalogue already")
    if folder.exists() and not folder.is_dir():
        raise CatalogueError(f"{folder} is a file; a catalogue is a folder")
    folder.mkdir(parents=True, exist_ok=True)
    # What a killed `create` left may be used again: the settings, written last, make the catalogue.
    own = {VECTORS, PHOTOS, *(SQLITE + end for end in ("", "-wal", "-shm", "-journal"))}
    if strange := sorted(path.name for path in folder.iterdir() if path.name not in own):
        raise CatalogueError(f"{folder} is not empty (it holds {strange[0]}); choose a new folder")
    settings = Settings(database_url=database_url, method=method, sides=sides, reviewers=2 if reviewers == 2 else 1)
    engine = _engine(folder, settings, mounts)
    with _closing_on_error(folder, engine), _writing(engine).begin() as connection:
        _wait_for_turn(connection)
        schema.upgrade(connection)
        for table, what in ((Photo, "photos"), (Decision, "decisions")):
            if n := connection.scalar(select(func.count()).select_from(table)):
                raise CatalogueError(f"the database for {folder} holds a catalogue already, with {n} {what}")
    (folder / VECTORS).mkdir(exist_ok=True)
    _write_settings(folder, settings)
    return Catalogue(folder, settings, engine)


def settle(catalogue: Catalogue, method: str) -> Catalogue:
    """The catalogue with the method by which it compares from now on, written to its settings."""
    settings = read_settings(catalogue.folder).model_copy(update={"method": method})
    _write_settings(catalogue.folder, settings)
    return replace(catalogue, settings=settings)


def open(folder: Path, *, mounts: Path = MOUNTS) -> Catalogue:
    """Open a catalogue, and bring its tables up to date where an older program wrote them.

    Warns (UserWarning) where it lies on a network drive and has to do without the write-ahead log.

    Raises:
        CatalogueError: the folder is no catalogue, a newer program wrote it, or its database is missing,
            damaged or out of reach.
    """
    folder = folder.absolute()
    settings = read_settings(folder)
    if settings.database_url is None and not (folder / SQLITE).is_file():
        raise CatalogueError(f"{folder} has lost its database {SQLITE}: bring it back from a backup")
    engine = _engine(folder, settings, mounts)
    with _closing_on_error(folder, engine):
        with engine.connect() as connection:
            found = schema.revision(connection)
        if found is None:
            raise CatalogueError(f"the database of {folder} holds no catalogue: is it the right one?")
        if found != schema.HEAD:
            with _writing(engine).begin() as connection:
                _wait_for_turn(connection)
                schema.upgrade(connection)
    return Catalogue(folder, settings, engine)


def read_settings(folder: Path) -> Settings:
    """The settings of a catalogue as they are now; CatalogueError where the folder is none, or they are not right."""
    path = folder / SETTINGS
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(
            f"{folder} is not a catalogue (it has no {SETTINGS}); make one with: resight init FOLDER"
        ) from error
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error
    if isinstance(values.get("format"), int) and values["format"] > FORMAT:
        raise CatalogueError(
            f"{folder} was written by a newer resight (format {values['format']}, this program knows "
            f"{FORMAT}): install a newer resight to open it"
        )
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise CatalogueError(f"{path} is not right: {error}") from error
    return settings.model_copy(update={"method": settings.method and opened_method(folder, settings.method)})


def kept_method(folder: Path, method: str) -> str:
    """A method as the settings name it: files inside the catalogue by their place there, so that both can be moved.

    >>> kept_method(Path("/data/whales"), "onnx:/data/whales/models/1/model.onnx@head:/data/whales/models/1/head.npz")
    'onnx:models/1/model.onnx@head:models/1/head.npz'
    """
    return method.replace(f":{folder.as_posix()}/", ":")


def opened_method(folder: Path, method: str) -> str:
    """The same with the places where the files lie now; what names no file of the catalogue stays as it is."""

    def there(found: re.Match[str]) -> str:
        # In what `together` takes, a describer's name may come before its file.
        starts = [0, *(place + 1 for place, letter in enumerate(found[1]) if letter == ":")]
        for start in starts:
            if found[1][start:] and (file := folder / found[1][start:]).is_file():
                return f":{found[1][:start]}{file.as_posix()}"
        return found[0]

    return FILE_IN_METHOD.sub(there, method)


def _write_settings(folder: Path, settings: Settings) -> None:
    kept = settings.model_copy(update={"method": settings.method and kept_method(folder, settings.method)})
    # A JSON string or number is a TOML one too.
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in kept.model_dump(exclude_none=True).items()
    ]
    path = folder / SETTINGS
    draft = path.with_suffix(".tmp")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(path)


def _engine(folder: Path, settings: Settings, mounts: Path) -> Engine:
    if settings.database_url is not None:
        return _postgresql(settings.database_url)
    kind = network_type(folder, mounts)
    if kind is not None:
        warnings.warn(
            f"{folder} lies on a network drive ({kind}). SQLite's write-ahead log needs memory that the "
            "computers would have to share, so the slower rollback journal is used. Write from one computer "
            "at a time; where several people work at once, use PostgreSQL.",
            stacklevel=3,
        )
    return _sqlite(folder / SQLITE, "WAL" if kind is None else "DELETE")


def _postgresql(address: str) -> Engine:
    try:
        url: URL = make_url(address)
        if url.get_backend_name() not in ("postgresql", "postgres"):
            raise CatalogueError(f"a database address starts with postgresql://, not {url.drivername}://")
        # A reader sees one moment. pre_ping: a server may restart between two requests.
        return create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ", pool_pre_ping=True
        )
    except ArgumentError as error:
        raise CatalogueError(f"{address!r} is no address of a database: {error}") from error
    except ModuleNotFoundError as error:
        raise CatalogueError("PostgreSQL needs another package: pip install 'resight[postgres]'") from error


def _sqlite(path: Path, journal: Literal["WAL", "DELETE"]) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and later than asked for.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1000}")
        mode = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0]
        if journal == "DELETE" and mode == "wal":
            raise CatalogueError(f"{path} is on a network drive and open in another program: close that")
        # In WAL mode, NORMAL may lose the last decisions when the power fails; EXTRA waits for the disk at
        # every commit, and covers the rollback journal's directory too. It costs milliseconds a decision.
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA foreign_keys = ON")
        # SQLite's own knows no letters but those of ASCII, and a search would not find Ängla.
        connection.create_function("lower", 1, lambda text: text and str(text).lower(), deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: one that read first could find its reading out of date.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _writing(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writing=True)
    # Under REPEATABLE READ a writer would see the moment before it waited for its turn.
    return engine.execution_options(isolation_level="READ COMMITTED")


def _wait_for_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))


@contextmanager
def _closing_on_error(folder: Path, engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError):
            raise CatalogueError(f"the database of {folder} cannot be opened: {error.orig}") from error
        raise
