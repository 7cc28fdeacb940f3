"""Files that come in through the browser: in pieces, so that a broken line or a closed window loses nothing.

An upload is a folder of the catalogue. A file grows by pieces, each confirmed once it is on the disk; what is there can
be asked, and the rest sent later. Names come from strangers: none may lead out of the folder. Cameras number their
photos anew on every card, so a file goes on only with one that is as large, and was last changed at the same moment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from secrets import token_hex

from filelock import FileLock

from resight.errors import ResightError
from resight.media.file_names import FILM_SUFFIXES, PHOTO_SUFFIXES

FOLDER = "uploads"
PHOTOS, OTHERS = "photos", "others"
SENT = "sent"  # the tree of what was sent itself; every zip is opened into a tree of its own
PIECE = 8 << 20  # bytes that one request may bring
LARGEST = 32 << 30  # bytes of one file
KEPT_FREE = 1 << 30  # bytes of the disk that are never filled
DEEPEST = 8  # folders in folders
TAKEN = frozenset({*PHOTO_SUFFIXES, *FILM_SUFFIXES, ".csv", ".zip"})
KEY = re.compile(r"[0-9a-f]{24}")
GONE = "there is no such upload; what came with it may be in the catalogue already"


class PieceError(ResightError):
    """A piece that does not follow what is there; `size` is how much is there."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the next piece begins at byte {size:,}")
        self.size = size


class Purpose(StrEnum):
    """Who the animals are: to be found out, or told by the folders, or by a table."""

    IDENTIFY = "identify"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a browser says of a file: its bytes, and when it was last changed, in milliseconds since 1970."""

    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Item:
    """A file of an upload: the tree it belongs to, its path in that, and where it lies."""

    tree: str
    place: str
    path: Path

    @property
    def suffix(self) -> str:
        """How its name ends, in small letters."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload and its folder."""

    key: str
    folder: Path

    @property
    def photos(self) -> Path:
        """Where its photos lie, a folder for each tree, apart from tables and zips."""
        return self.folder / PHOTOS

    @property
    def finished(self) -> Path:
        """The file that says that all is there."""
        return self.folder / "finished"

    def at(self, tree: str, path: Path) -> Path:
        """Where a file of a tree belongs."""
        return self.folder / (PHOTOS if path.suffix.lower() in PHOTO_SUFFIXES else OTHERS) / tree / path

    def items(self) -> list[Item]:
        """All its files, in order; names with a dot in front are this program's own."""
        found = []
        for top in (self.folder / PHOTOS, self.folder / OTHERS):
            for path in sorted(top.rglob("[!.]*")):
                if path.is_file():
                    inside = path.relative_to(top)
                    found.append(Item(inside.parts[0], inside.relative_to(inside.parts[0]).as_posix(), path))
        return found

    def sent(self) -> list[Item]:
        """The files that were sent."""
        return [item for item in self.items() if item.tree == SENT]

    @contextmanager
    def held(self) -> Iterator[None]:
        """One at a time may change an upload; ResightError where it is gone."""
        with FileLock(self.folder / "lock"):
            if not self.photos.is_dir():
                raise ResightError(GONE)
            yield


def begin(catalogue: Path) -> Upload:
    """A new, empty upload."""
    upload = Upload(key := token_hex(12), catalogue / FOLDER / key)
    upload.photos.mkdir(parents=True)
    return upload


def find(catalogue: Path, key: str) -> Upload:
    """The upload of this key; ResightError where there is none."""
    upload = Upload(key, catalogue / FOLDER / key)
    if not KEY.fullmatch(key) or not upload.photos.is_dir():
        raise ResightError(GONE)
    return upload


def check_open(upload: Upload) -> None:
    """ResightError where an upload is finished, and takes no more."""
    if upload.finished.exists():
        raise ResightError("this upload is finished: begin another one")


def take(upload: Upload, name: str, offset: int, piece: bytes, stated: Stated) -> int:
    """Append a piece to a file, and see that it is on the disk; how much of it is there now.

    PieceError where the file has another length than `offset`; ResightError for a name or a size that is refused, and
    for a piece of another file than the one that has this path.
    """
    path = upload.at(SENT, safe_path(name))
    if path.suffix.lower() not in TAKEN:
        raise ResightError(f"{name}: no photo, film, table or zip")
    if stated.size > LARGEST:
        raise ResightError(f"{name}: larger than {LARGEST >> 30} GB")
    if offset + len(piece) > stated.size:
        raise ResightError(f"{name}: more came than its {stated.size:,} bytes")
    if shutil.disk_usage(upload.folder).free - len(piece) < KEPT_FREE:
        raise ResightError(f"{name}: the disk of the server is full. Make room there, and send the rest again")
    check_open(upload)  # once without waiting: a job holds a finished one while it opens the zips
    with upload.held():
        check_open(upload)
        _make_way(path, name)
        _settle(path, name, stated)
        size = path.stat().st_size if path.exists() else 0
        if size != offset:
            raise PieceError(size)
        with path.open("ab") as file:
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.utime(upload.folder)  # when something came last: abandoned uploads are deleted
    return offset + len(piece)


def stated_of(path: Path) -> Stated | None:
    """What was said of a file when its first piece came; None where that is not known."""
    try:
        return Stated(**json.loads(_beside(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


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
        or not part.isprintable()
        or len(part.encode()) > 240
    )


def _make_way(path: Path, name: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        taken = path.is_dir()
    except (FileExistsError, NotADirectoryError):
        taken = True
    if taken:
        raise ResightError(f"{name}: a file and a folder have the same name")


def _settle(path: Path, name: str, stated: Stated) -> None:
    """Write down which file has this path; ResightError where another one has."""
    known = stated_of(path)
    if known is None:
        _beside(path).write_text(json.dumps(asdict(stated)), encoding="utf-8")
    elif known != stated:
        raise ResightError(f"{name}: another file of this upload has this path")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.stated")
