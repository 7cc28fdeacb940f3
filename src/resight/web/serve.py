"""Serve a catalogue to browsers until it is stopped."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout
from starlette.datastructures import Headers

from resight.catalogue.folder import Catalogue
from resight.catalogue.people import people
from resight.errors import ResightError
from resight.roles import Person, Role
from resight.web.app import application
from resight.web.desk import desk
from resight.web.pictures import FOLDER as PICTURES
from resight.web.pictures import trim
from resight.web.received import clear
from resight.work.jobs import FOLDER, LOCK, OUTPUT
from resight.work.parent import PARENT
from resight.work.worker import PATIENCE

AGAIN, SELDOM = 2.0, 60.0  # seconds until a worker that ended is started again: at first, and when it always ends
WELL = 20.0  # a worker that lived for so many seconds did not end by a fault of its start
GRACE = 3  # seconds that answers under way have when the server is stopped; open pages would hold it for ever
LARGEST_MESSAGE = 1 << 20  # bytes that a page may send at once
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LOG = logging.getLogger("uvicorn.error")


class Server(uvicorn.Server):
    """A server that says when it has its port: before that, it may be another's."""

    def __init__(self, config: uvicorn.Config, bound: Callable[[], None]) -> None:
        super().__init__(config)
        self.bound = bound

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; ResightError where that cannot be done, after the reason was logged."""
        try:
            await super().startup(sockets)
        except SystemExit as end:
            host, port = self.config.host, self.config.port
            raise ResightError(f"nothing can be served at {host}:{port}, as said above. Try another --port") from end
        self.bound()


def keep_worker(catalogue: Catalogue) -> None:
    """Start a worker, and another whenever it ends, as long as this process lives; it ends with this one.

    The worker is named after the machine, so that a server that is started again goes on with what it was at. Of two
    servers of a catalogue on one machine, only one has a worker.
    """
    folder, name = catalogue.folder / FOLDER, f"served-{socket.gethostname()}"
    command = [sys.executable, "-m", "resight", "work", str(catalogue.folder), "--name", name]
    environment = os.environ | {PARENT: str(os.getpid())}

    def keep() -> None:
        pause = AGAIN
        while True:
            _wait_for_turn(folder / LOCK.format(name=name))
            began = time.monotonic()
            with (folder / OUTPUT.format(name=name)).open("wb") as said:
                subprocess.run(
                    command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
                )
            if time.monotonic() - began > WELL:
                pause = AGAIN
            time.sleep(pause)
            pause = min(2 * pause, SELDOM)

    threading.Thread(target=keep, daemon=True).start()


def _wait_for_turn(path: Path) -> None:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        _LOG.warning("Another server has the worker of this catalogue; this one starts none as long as that runs.")
        lock.acquire(poll_interval=AGAIN)
    lock.release()


def serve(
    catalogue: Catalogue,
    host: str,
    port: int,
    person: str,
    secure: bool,
    worker: bool,
    ready: Callable[[str], None],
) -> None:
    """Serve a catalogue: to one person on this machine, or to the people that it has, who must log in.

    With `worker` a worker does its jobs here; without, one that runs elsewhere.

    ResightError where others could reach it, by themselves or by a web server before it (`secure`), and nobody has to
    log in.
    """
    open_door = not people(catalogue)
    if open_door and (secure or host not in LOCAL):
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

    def bound() -> None:
        if worker:
            keep_worker(catalogue)
        # Both may take their time, and some browsers return when they are closed.
        threading.Thread(target=lambda: ready(f"http://{host}:{port}/"), daemon=True).start()
        threading.Thread(target=lambda: clear(catalogue, served.board.jobs(), time.time()), daemon=True).start()
        threading.Thread(target=lambda: trim(catalogue.folder / PICTURES), daemon=True).start()

    config = uvicorn.Config(
        application_,
        host=host,
        port=port,
        log_level="warning",
        ws_max_size=LARGEST_MESSAGE,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    with suppress(KeyboardInterrupt):
        Server(config, bound).run()
