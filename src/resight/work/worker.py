"""A worker: takes jobs from a catalogue's queue, one at a time, and runs each as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from dbos import DBOS
from filelock import FileLock, Timeout

from resight.catalogue.folder import Catalogue
from resight.errors import ResightError
from resight.work.jobs import (
    ALIVE,
    APPLICATION,
    FOLDER,
    LOCK,
    QUEUE,
    VERSION,
    WORKFLOW,
    cancelled,
    database,
    log,
    progress,
)
from resight.work.parent import PARENT
from resight.work.progress import FILE

LOOK = 0.3  # seconds between looks at whether the job was cancelled
MERCY = 10.0  # seconds until a cancelled job that does not end is killed
PATIENCE = 5.0  # seconds within which a worker that lost its server has ended
STOPPED = 130


def work(catalogue: Catalogue, name: str = "") -> None:
    """Do jobs until the process is stopped. Jobs that a killed worker of this name was at go on.

    Two workers of a catalogue need different names; it is that of the machine where none is given. ResightError where
    one of this name is at work.
    """
    folder = catalogue.folder / FOLDER
    folder.mkdir(exist_ok=True)
    name = name or socket.gethostname()
    # Held until this process ends: two of one name would both go on with what one of them was at.
    lock = FileLock(folder / LOCK.format(name=name))
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise ResightError(
            f"a worker named {name} is at work on {catalogue.folder} already: give this one another --name"
        ) from None
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": database(catalogue),
            "executor_id": name,
            "application_version": VERSION,
            "log_level": "WARNING",
        }
    )

    @DBOS.step()
    def run(key: str, command: list[str]) -> int:
        return run_command(folder, key, command)

    @DBOS.workflow(name=WORKFLOW)
    def command(order: dict[str, list[str]]) -> int:
        key = DBOS.workflow_id
        assert key is not None
        return run(key, order["command"])

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=0.5)
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    alive = folder / ALIVE.format(name=name)
    while not stop.wait(1.0):
        alive.touch()
    alive.unlink(missing_ok=True)
    # Not DBOS.destroy, which would wait for the job: it goes on with the next worker.
    os._exit(0)


def run_command(folder: Path, key: str, command: list[str]) -> int:
    """Run a command of this program to its end, or until the job is cancelled; its exit code."""
    environment = os.environ | {
        FILE: str(progress(folder, key)),
        PARENT: str(os.getpid()),
        "PYTHONUNBUFFERED": "1",
    }
    with log(folder, key).open("ab") as said:
        said.write(f"$ resight {' '.join(command)}\n".encode())
        said.flush()
        process = subprocess.Popen(
            [sys.executable, "-m", "resight", *command],
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=environment,
        )  # fmt: skip
        while process.poll() is None:
            if cancelled(folder, key).exists():
                # It dies at once, wherever it is: what it writes is written whole, or not at all.
                process.terminate()
                try:
                    process.wait(MERCY)
                except subprocess.TimeoutExpired:
                    process.kill()
                process.wait()
                return STOPPED
            time.sleep(LOOK)
    return process.returncode
