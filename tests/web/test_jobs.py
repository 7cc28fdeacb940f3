"""Uploads become jobs; jobs outlive the server and the worker."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from filelock import FileLock
from tests.web.served import Served

from resight.catalogue import folder, lookup
from resight.errors import ResightError
from resight.simulate import write_heads
from resight.web.serve import serve
from resight.work import jobs, worker
from resight.work.jobs import Order

PATIENCE = 120.0


def upload(client: httpx.Client, photos: list[Path]) -> str:
    """Send photos, and ask who they are; the job's id."""
    key = client.post("/api/uploads").json()["key"]
    for photo in photos:
        content = photo.read_bytes()
        half = len(content) // 2
        for offset, piece in ((0, content[:half]), (half, content[half:])):
            said = f"path=walk/{photo.name}&offset={offset}&size={len(content)}&modified=0"
            assert client.put(f"/api/uploads/{key}/file?{said}", content=piece).status_code == 200
    there = client.get(f"/api/uploads/{key}").json()["files"]
    assert {path: one["there"] for path, one in there.items()} == {
        f"walk/{photo.name}": photo.stat().st_size for photo in photos
    }
    finished, again = (client.post(f"/api/uploads/{key}/finish", params={"purpose": "identify"}) for _ in range(2))
    assert again.json()["job"] == finished.json()["job"]
    return str(finished.json()["job"])


def state(client: httpx.Client, job: str) -> str:
    return next(str(one["state"]) for one in client.get("/api/jobs").json()["jobs"] if one["id"] == job)


def ended(client: httpx.Client, job: str) -> str:
    until = time.monotonic() + PATIENCE
    while (now := state(client, job)) in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.3)
    return now


def test_a_job_goes_on_after_server_and_worker_were_killed(working: Served, tmp_path: Path) -> None:
    write_heads(tmp_path / "new", 4, passes=1, photos_per_pass=1, seed=9)
    photos = sorted((tmp_path / "new").rglob("*.jpg"))
    with working.client() as client:
        job = upload(client, photos)
        until = time.monotonic() + PATIENCE
        workers: list[psutil.Process] = []
        while len(workers) < 2 and time.monotonic() < until:
            time.sleep(0.1)
            workers = psutil.Process(working.process.pid).children(recursive=True)
        assert len(workers) >= 2  # the worker, and the job
        working.kill()
        _gone, alive = psutil.wait_procs(workers, timeout=10)
        assert not alive, "a job went on without its server"
        working.start()
        assert ended(client, job) == "done"
        assert "4 photos" in client.get(f"/api/jobs/{job}/log").json()["text"]
        assert client.post(f"/api/uploads/{job}/finish", params={"purpose": "identify"}).json()["job"] == job
        until = time.monotonic() + PATIENCE
        while any((working.folder / "uploads").iterdir()) and time.monotonic() < until:
            time.sleep(0.1)
        assert "deleted" in client.post(f"/api/jobs/{job}/retry").json()["detail"]
        for child in psutil.Process(working.process.pid).children():
            child.kill()
        again = client.post("/api/jobs/begin/identify").json()["job"]
        assert ended(client, again) == "done"
    with folder.open(working.folder) as catalogue:
        added = [one for one in lookup.catalogued(catalogue) if one.path.is_relative_to(working.folder / "photos")]
    assert len(added) == len(photos)


def test_a_job_that_waits_can_be_cancelled_and_what_failed_says_why(working: Served) -> None:
    with working.client() as client:
        job = client.post("/api/jobs/begin/identify").json()["job"]
        assert client.post(f"/api/jobs/{job}/cancel").status_code == 200
        assert ended(client, job) == "cancelled"
        assert client.post(f"/api/jobs/{job}/cancel").status_code == 409
        assert client.post("/api/jobs/none/retry").status_code == 409


def test_an_export_is_written_by_a_job_and_fetched_from_it(working: Served) -> None:
    with working.client() as client:
        job = client.post("/api/jobs/export?format=history").json()["job"]
        assert ended(client, job) == "done"
        shown = {one["id"]: one["file"] for one in client.get("/api/jobs").json()["jobs"]}
        assert shown[job]
        sent = client.get(f"/api/export/{job}")
        assert sent.headers["content-type"].startswith("text/csv")
        assert sent.text == client.get("/api/export?format=history").text
        assert sent.text.startswith("individual,")
        again = client.post(f"/api/jobs/{job}/retry").json()["job"]
        assert ended(client, again) == "done"
        for file in (working.folder / "exports").iterdir():
            file.unlink()
        assert client.get(f"/api/export/{job}").status_code == 409
        other = client.post("/api/jobs/begin/identify").json()["job"]
        assert client.get(f"/api/export/{other}").status_code == 409
        assert client.post("/api/jobs/export?format=xls").status_code == 422


def test_a_job_that_runs_is_cancelled_with_its_process(working: Served) -> None:
    with working.client() as client:
        job = client.post("/api/jobs/begin/identify").json()["job"]
        running: list[psutil.Process] = []
        until = time.monotonic() + PATIENCE
        while not running and time.monotonic() < until:
            started = psutil.Process(working.process.pid).children(recursive=True)
            running = [process for process in started if "--again" in process.cmdline()]
            time.sleep(0.02)
        assert state(client, job) == "running"
        assert client.post(f"/api/jobs/{job}/cancel").status_code == 200
        _gone, alive = psutil.wait_procs(running, timeout=15)
        assert running and not alive
        assert state(client, job) == "cancelled"
        assert "photos:" not in client.get(f"/api/jobs/{job}/log").json()["text"], "it ran to its end"


def test_two_workers_of_one_name_do_not_work_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PATIENCE", 0)
    with folder.create(tmp_path / "fish") as catalogue:
        lock = catalogue.folder / jobs.FOLDER / jobs.LOCK.format(name="second")
        with FileLock(lock), pytest.raises(ResightError, match=r"at work .* already"):
            worker.work(catalogue, "second")


def test_a_server_without_its_port_starts_no_worker(tmp_path: Path) -> None:
    folder.create(tmp_path / "fish").close()
    with socket.create_server(("localhost", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "resight", "serve", str(tmp_path / "fish"), "--no-open", "--port", port]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 2
    assert "Try another --port" in run.stderr
    assert not list((tmp_path / "fish" / jobs.FOLDER).glob("worker-*"))


def test_others_must_log_in_behind_a_web_server_too(tmp_path: Path) -> None:
    with folder.create(tmp_path / "fish") as catalogue, pytest.raises(ResightError, match="nobody has to log in"):
        serve(catalogue, "localhost", 8080, "Bea", True, False, print)


def test_who_asks_again_stands_for_it() -> None:
    first = Order("Identify", ("identify", "fish", "--again", "--by=Ana"), "Ana")
    assert first.asked_by("Bea") == Order("Identify", ("identify", "fish", "--again", "--by=Bea"), "Bea")
