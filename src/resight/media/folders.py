"""Folders and files -> Records, in a fixed order, one at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from resight.media.cells import name_of, side_of
from resight.media.file_bytes import why_unreadable
from resight.media.file_names import NOT_TEXT_REASON, PHOTO_SUFFIXES, RAW_REASON, RAW_SUFFIXES, is_text, shown
from resight.types import Record, Rejection, Side

UNKNOWN_FOLDERS = frozenset({"unknown", "unidentified"})

# What systems and photo programs leave beside photos: nobody's photo, so it is passed over.
_CLUTTER = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "picasa.ini", "icon\r"}
    | {"@eadir", "__macosx", "$recycle.bin", "system volume information", "lost+found"}
)
_SIDECARS = frozenset({".xmp", ".thm", ".aae", ".dop", ".pp3", ".on1", ".lrv"})


def scan(paths: Iterable[Path], by_folder: bool = False) -> Iterator[Record | Rejection]:
    """The photos of files and folders, at any depth, each folder in the order of its names.

    With `by_folder`, each folder in a path is an individual of that name (`unknown` and `unidentified` are
    not names), and a folder inside it an encounter, or its side where it is called left, right, front, back,
    up or down. The label of an encounter begins with the individual: 'Anna/2020-12-25'.

    Passed over: names with a dot in front, Thumbs.db and other things that systems leave, and sidecars such
    as .xmp. Rejected: whatever else is no photo by its name (tables and notes too), folders that cannot be
    opened, links to a folder that was already read, and names that are not text. A file named in `paths`
    itself is taken whatever its name. Memory holds the names in one folder of each level.
    """
    visited: set[str] = set()
    for path in paths:
        for found in _walk(path, visited) if _is_folder(path) else [_file(path)]:
            yield _named_by_folder(found, path) if by_folder and isinstance(found, Record) else found


def met_in_folder(record: Record) -> Record:
    """The record with its folder as its encounter, where none is stated; a folder named after a side tells the side.

    The label is the folder's whole path, so that folders of one name on two cards are two encounters.

    >>> met = met_in_folder(Record(Path("/card/monday/waterhole 1/left/IMG_1.jpg")))
    >>> met.encounter, met.side
    ('/card/monday/waterhole 1', <Side.LEFT: 'left'>)
    """
    folder, side = record.path.absolute().parent, Side.UNKNOWN
    while (named := side_of(name_of(folder.name))) not in (None, Side.UNKNOWN):
        assert named is not None
        folder, side = folder.parent, named if side is Side.UNKNOWN else side
    return replace(
        record,
        side=side if record.side is Side.UNKNOWN else record.side,
        encounter=record.encounter or name_of(folder.as_posix()),
    )


def _walk(start: Path, visited: set[str]) -> Iterator[Record | Rejection]:
    # A stack of listings, not recursion: folders may be nested deeper than Python's stack.
    levels: list[tuple[Path, list[tuple[str, bool]]]] = [(start.parent, [(start.name, True)])]
    while levels:
        folder, names = levels[-1]
        if not names:
            levels.pop()
            continue
        name, is_folder = names.pop()
        path = folder / name
        if is_folder:
            listing = _listing(path, visited)
            if isinstance(listing, Rejection):
                yield listing
            else:
                levels.append((path, listing))
        else:
            yield _file_by_name(path)


def _listing(folder: Path, visited: set[str]) -> list[tuple[str, bool]] | Rejection:
    """The names in a folder, last first, each with whether it is a folder; clutter left out."""
    if not is_text(folder):
        return Rejection(folder, f"{shown(folder)}: nothing in this folder was read: {NOT_TEXT_REASON}")
    real = os.path.realpath(folder)
    if real in visited:
        return Rejection(folder, f"{shown(folder)}: leads to a folder that was already read: {shown(Path(real))}")
    visited.add(real)
    try:
        with os.scandir(folder) as entries:
            kept = [(entry.name, _is_folder(entry)) for entry in entries if not is_clutter(entry.name)]
    except OSError as error:
        return Rejection(folder, f"{shown(folder)}: nothing in this folder was read: {why_unreadable(error)}")
    return sorted(kept, reverse=True)


def _is_folder(entry: os.DirEntry[str] | Path) -> bool:
    # What the system refuses to look at is left for the reading of photos to explain.
    with suppress(OSError, ValueError):
        return entry.is_dir()
    return False


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name is what systems and programs leave beside photos.

    >>> is_clutter(".DS_Store"), is_clutter("__MACOSX"), is_clutter("Anna.jpg")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in _CLUTTER or Path(name).suffix.lower() in _SIDECARS


def _file_by_name(path: Path) -> Record | Rejection:
    suffix = path.suffix.lower()
    if suffix in RAW_SUFFIXES:
        return Rejection(path, f"{shown(path)}: {RAW_REASON}")
    if suffix not in PHOTO_SUFFIXES:
        return Rejection(path, f"{shown(path)}: not a photo by its name: move it out of the photos' folder")
    return _file(path)


def _file(path: Path) -> Record | Rejection:
    return Record(path) if is_text(path) else Rejection(path, f"{shown(path)}: {NOT_TEXT_REASON}")


def _named_by_folder(record: Record, start: Path) -> Record | Rejection:
    """The record with the individual, encounter and side that its folders below `start` name."""
    folders = [name_of(name) for name in record.path.relative_to(start).parts[:-1]]
    if not folders:
        reason = "lies in no individual's folder: move it into the folder named after the animal"
        return Rejection(record.path, f"{shown(record.path)}: {reason}")
    individual, *inside = folders
    sides = [side for name in inside if (side := side_of(name)) is not None]
    visits = [name for name in inside if side_of(name) is None]
    return replace(
        record,
        identity=None if individual.lower() in UNKNOWN_FOLDERS else individual,
        side=sides[-1] if sides else Side.UNKNOWN,
        encounter="/".join([individual, *visits]) if visits else "",
    )
