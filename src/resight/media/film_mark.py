"""What tells films of one name apart: cameras number theirs anew on every card."""

from __future__ import annotations

import hashlib
from pathlib import Path

from resight.errors import VideoError
from resight.media.file_bytes import why_unreadable

PART = 1 << 20  # bytes at the beginning and at the end; a whole film would take minutes to read


def film_mark(film: Path) -> str:
    """Six characters that a film of another content does not have, as far as its size, its beginning and its end tell.

    VideoError where it cannot be read.
    """
    try:
        size = film.stat().st_size
        with film.open("rb") as file:
            seen = hashlib.sha256(str(size).encode())
            seen.update(file.read(PART))
            file.seek(max(0, size - PART))
            seen.update(file.read(PART))
    except OSError as error:
        raise VideoError(f"{film}: {why_unreadable(error)}") from error
    return seen.hexdigest()[:6]
