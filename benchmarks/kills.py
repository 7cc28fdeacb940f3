"""Power cuts: server, worker and job are killed at random moments while photos come in, jobs run and people decide.

    python -m benchmarks.kills FOLDER [--times 20]

FOLDER gets a small catalogue of simulated fish. Prints what was confirmed and what of it is there at the end.
"""

from __future__ import annotations

import argparse
import random
import secrets
import threading
import time
from pathlib import Path

import httpx
import psutil
from tests.web.served import Served, serving

from resight.catalogue import check, folder, log, lookup
from resight.catalogue.decisions import Assigned, Opinion
from resight.catalogue.folder import create
from resight.catalogue.models import Request
from resight.media.file_bytes import file_sha256
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.simulate import write_heads
from resight.types import Record
from resight.work.add import add
from resight.work.processes import in_this_process

FISH = 30
UPLOADS = 12
PAUSE = 1.0  # seconds between two pieces, so that kills come while files do
REVIEWER = "Bea"  # as whom the tests' server answers; each of her tokens may stand for one entry of the log


def filled(home: Path) -> tuple[Path, list[Path]]:
    """A catalogue of known fish, and photos that are to come in."""
    tables = write_heads(home / "photos", FISH, passes=3, photos_per_pass=1, seed=11)
    first, second, third = ([e for e in read_table(table) if isinstance(e, Record)] for table in tables)
    method = open_method(PLAIN)
    with create(home / "fish", method=method.name) as catalogue:
        add(catalogue, [*first, *second], method.name, method.fingerprint, in_this_process, "benchmark")
    return home / "fish", [entry.path for entry in third]


def persist(served: Served, method: str, address: str, **how: object) -> httpx.Response:
    """Ask until there is an answer, as the pages do."""
    while True:
        try:
            with served.client() as client:
                answer = client.request(method, address, **how)  # type: ignore[arg-type]
            if answer.status_code < 500:
                return answer
        except httpx.TransportError:
            pass
        time.sleep(0.2)


def upload(served: Served, photos: list[Path], confirmed: dict[str, str], jobs: list[str]) -> None:
    """Send photos in two pieces each, and ask who they are."""
    key = persist(served, "POST", "/api/uploads").json()["key"]
    for photo in photos:
        content, offset = photo.read_bytes(), 0
        half = len(content) // 2 + 1
        while offset < len(content):
            asked = {"path": photo.name, "offset": offset, "size": len(content), "modified": 0}
            address = f"/api/uploads/{key}/file"
            said = persist(served, "PUT", address, params=asked, content=content[offset : offset + half])
            offset = said.json()["size"]
            time.sleep(PAUSE)
        confirmed[file_sha256(photo)] = photo.name
    jobs.append(persist(served, "POST", f"/api/uploads/{key}/finish?purpose=identify").json()["job"])


def decide(served: Served, stop: threading.Event, confirmed: dict[str, list[int]]) -> None:
    """Name whatever waits, or put it aside; each answer is sent until it is confirmed."""
    rng = random.Random(5)
    while not stop.wait(0.2):
        waiting = persist(served, "GET", "/api/review/queue?count=1").json().get("questions", [])
        for question in waiting:
            token = secrets.token_hex(16)
            body: dict[str, object] = {"token": token, "annotation": question["query"]["annotation"], "word": "unsure"}
            if question["choices"] and rng.random() < 0.7:
                body |= {"word": "same", "individual": question["choices"][0]["individual"]}
            answer = persist(served, "POST", "/api/review/answers", json=body)
            if answer.status_code == 200:
                confirmed[token] = answer.json()["decisions"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    home, photos = filled(asked.folder)
    rng = random.Random(7)
    photos_in: dict[str, str] = {}
    answers: dict[str, list[int]] = {}
    jobs: list[str] = []
    stop = threading.Event()
    killed = {"server": 0, "worker": 0}
    with serving(home, worker=True) as served:
        parts = [photos[n::UPLOADS] for n in range(UPLOADS)]

        def send() -> None:
            for part in parts:
                upload(served, part, photos_in, jobs)

        people = [threading.Thread(target=send), threading.Thread(target=decide, args=(served, stop, answers))]
        for one in people:
            one.start()
        for _ in range(asked.times):
            time.sleep(rng.uniform(1, 6))
            if rng.random() < 0.5:
                for child in psutil.Process(served.process.pid).children():
                    child.kill()
                killed["worker"] += 1
            else:
                served.kill()
                killed["server"] += 1
                served.start()
        people[0].join()
        until = time.monotonic() + 600
        while time.monotonic() < until:
            states = [one["state"] for one in persist(served, "GET", "/api/jobs").json()["jobs"]]
            if not {"waiting", "running"} & set(states):
                break
            time.sleep(1)
        time.sleep(5)
        stop.set()
        people[1].join()
    with folder.open(home) as catalogue:
        there = {one.sha256 for one in lookup.catalogued(catalogue)}
        with catalogue.reading() as session:
            held = {(row.token, row.decision_id) for row in session.query(Request)}
        history = log.history(catalogue)
        faults = check.check(catalogue)
    decisions = {entry.id for entry in history}
    said = sum(entry.by == REVIEWER and isinstance(entry.decision, Assigned | Opinion) for entry in history)
    written = {(token, key) for token, keys in answers.items() for key in keys}
    lost = sum(one not in held or one[1] not in decisions for one in written)
    missing = sum(sha256 not in there for sha256 in photos_in)
    print(f"killed: {killed}; jobs {len(jobs)}, their states {sorted(set(states))}")
    print(f"photos confirmed {len(photos_in)}, missing {missing}; answers confirmed {len(answers)}, lost {lost}")
    print(f"answers written twice: {said - len({token for token, _ in held})}; faults of the log: {len(faults)}")


if __name__ == "__main__":
    main()
