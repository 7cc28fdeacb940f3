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
from resight.catalogue.people import people
from resight.catalogue.roles import Person, Role
from resight.errors import ResightError
from resight.web.app import application
from resight.web.desk import desk
from resight.work.parent import PARENT

AGAIN = 2.0  # seconds until a worker that ended is started again
LARGEST_MESSAGE = 1 << 20  # bytes that a page may send at once
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


def serve(catalogue: Catalogue, host: str, port: int, person: str, secure: bool, ready: Callable[[str], None]) -> None:
    """Serve a catalogue: to one person on this machine, or to the people that it has, who must log in.

    ResightError where others could reach it and nobody has to log in.
    """
    open_door = not people(catalogue)
    if open_door and host not in LOCAL:
        raise ResightError(
            f"others can reach {host}, and nobody has to log in to {catalogue.folder} yet. Let yourself in first: "
            f"resight people add {catalogue.folder} NAME --role admin"
        )
    served = desk(catalogue, open_door)

    def alone(_headers: Headers) -> Person:
        return Person(person, Role.ADMIN)

    application_ = application(
        served, alone if open_door else served.known, LOCAL if host in LOCAL else frozenset(), secure
    )
    keep_worker(catalogue)
    ready(f"http://{host}:{port}/")
    uvicorn.run(
        application_, host=host, port=port, log_level="warning", ws_max_size=LARGEST_MESSAGE, server_header=False
    )
