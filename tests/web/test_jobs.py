"""Uploads become jobs; jobs outlive the server and the worker."""

import time
from pathlib import Path

import httpx
import psutil
from tests.web.served import Served

from resight.catalogue import folder, lookup
from resight.simulate import write_heads

PATIENCE = 120.0


def upload(client: httpx.Client, photos: list[Path]) -> str:
    """Send photos, and ask who they are; the job's id."""
    key = client.post("/api/uploads").json()["key"]
    for photo in photos:
        content = photo.read_bytes()
        half = len(content) // 2
        for offset, piece in ((0, content[:half]), (half, content[half:])):
            address = f"/api/uploads/{key}/file?path=walk/{photo.name}&offset={offset}"
            assert client.put(address, content=piece).status_code == 200
    finished = client.post(f"/api/uploads/{key}/finish", params={"purpose": "identify"})
    assert finished.json()["rejected"] == []
    again = client.post(f"/api/uploads/{key}/finish", params={"purpose": "identify"})
    assert again.json()["job"] == finished.json()["job"]
    return str(finished.json()["job"])


def state(client: httpx.Client, job: str) -> str:
    return next(str(one["state"]) for one in client.get("/api/jobs").json()["jobs"] if one["id"] == job)


def ended(client: httpx.Client, job: str) -> str:
    until = time.monotonic() + PATIENCE
    while (now := state(client, job)) in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.3)
    return now


def test_a_job_goes_on_after_server_and_worker_were_killed(served: Served, tmp_path: Path) -> None:
    write_heads(tmp_path / "new", 4, passes=1, photos_per_pass=1, seed=9)
    photos = sorted((tmp_path / "new").rglob("*.jpg"))
    with served.client() as client:
        job = upload(client, photos)
        until = time.monotonic() + PATIENCE
        while state(client, job) == "waiting" and time.monotonic() < until:
            time.sleep(0.1)
        workers = psutil.Process(served.process.pid).children(recursive=True)
        assert len(workers) >= 2  # the worker, and the job
        served.kill()
        _gone, alive = psutil.wait_procs(workers, timeout=10)
        assert not alive, "a job went on without its server"
        served.start()
        assert ended(client, job) == "done"
        for worker in psutil.Process(served.process.pid).children():
            worker.kill()
        again = client.post(f"/api/jobs/{job}/retry").json()["job"]
        assert ended(client, again) == "done"
        assert "4 photos" in client.get(f"/api/jobs/{again}/log").json()["text"]
    with folder.open(served.folder) as catalogue:
        added = [one for one in lookup.catalogued(catalogue) if one.path.is_relative_to(served.folder / "photos")]
    assert len(added) == len(photos)


def test_a_job_can_be_cancelled_and_what_failed_says_why(served: Served) -> None:
    with served.client() as client:
        job = client.post("/api/jobs/identify-again").json()["job"]
        assert client.post(f"/api/jobs/{job}/cancel").status_code == 200
        assert ended(client, job) == "cancelled"
        assert client.post(f"/api/jobs/{job}/cancel").status_code == 409
        assert client.post("/api/jobs/none/retry").status_code == 409
