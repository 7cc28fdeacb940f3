"""A cache on disk of many annotations' keypoints and the index over them: it grows, and is mapped, not loaded.

The catalogue's shards are the truth; this folder can be deleted at any time. Columns are plain binary files to
which rows are appended; `complete.json`, written last, says how many of them count.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from resight.index.faiss_index import PROBES, FaissIndex, inverted
from resight.types import Ints, LocalFeatures

GROWTH = 4  # the cells are learned anew when the index has grown so many times since
TRAINING_KEYPOINTS = 250_000
COMPLETE, INDEX = "complete.json", "keypoints.faiss"
COLUMNS: dict[str, tuple[type, tuple[int, ...]]] = {
    "annotations": (np.int64, ()),
    "shards": (np.int64, ()),
    "counts": (np.int64, ()),
    "sizes": (np.float32, (2,)),
    "positions": (np.float32, (2,)),
    "scales": (np.float32, ()),
    "angles": (np.float32, ()),
    "vectors": (np.uint8, (128,)),
}
OF_ANNOTATIONS = ("annotations", "shards", "counts", "sizes")


@dataclass(frozen=True, slots=True)
class Complete:
    """How many rows count, and how many keypoints the cells were learned for."""

    annotations: int = 0
    keypoints: int = 0
    learned: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some annotations with their keypoints, and the shard each was read from."""

    annotations: Ints
    shards: Ints
    features: LocalFeatures


class KeypointCache:
    """The folder of one fingerprint; one process at a time may extend it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._complete = _read_complete(folder)
        self._index: FaissIndex | None = None

    @property
    def annotations(self) -> Ints:
        """The annotations it holds, in the order of its rows."""
        return self._column("annotations")

    @property
    def shards(self) -> Ints:
        """The shard that each of them was read from."""
        return self._column("shards")

    @property
    def features(self) -> LocalFeatures:
        """All keypoints, mapped from disk."""
        return LocalFeatures(
            offsets=np.concatenate([[0], np.cumsum(self._column("counts"))]).astype(np.int64),
            sizes=self._column("sizes"),
            positions=self._column("positions"),
            scales=self._column("scales"),
            angles=self._column("angles"),
            vectors=self._column("vectors"),
        )

    @property
    def index(self) -> FaissIndex:
        """The index over all keypoints, by their numbers."""
        if self._index is None:
            n, m, learned = self._complete.annotations, self._complete.keypoints, self._complete.learned
            opened = _opened(self._folder / INDEX) if learned else None
            # A run killed between its two last writes leaves an index that is ahead of the columns.
            self._index = opened if opened is not None and len(opened) == m else self._learn(n, m)
        return self._index

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._complete, self._index = Complete(), None

    def extend(self, batches: Iterable[Batch], progress: Callable[[int], None] | None = None) -> None:
        """Append annotations; cells are learned where there were none, or far fewer keypoints, before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self.index if self._complete.learned else None
        n, m = self._complete.annotations, self._complete.keypoints
        self._truncate()
        for batch in batches:
            first = m
            self._append(batch)
            n, m = n + len(batch.annotations), m + len(batch.features.vectors)
            if index is not None:
                index.add(np.arange(first, m), batch.features.vectors.astype(np.float32))
            if progress is not None:
                progress(n)
        learned = self._complete.learned
        if m and (index is None or m > GROWTH * learned):
            index, learned = self._learn(n, m), m
        if index is not None:
            index.save(self._folder / INDEX)
        self._complete, self._index = Complete(n, m, learned), index
        _write_complete(self._folder, self._complete)

    def _learn(self, n: int, m: int) -> FaissIndex:
        if not m:
            return inverted(np.zeros((1, 128), np.float32), 1)
        vectors = np.memmap(self._folder / "vectors", np.uint8, "r", shape=(m, 128))
        chosen = np.sort(np.random.default_rng(n).permutation(m)[:TRAINING_KEYPOINTS])
        index = inverted(vectors[chosen].astype(np.float32), m)
        for start in range(0, m, TRAINING_KEYPOINTS):
            part = np.asarray(vectors[start : start + TRAINING_KEYPOINTS])
            index.add(np.arange(start, start + len(part)), part.astype(np.float32))
        return index

    def _append(self, batch: Batch) -> None:
        features = batch.features
        values: Sequence[npt.NDArray[np.generic]] = (
            batch.annotations, batch.shards, features.counts, features.sizes,
            features.positions, features.scales, features.angles, features.vectors,
        )  # fmt: skip
        for (name, (kind, _)), column in zip(COLUMNS.items(), values, strict=True):
            with (self._folder / name).open("ab") as file:
                file.write(np.ascontiguousarray(column, dtype=kind).tobytes())

    def _truncate(self) -> None:
        """Cut off what a killed run appended and never declared complete."""
        for name in COLUMNS:
            path = self._folder / name
            path.touch()
            with path.open("r+b") as file:
                file.truncate(_size(name, self._complete))

    def _column(self, name: str) -> npt.NDArray[Any]:
        kind, shape = COLUMNS[name]
        rows = _rows(name, self._complete)
        if not rows:
            return np.zeros((0, *shape), kind)
        return np.memmap(self._folder / name, kind, "r", shape=(rows, *shape))


def _opened(path: Path) -> FaissIndex | None:
    try:
        return FaissIndex.open(path, PROBES)
    except RuntimeError:  # what faiss raises for a file that is missing or damaged
        return None


def _read_complete(folder: Path) -> Complete:
    """What the folder declares complete; nothing where it cannot be read, or a column is shorter than declared."""
    try:
        found = Complete(**json.loads((folder / COMPLETE).read_text()))
        long_enough = all((folder / name).stat().st_size >= _size(name, found) for name in COLUMNS)
    except (OSError, ValueError, TypeError):
        return Complete()
    return found if long_enough else Complete()


def _size(name: str, complete: Complete) -> int:
    """How many bytes of a column count."""
    kind, shape = COLUMNS[name]
    return _rows(name, complete) * int(np.prod(shape, dtype=int)) * np.dtype(kind).itemsize


def _rows(name: str, complete: Complete) -> int:
    return complete.annotations if name in OF_ANNOTATIONS else complete.keypoints


def _write_complete(folder: Path, complete: Complete) -> None:
    partial = folder / f"{COMPLETE}.partial"
    partial.write_text(json.dumps(asdict(complete)))
    partial.replace(folder / COMPLETE)
