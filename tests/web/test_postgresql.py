"""The browser's server on a catalogue in PostgreSQL: answers, jobs and people, as on SQLite."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
from tests.web.served import serving

from resight.catalogue import folder, log
from resight.catalogue.decisions import Assigned, Undone
from resight.catalogue.people import add_person, new_token
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.roles import Role
from resight.simulate import write_heads
from resight.types import Record
from resight.work.add import add
from resight.work.processes import in_this_process

PATIENCE = 120.0  # seconds


def test_a_day_on_postgresql(tmp_path: Path, new_database: Callable[[], str]) -> None:
    tables = write_heads(tmp_path / "photos", 8, passes=3, photos_per_pass=1, seed=5, newcomers=1)
    method = open_method(PLAIN)
    with folder.create(tmp_path / "fish", new_database(), method=method.name) as catalogue:
        for number, table in enumerate(tables):
            records = [entry for entry in read_table(table) if isinstance(entry, Record)]
            asked = [replace(one, identity=None) for one in records] if number == 2 else records
            add(catalogue, asked, method.name, method.fingerprint, in_this_process, "Ana")
        add_person(catalogue, "Ana", "a long password", Role.ADMIN, "setup")
        token = new_token(catalogue, "Ana", "test")
    with serving(tmp_path / "fish", worker=True) as served, served.client(token) as client:
        job = client.post("/api/jobs/begin/identify").json()["job"]
        until = time.monotonic() + PATIENCE
        killed = False
        while (now := client.get("/api/jobs").json()["jobs"][0])["state"] != "done":
            assert time.monotonic() < until, now
            if now["state"] == "running" and not killed:
                for child in psutil.Process(served.process.pid).children():
                    child.kill()
                killed = True
            time.sleep(0.1)
        assert now["id"] == job
        question = client.get("/api/review/queue?count=1").json()["questions"][0]
        answer = {
            "token": "t" * 32, "annotation": question["query"]["annotation"], "word": "same",
            "individual": question["choices"][0]["individual"],
        }  # fmt: skip
        assert client.post("/api/review/answers", json=answer).status_code == 200
        assert client.post("/api/review/answers", json=answer).status_code == 200
        assert client.post("/api/review/undo", json={"token": "u" * 32, "of": answer["token"]}).status_code == 200
    with folder.open(tmp_path / "fish") as catalogue:
        made = [entry.decision for entry in log.history(catalogue, limit=2)]
    assert [type(one) for one in made] == [Undone, Assigned]
