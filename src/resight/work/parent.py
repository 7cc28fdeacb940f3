"""End with the process that started this one: a worker that was killed must not leave its job behind."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

PARENT = "RESIGHT_PARENT"  # the environment variable that names the process to end with
LOOK = 0.5  # seconds


def end_with_parent() -> None:
    """Watch who started this process, and end at once when it is gone.

    That is the process which `multiprocessing` was started from, or the parent that the environment names; where there
    is neither, nothing is watched.
    """
    named = os.environ.pop(PARENT, None)
    started_by = multiprocessing.parent_process()

    def watch() -> None:
        if started_by is not None:
            started_by.join()
        else:
            while os.getppid() == int(named or 0):
                time.sleep(LOOK)
        os._exit(1)

    if started_by is not None or named is not None:
        threading.Thread(target=watch, daemon=True).start()
