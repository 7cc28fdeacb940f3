"""Bring a database's tables up to date, and refuse those of a newer program."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from resight.errors import CatalogueError

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0003"


def revision(connection: Connection) -> str | None:
    """The migration the tables are at; None where the database holds no catalogue.

    >>> from sqlalchemy import create_engine
    >>> with create_engine("sqlite://").connect() as connection:
    ...     revision(connection) is None
    True
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Migrate the tables to the newest version, inside the connection's transaction.

    Raises:
        CatalogueError: the tables come from a newer program.
    """
    current = revision(connection)
    if current == HEAD:
        return
    # Alembic takes as long to import as a small catalogue takes to open, and is seldom needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise CatalogueError(
            f"the catalogue was written by a newer resight (its tables are at version {current}, "
            f"this program knows {HEAD}): install a newer resight to open it"
        )
    command.upgrade(config, "head")
