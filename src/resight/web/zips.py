"""The zips of an upload are opened, each into a tree of its own: what is in them is mixed with nothing that was sent.

They come from strangers too: links, names that lead elsewhere, and more than a zip can honestly hold are left out. An
opening that was interrupted goes on.
"""

from __future__ import annotations

import errno
import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from resight.errors import ResightError
from resight.media.folders import is_clutter
from resight.types import Rejection
from resight.web.uploads import KEPT_FREE, LARGEST, TAKEN, Item, Upload, safe_path

FULL = "the disk of the server is full: make room there, and press Again. Nothing that was sent is lost"
MOST_FILES = 100_000
UNPACKED = 200  # times its own size that a zip may come to; more is a bomb
# Whatever a broken zip makes the standard library raise. UnicodeDecodeError, for names, is a ValueError.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, EOFError, RuntimeError, OSError)

Told = Callable[[int, int], None]


def unpack(upload: Upload, told: Told | None = None) -> list[Rejection]:
    """Open all zips that were sent; what was left out, and why. `told`: how many files of how many are out."""
    return [rejection for item in upload.sent() if item.suffix == ".zip" for rejection in _unpacked(upload, item, told)]


def _unpacked(upload: Upload, item: Item, told: Told | None) -> Iterator[Rejection]:
    tree = sha256(item.place.encode()).hexdigest()[:16]
    left = UNPACKED * max(item.path.stat().st_size, 1)
    seen: set[Path] = set()
    try:
        with zipfile.ZipFile(item.path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not _clutter(member.filename)]
            if len(members) > MOST_FILES:
                yield Rejection(Path(item.place), f"holds more than {MOST_FILES:,} files")
                return
            for done, member in enumerate(members, start=1):
                reason = _refused(archive, member, left)
                if not reason:
                    path = upload.at(tree, Path(item.place).with_suffix("") / safe_path(member.filename))
                    reason = (
                        "another file of this zip has its name" if path in seen else _written(archive, member, path)
                    )
                    seen.add(path)
                if reason:
                    yield Rejection(Path(f"{item.place}/{member.filename}"), reason)
                else:
                    left -= member.file_size
                if told is not None:
                    told(done, len(members))
    except BROKEN as error:
        yield Rejection(Path(item.place), f"this zip cannot be opened ({_why(error)}): pack it again")


def _clutter(name: str) -> bool:
    """What systems leave beside photos, as `__MACOSX/`: nobody's photo, and passed over in folders too."""
    return any(is_clutter(part) and part != ".." for part in name.replace("\\", "/").split("/"))


def _refused(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> str:
    """Why a file of a zip is left out unseen, if it is."""
    try:
        safe_path(member.filename)
    except ResightError:
        return "its name leads out of the folder, or cannot be one"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link, not a file"
    if Path(member.filename).suffix.lower() not in TAKEN - {".zip"}:
        return "no photo, film or table"
    if member.flag_bits & 1:
        return "locked with a password"
    if member.file_size > min(left, LARGEST):
        return "far larger than the zip it comes from, or too large"
    if shutil.disk_usage(archive.filename or ".").free - member.file_size < KEPT_FREE:
        raise ResightError(FULL)
    return ""


def _written(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> str:
    """Write a file of a zip; why not, if not."""
    if path.exists():
        return ""  # from an opening of this zip that was interrupted
    part = path.with_name(f".{path.name}.part")
    written = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, part.open("wb") as file:
            while piece := packed.read(1 << 20):
                written += len(piece)
                if written > member.file_size:  # what a zip says of a size may be a lie
                    return "larger than it says"
                file.write(piece)
        part.replace(path)
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise ResightError(FULL) from error
        return f"it cannot be unpacked ({_why(error)})"
    finally:
        with suppress(OSError):
            part.unlink()
    return ""


def _why(error: Exception) -> str:
    # An error of the system names the file here, which means nothing to who sent the zip.
    return getattr(error, "strerror", None) or str(error) or "it ends too early"
