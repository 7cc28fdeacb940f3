"""Find originals that were moved again, by the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Photo
from resight.types import Rejection


@dataclass(frozen=True, slots=True)
class Relinked:
    """Where lost originals were found, which are still lost, and what could not be read."""

    found: tuple[Path, ...]
    lost: tuple[Path, ...]
    rejected: tuple[Rejection, ...]


def relink(catalogue: Catalogue, folder: Path) -> Relinked:
    """Look in the folder, and all below it, for photos that no longer lie where the catalogue says.

    Only files of a lost photo's size are read. Nothing is changed but the paths in the catalogue.
    """
    lost: defaultdict[str, set[Path]] = defaultdict(set)
    sizes: set[int] = set()
    with catalogue.reading() as session:
        for sha256, name, size in session.execute(select(Photo.sha256, Photo.path, Photo.size_bytes)):
            path = catalogue.folder / name
            if not path.is_file():
                lost[sha256].add(path)
                sizes.add(size)
    found: dict[str, Path] = {}
    rejected: list[Rejection] = []
    for path in _files(folder.absolute(), rejected):
        if len(found) == len(lost):
            break
        try:
            if path.stat().st_size not in sizes:
                continue
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            rejected.append(Rejection(path, f"it cannot be read: {error.strerror}"))
            continue
        if sha256 in lost:
            found.setdefault(sha256, path)
    with catalogue.writing() as session:
        for sha256, path in found.items():
            session.execute(update(Photo).where(Photo.sha256 == sha256).values(path=str(path), copied=False))
    still = sorted(path for sha256, paths in lost.items() if sha256 not in found for path in paths)
    return Relinked(tuple(found.values()), tuple(still), tuple(rejected))


def _files(folder: Path, rejected: list[Rejection]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        rejected.append(Rejection(Path(error.filename), f"it cannot be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file():
                yield path
