"""The bytes of a file and their hash; where there are none to be had, why, and what to do."""

from __future__ import annotations

import errno
import hashlib
import stat
from pathlib import Path

from resight.errors import PhotoError
from resight.media.file_names import shown


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes, as 64 hexadecimal digits; PhotoError where it cannot be read."""
    try:
        check_regular(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise PhotoError(f"{shown(path)}: {why_unreadable(error)}") from error


def read_bytes(path: Path, most: int) -> bytes:
    """All bytes of a file that has some, and no more than `most`; PhotoError where it has not."""
    try:
        size = check_regular(path)
        if size > most:
            raise PhotoError(f"{shown(path)}: {size / 1e9:.1f} GB are more than a photo needs: is it a video?")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise PhotoError(f"{shown(path)}: {why_unreadable(error)}") from error
    if not data:
        raise PhotoError(f"{shown(path)}: the file is empty: copy it again from where it came")
    return data


def check_regular(path: Path) -> int:
    """The size in bytes of a regular file; OSError for anything else: opening a pipe would wait for ever."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return status.st_size


def why_unreadable(error: OSError | ValueError) -> str:
    """Why the system will not give a file's bytes, and what to do, in words for people."""
    if isinstance(error, ValueError):
        return "the name holds a null character, which no file's name can: correct it"
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such file: was it moved or renamed, or is its drive not connected?"
        case errno.EACCES | errno.EPERM:
            return "you may not read it: change its permissions, or ask its owner"
        case errno.EISDIR:
            return "this is a folder: name the file in it"
        case errno.EINVAL:
            return "this is a device or a pipe: name a file"
        case errno.ENAMETOOLONG:
            return "the name is too long for this system: rename it, or move it up some folders"
        case errno.ELOOP:
            return "this link leads round in a circle: name the file itself"
        case _:
            return f"it cannot be read ({error.strerror}): check the drive it lies on"
