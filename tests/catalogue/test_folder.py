from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from resight.catalogue import folder, log
from resight.catalogue.decisions import NewIndividual
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Individual
from resight.errors import CatalogueError


def test_what_is_written_is_there_after_opening_again(catalogue: Catalogue) -> None:
    log.append(catalogue, NewIndividual("Anna"), "me")
    catalogue.close()
    with folder.open(catalogue.folder) as again, again.reading() as session:
        assert session.scalars(select(Individual.name)).all() == ["Anna"]
    assert again.settings == catalogue.settings


def test_a_transaction_is_kept_whole_or_not_at_all(catalogue: Catalogue) -> None:
    def failing() -> None:
        with catalogue.writing() as session:
            log.append_all(session, [NewIndividual("Anna")], "me")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert log.history(catalogue) == []


def test_a_reader_sees_one_moment(catalogue: Catalogue) -> None:
    with catalogue.reading() as session:
        assert session.scalars(select(Individual.name)).all() == []
        log.append(catalogue, NewIndividual("Anna"), "me")
        assert session.scalars(select(Individual.name)).all() == []
    with catalogue.reading() as session:
        assert session.scalars(select(Individual.name)).all() == ["Anna"]


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(CatalogueError, match=r"not empty \(it holds photo.jpg\)"):
        folder.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
    with pytest.raises(CatalogueError, match="is a file"):
        folder.create(tmp_path / "photo.jpg")
    with pytest.raises(CatalogueError, match=r"not a catalogue.*resight init"):
        folder.open(tmp_path)


def test_a_catalogue_is_made_once(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="a catalogue already"):
        folder.create(catalogue.folder)


def test_a_create_that_was_killed_can_be_run_again_but_not_over_data(tmp_path: Path) -> None:
    with folder.create(tmp_path / "c") as made:
        (made.folder / folder.SETTINGS).unlink()
    with folder.create(tmp_path / "c") as made:
        log.append(made, NewIndividual("Anna"), "me")
        (made.folder / folder.SETTINGS).unlink()
    with pytest.raises(CatalogueError, match="holds a catalogue already, with 1 decisions"):
        folder.create(tmp_path / "c")


def test_two_folders_do_not_share_a_database(tmp_path: Path, new_database: Callable[[], str]) -> None:
    address = new_database()
    with folder.create(tmp_path / "a", address) as made:
        log.append(made, NewIndividual("Anna"), "me")
    with pytest.raises(CatalogueError, match="holds a catalogue already"):
        folder.create(tmp_path / "b", address)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("format = 99", "newer resight"),
        ("format = ", "cannot be read"),
        ("format = 1\ncolour = 'red'", "colour"),
        ("format = 1\nsides = 'both'", "sides"),
        ("format = 1\ndatabase_url = 'mysql://host/herd'", "starts with postgresql://"),
        ("format = 1\ndatabase_url = 'herd'", "no address"),
        ("format = 1\ndatabase_url = 'postgresql://me:secret@127.0.0.1:9/herd'", "cannot be opened"),
    ],
)
def test_settings_that_are_not_right_are_refused(tmp_path: Path, settings: str, reason: str) -> None:
    folder.create(tmp_path / "c").close()
    (tmp_path / "c" / folder.SETTINGS).write_text(settings)
    with pytest.raises(CatalogueError, match=reason) as caught:
        folder.open(tmp_path / "c")
    assert "secret" not in str(caught.value)


def test_a_lost_or_foreign_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    folder.create(tmp_path / "c").close()
    database = tmp_path / "c" / folder.SQLITE
    database.unlink()
    with pytest.raises(CatalogueError, match="lost its database"):
        folder.open(tmp_path / "c")
    sqlite3.connect(database).execute("CREATE TABLE shopping (item)").connection.close()
    with pytest.raises(CatalogueError, match="holds no catalogue"):
        folder.open(tmp_path / "c")
    database.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CatalogueError, match="cannot be opened: file is not a database"):
        folder.open(tmp_path / "c")


def test_a_local_catalogue_writes_ahead_and_waits_for_the_disk(tmp_path: Path) -> None:
    with folder.create(tmp_path / "c") as made, made.writing() as session:
        read = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert read == {"journal_mode": "wal", "synchronous": 3}
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_on_a_network_drive_the_write_ahead_log_is_refused_and_it_says_why(tmp_path: Path) -> None:
    folder.create(tmp_path / "c").close()
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/data {tmp_path} nfs4 rw 0 0\n")
    with (
        pytest.warns(UserWarning, match=r"network drive \(nfs4\).*write-ahead log"),
        folder.open(tmp_path / "c", mounts=mounts) as opened,
    ):
        log.append(opened, NewIndividual("Anna"), "me")
        with opened.reading() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "delete"


def test_a_copied_folder_is_a_catalogue_too(tmp_path: Path) -> None:
    with folder.create(tmp_path / "c") as made:
        log.append(made, NewIndividual("Anna"), "me")
    shutil.copytree(tmp_path / "c", tmp_path / "copy")
    with folder.open(tmp_path / "copy") as copied:
        assert len(log.history(copied)) == 1


APPENDING = """
import sys
from pathlib import Path
from resight.catalogue import folder, log
from resight.catalogue.decisions import NewIndividual
with folder.open(Path(sys.argv[1])) as catalogue:
    for number in range(20):
        log.append(catalogue, NewIndividual(f"{sys.argv[2]} {number}"), sys.argv[2])
"""


def test_two_processes_append_at_the_same_time(catalogue: Catalogue) -> None:
    people = ("Ines", "Olaf")
    running = [subprocess.Popen([sys.executable, "-c", APPENDING, catalogue.folder, person]) for person in people]
    assert [process.wait(60) for process in running] == [0, 0]
    entries = log.history(catalogue)
    assert [entry.id for entry in entries] == list(range(40, 0, -1))
    for person in people:
        names = [e.decision.name for e in entries if isinstance(e.decision, NewIndividual) and e.by == person]
        assert names == [f"{person} {number}" for number in range(19, -1, -1)]
