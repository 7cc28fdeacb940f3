"""One shard of descriptors as one file: an uncompressed .npz, whole on disk or not there at all.

Each array is a plain .npy member, so that a few rows can be read through a memory map, and the archive's
checksums tell a damaged file from a sound one.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from resight.types import Descriptors, Embeddings, Ints, LocalFeatures, Together

KINDS: dict[str, type[Embeddings] | type[LocalFeatures]] = {
    "embeddings": Embeddings,
    "local features": LocalFeatures,
}
TOGETHER = "together"
_FIELDS: dict[str, tuple[str, ...]] = {
    "embeddings": ("vectors",),
    "local features": ("offsets", "sizes", "positions", "scales", "angles", "vectors"),
}

Array = npt.NDArray[Any]


def kind_of(descriptors: Descriptors) -> str:
    """The kind's name in the table of shards.

    >>> seen = Embeddings(np.zeros((1, 4), np.float32))
    >>> kind_of(seen), kind_of(Together((seen, seen)))
    ('embeddings', 'together')
    """
    if isinstance(descriptors, Together):
        return TOGETHER
    return next(kind for kind, holder in KINDS.items() if isinstance(descriptors, holder))


def dimension_of(descriptors: Descriptors) -> int:
    """How many numbers describe an annotation, or a spot on it; of descriptors together, the sum of theirs."""
    return sum(int(part.vectors.shape[1]) for _, part in _numbered(descriptors))


def write(path: Path, fingerprint: str, annotations: Sequence[int], descriptors: Descriptors) -> None:
    """Write a shard: to a temporary name, flushed to the disk, renamed, and the folder flushed too."""
    arrays: dict[str, Array] = {
        f"{number}{field}": getattr(part, field)
        for number, part in _numbered(descriptors)
        for field in _FIELDS[kind_of(part)]
    }
    arrays |= {"annotations": np.asarray(annotations, np.int64), "fingerprint": np.asarray(fingerprint)}
    draft = path.with_suffix(".tmp")
    with draft.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the folder's new names survive a power failure; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(path: Path, fingerprint: str, kind: str, rows: Sequence[int] | Ints) -> tuple[Ints, Descriptors]:
    """The annotations and descriptors of these rows.

    All rows are read at once, and checked; some are read through a memory map, and not checked.

    Raises:
        OSError, ValueError, zipfile.BadZipFile: the file is missing or damaged, or holds descriptors of
            another fingerprint.
    """
    with np.load(path) as archive:
        if (found := str(archive["fingerprint"])) != fingerprint:
            raise ValueError(f"it holds descriptors of {found}, not of {fingerprint}")
        annotations: Ints = archive["annotations"]
        kinds = _kinds_in(archive.files) if kind == TOGETHER else {"": kind}
        if np.array_equal(rows, np.arange(len(annotations))):
            return annotations, _descriptors(kinds, archive)
    mapped = _mapped(path, [f"{number}{field}" for number, one in kinds.items() for field in _FIELDS[one]])
    return annotations[np.asarray(rows, dtype=np.int64)], _descriptors(kinds, mapped).take(rows)


def _numbered(descriptors: Descriptors) -> list[tuple[str, Embeddings | LocalFeatures]]:
    """What stands before the names of a part's arrays, and the part: its number, or nothing where there is but one."""
    if not isinstance(descriptors, Together):
        return [("", descriptors)]
    return [(f"{number}.", part) for number, part in enumerate(descriptors.parts)]


def _kinds_in(names: Sequence[str]) -> dict[str, str]:
    """The kind of each numbered part in a file with these arrays: only local features have offsets."""
    numbers = sorted({int(number) for number, dot, _ in (name.partition(".") for name in names) if dot})
    return {f"{n}.": "local features" if f"{n}.offsets" in names else "embeddings" for n in numbers}


def _descriptors(kinds: Mapping[str, str], arrays: Mapping[str, Array]) -> Descriptors:
    parts = [
        KINDS[kind](**{field: arrays[f"{number}{field}"] for field in _FIELDS[kind]}) for number, kind in kinds.items()
    ]
    return parts[0] if list(kinds) == [""] else Together(tuple(parts))


def _mapped(path: Path, names: Sequence[str]) -> dict[str, Array]:
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        return {name: _member(path, file, archive.getinfo(f"{name}.npy")) for name in names}


def _member(path: Path, file: Any, info: zipfile.ZipInfo) -> Array:
    # The member's own header repeats the name and may hold more extra bytes than the directory says
    # (APPNOTE.TXT of the ZIP format, 4.3.7).
    file.seek(info.header_offset + 26)
    name_length, extra_length = (int.from_bytes(file.read(2), "little") for _ in range(2))
    file.seek(name_length + extra_length, os.SEEK_CUR)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"{info.filename} is of version {version}")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if 0 in shape:
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")
