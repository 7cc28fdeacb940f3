"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from resight.errors import ResightError


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step; after a fault the old one is still there. ResightError where there is no room."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ResightError(
            f"{path} could not be written ({error.strerror}). What was written before it is kept: make room, and start "
            "the same command again"
        ) from error
