from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from resight.catalogue import folder, schema
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Base
from resight.errors import CatalogueError


def test_the_migrations_make_what_the_models_say(catalogue: Catalogue) -> None:
    with catalogue.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        indexes = inspect(connection).get_indexes("individual")
    live = next(index for index in indexes if index["name"] == "uq_individual_live_name")
    assert live["unique"]
    where = {str(value) for key, value in live["dialect_options"].items() if key.endswith("_where")}
    assert {clause.strip("()") for clause in where} == {"absorbed_by IS NULL"}


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.HEAD]


def test_tables_of_a_newer_program_are_refused(catalogue: Catalogue) -> None:
    with catalogue.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalogue.close()
    with pytest.raises(CatalogueError, match=r"newer resight.*9999"):
        folder.open(catalogue.folder)


def test_an_unfinished_upgrade_leaves_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "failing")
    versions = tmp_path / "failing" / "versions"
    versions.mkdir(parents=True)
    source = Path(folder.__file__).parent / "migrations"
    (tmp_path / "failing" / "env.py").write_text((source / "env.py").read_text())
    first = (source / "versions" / "r0001_first_tables.py").read_text()
    broken = first.replace("    _protect_log()\n", "    raise RuntimeError('power failed')\n", 1)
    (versions / "r0001_first_tables.py").write_text(broken)
    with pytest.raises(RuntimeError, match="power failed"):
        folder.create(tmp_path / "c")
    monkeypatch.undo()
    with folder.create(tmp_path / "c") as made, made.engine.connect() as connection:
        assert schema.revision(connection) == schema.HEAD


@pytest.mark.parametrize("statement", ["UPDATE decision SET kind = 'merged'", "DELETE FROM decision"])
def test_the_database_itself_keeps_the_log_append_only(catalogue: Catalogue, statement: str) -> None:
    from resight.catalogue import log
    from resight.catalogue.decisions import NewIndividual

    log.append(catalogue, NewIndividual("Anna"), "me")
    with pytest.raises(CatalogueError, match="append-only"), catalogue.writing() as session:
        session.execute(text("DELETE FROM mention"))
        session.execute(text(statement))
    assert len(log.history(catalogue)) == 1
