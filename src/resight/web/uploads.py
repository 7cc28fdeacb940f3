"""Files that come in through the browser: in pieces, so that a broken line or a closed window loses nothing.

An upload is a folder of the catalogue. A file grows by pieces, each confirmed once it is on the disk; what is there can
be asked, and the rest sent later. Names come from strangers: none may lead out of the folder.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex

from resight.errors import ResightError
from resight.media.file_names import PHOTO_SUFFIXES
from resight.types import Rejection

FOLDER = "uploads"
PIECE = 8 << 20  # bytes that one request may bring
LARGEST = 4 << 30  # bytes of one file
MOST_FILES = 100_000
KEPT_FREE = 1 << 30  # bytes of the disk that are never filled
DEEPEST = 8  # folders in folders
UNPACKED = 200  # times its own size that a zip may come to; more is a bomb
TAKEN = frozenset({*PHOTO_SUFFIXES, ".csv", ".zip"})
KEY = re.compile(r"[0-9a-f]{24}")


class PieceError(ResightError):
    """A piece that does not follow what is there; `size` is how much is there."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the next piece begins at byte {size:,}")
        self.size = size


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload and its folder."""

    key: str
    folder: Path

    @property
    def files(self) -> Path:
        """Where its files lie."""
        return self.folder / "files"

    def sizes(self) -> dict[str, int]:
        """How much of each file is there, by its path in the upload."""
        found = sorted(path for path in self.files.rglob("*") if path.is_file())
        return {path.relative_to(self.files).as_posix(): path.stat().st_size for path in found}


def begin(catalogue: Path) -> Upload:
    """A new, empty upload."""
    upload = Upload(key := token_hex(12), catalogue / FOLDER / key)
    upload.files.mkdir(parents=True)
    return upload


def find(catalogue: Path, key: str) -> Upload:
    """The upload of this key; ResightError where there is none."""
    upload = Upload(key, catalogue / FOLDER / key)
    if not KEY.fullmatch(key) or not upload.files.is_dir():
        raise ResightError("there is no such upload; it may have been finished already")
    return upload


def take(upload: Upload, name: str, offset: int, piece: bytes) -> int:
    """Append a piece to a file, and see that it is on the disk; how much of it is there now.

    PieceError where the file has another length than `offset`; ResightError for a name or a size that is refused.
    """
    path = upload.files / safe_path(name)
    if path.suffix.lower() not in TAKEN:
        raise ResightError(f"{name}: no photo, table or zip")
    if offset + len(piece) > LARGEST:
        raise ResightError(f"{name}: larger than {LARGEST >> 30} GB")
    if shutil.disk_usage(upload.folder).free - len(piece) < KEPT_FREE:
        raise ResightError(f"{name}: the disk of the server is full. Make room there, and send the rest again")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ResightError(f"{name}: a file and a folder have the same name") from error
    size = path.stat().st_size if path.exists() else 0
    if size != offset:
        raise PieceError(size)
    with path.open("ab") as file:
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return offset + len(piece)


def unpack(upload: Upload) -> list[Rejection]:
    """Open the zips of an upload beside themselves, and delete them; what was left out, and why."""
    rejected: list[Rejection] = []
    for path in sorted(upload.files.rglob("*")):
        if path.suffix.lower() == ".zip" and path.is_file():
            rejected += _unpacked(path)
            path.unlink()
    return rejected


def safe_path(name: str) -> Path:
    """The name as a path inside a folder; ResightError where it would lead elsewhere, or no disk could hold it.

    >>> safe_path("walk 3/IMG_1.jpg").as_posix()
    'walk 3/IMG_1.jpg'
    """
    parts = PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/"))).parts
    bad = not parts or len(parts) > DEEPEST or any(_unsafe(part) for part in parts)
    if bad:
        raise ResightError(f"{name[:200]!r}: this cannot be a file's name here")
    return Path(*parts)


def _unsafe(part: str) -> bool:
    return (
        part in ("", ".", "..", "/")
        or part.startswith(("/", "."))
        or ":" in part
        or len(part.encode()) > 240
        or not part.isprintable()
    )


def _unpacked(path: Path) -> Iterator[Rejection]:
    into = path.with_suffix("")
    left = UNPACKED * max(path.stat().st_size, 1)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                yield Rejection(path, f"holds more than {MOST_FILES:,} files")
                return
            for member in members:
                if member.is_dir():
                    continue
                reason = _member(archive, member, into, left)
                if reason:
                    yield Rejection(path / member.filename, reason)
                else:
                    left -= member.file_size
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        yield Rejection(path, f"this zip cannot be opened ({error}): pack it again")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, left: int) -> str:
    """Write a file of a zip; why not, if not."""
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link, not a file"
    try:
        path = into / safe_path(member.filename)
    except ResightError:
        return "its name leads out of the folder, or cannot be one"
    if path.suffix.lower() not in TAKEN - {".zip"}:
        return "no photo or table"
    if member.flag_bits & 1:
        return "locked with a password"
    if member.file_size > min(left, LARGEST):
        return "far larger than the zip it comes from, or too large"
    if shutil.disk_usage(archive.filename or ".").free - member.file_size < KEPT_FREE:
        return "the disk of the server is full"
    if path.exists():
        return ""  # from an opening of this zip that was interrupted
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    written = 0
    try:
        with archive.open(member) as packed, unfinished.open("wb") as file:
            while piece := packed.read(1 << 20):
                written += len(piece)
                if written > member.file_size:  # what a zip says of a size may be a lie
                    return "larger than it says"
                file.write(piece)
        unfinished.replace(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        return f"damaged in the zip ({error})"
    finally:
        unfinished.unlink(missing_ok=True)
    return ""
