"""End with the process that started this one: a worker that was killed must not leave its job behind."""

from __future__ import annotations

import os
import threading
import time

PARENT = "RESIGHT_PARENT"  # the environment variable that names the process to end with
LOOK = 0.5  # seconds


def end_with_parent() -> None:
    """Watch the parent that the environment names, and end at once when it is gone; nothing where it names none."""
    named = os.environ.pop(PARENT, None)
    if named is None:
        return

    def watch() -> None:
        while os.getppid() == int(named):
            time.sleep(LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
