"""Serve a catalogue to browsers until it is stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.datastructures import Headers

from resight.catalogue.folder import Catalogue
from resight.errors import ResightError
from resight.web.app import application
from resight.web.desk import desk
from resight.web.people import Person, Role
from resight.work.parent import PARENT

AGAIN = 2.0  # seconds until a worker that ended is started again
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def keep_worker(catalogue: Catalogue) -> None:
    """Start a worker, and another whenever it ends, as long as this process lives; it ends with this one."""
    command = [sys.executable, "-m", "resight", "work", str(catalogue.folder), "--name", "served"]
    environment = os.environ | {PARENT: str(os.getpid())}

    def keep() -> None:
        while True:
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
            time.sleep(AGAIN)

    threading.Thread(target=keep, daemon=True).start()


def serve(catalogue: Catalogue, host: str, port: int, person: str, ready: Callable[[str], None]) -> None:
    """Serve one user on this machine, who is not asked for a password; ResightError for any other address."""
    if host not in LOCAL:
        raise ResightError(
            f"{host} can be reached by others, and the catalogue has no log-in yet: serve it on localhost"
        )

    def who(_headers: Headers) -> Person:
        return Person(person, Role.ADMIN)

    served = uvicorn.Config(
        application(desk(catalogue), who, LOCAL), host=host, port=port, log_level="warning", ws_max_size=1 << 20
    )
    server = uvicorn.Server(served)
    keep_worker(catalogue)
    ready(f"http://{host}:{port}/")
    server.run()
