"""A real server in a process of its own, and what tests ask of it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY = 60.0  # seconds


@dataclass
class Served:
    """A running server of a catalogue."""

    folder: Path
    port: int
    worker: bool
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def client(self, token: str = "") -> httpx.Client:
        """Asks the server as a program does."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start (again) on the same port, and wait until it answers."""
        command = [sys.executable, "-m", "resight", "serve", str(self.folder), "--no-open", "--by", "Bea"]
        command += [] if self.worker else ["--no-worker"]
        self.process = subprocess.Popen([*command, "--port", str(self.port)], env=os.environ | {"RESIGHT_WORKERS": "1"})
        until = time.monotonic() + READY
        while time.monotonic() < until:
            assert self.process.poll() is None, "the server ended"
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/login", timeout=5).status_code < 500:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")


@contextmanager
def serving(folder: Path, worker: bool = False) -> Iterator[Served]:
    """A server of this catalogue, until the end of the block; without a worker no job is done."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    running = Served(folder, port, worker, None)  # type: ignore[arg-type]
    running.start()
    try:
        yield running
    finally:
        running.process.terminate()
        try:
            running.process.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
