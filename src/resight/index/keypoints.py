"""A cache on disk of many annotations' keypoints and the index over them: it grows, and is mapped, not loaded.

The catalogue's shards are the truth; this folder can be deleted at any time. Columns are plain binary files to
which rows are appended; `complete.json`, written last, says how many of them count.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from resight.index.faiss_index import PROBES, FaissIndex, inverted
from resight.types import Embeddings, Ints, LocalFeatures

GROWTH = 4  # the cells are learned anew when the index has grown so many times since
TRAINING_KEYPOINTS = 250_000
COMPLETE, INDEX = "complete.json", "keypoints.faiss"
COLUMNS: dict[str, type] = {
    "annotations": np.int64,
    "shards": np.int64,
    "counts": np.int64,
    "sizes": np.float32,
    "positions": np.float32,
    "scales": np.float32,
    "angles": np.float32,
    "vectors": np.uint8,
    "wholes": np.float32,
}
OF_ANNOTATIONS = ("annotations", "shards", "counts", "sizes", "wholes")


@dataclass(frozen=True, slots=True)
class Complete:
    """How many rows count, and how many keypoints the cells were learned for.

    `dimensions` is how many numbers a keypoint has, `wholes` how many the whole vector of an annotation, 0 for none.
    """

    annotations: int = 0
    keypoints: int = 0
    learned: int = 0
    dimensions: int = 0
    wholes: int = 0

    def shape(self, column: str) -> tuple[int, ...]:
        """The shape of a whole column."""
        rows = self.annotations if column in OF_ANNOTATIONS else self.keypoints
        width = {"vectors": self.dimensions, "wholes": self.wholes, "sizes": 2, "positions": 2}.get(column)
        return (rows,) if width is None else (rows, width)

    def bytes(self, column: str) -> int:
        """How many bytes of a column's file count."""
        return int(np.prod(self.shape(column), dtype=int)) * np.dtype(COLUMNS[column]).itemsize


@dataclass(frozen=True, slots=True)
class Batch:
    """Some annotations with their keypoints, the shard each was read from, and where they have one a whole vector."""

    annotations: Ints
    shards: Ints
    features: LocalFeatures
    wholes: Embeddings | None = None


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
    def wholes(self) -> Embeddings:
        """The whole vector of each annotation, mapped from disk; of no numbers where they have none."""
        return Embeddings(self._column("wholes"))

    @property
    def index(self) -> FaissIndex:
        """The index over all keypoints, by their numbers."""
        if self._index is None:
            opened = _opened(self._folder / INDEX) if self._complete.learned else None
            # A run killed between its two last writes leaves an index that is ahead of the columns.
            if opened is None or len(opened) != self._complete.keypoints:
                opened = self._learn(self._complete)
            self._index = opened
        return self._index

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._complete, self._index = Complete(), None

    def extend(self, batches: Iterable[Batch], progress: Callable[[int], None] | None = None) -> None:
        """Append annotations; cells are learned where there were none, or far fewer keypoints, before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self.index if self._complete.learned else None
        grown = self._complete
        self._truncate()
        for batch in batches:
            first, vectors = grown.keypoints, batch.features.vectors
            self._append(batch)
            grown = replace(
                grown,
                annotations=grown.annotations + len(batch.annotations),
                keypoints=first + len(vectors),
                dimensions=vectors.shape[1],
                wholes=0 if batch.wholes is None else batch.wholes.vectors.shape[1],
            )
            if index is not None:
                index.add(np.arange(first, grown.keypoints), vectors.astype(np.float32))
            if progress is not None:
                progress(grown.annotations)
        if grown.keypoints and (index is None or grown.keypoints > GROWTH * grown.learned):
            index, grown = self._learn(grown), replace(grown, learned=grown.keypoints)
        if index is not None:
            index.save(self._folder / INDEX)
        self._complete, self._index = grown, index
        _write_complete(self._folder, self._complete)

    def _learn(self, held: Complete) -> FaissIndex:
        m = held.keypoints
        if not m:
            return inverted(np.zeros((1, max(1, held.dimensions)), np.float32), 1)
        vectors = np.memmap(self._folder / "vectors", np.uint8, "r", shape=held.shape("vectors"))
        chosen = np.sort(np.random.default_rng(held.annotations).permutation(m)[:TRAINING_KEYPOINTS])
        index = inverted(vectors[chosen].astype(np.float32), m)
        for start in range(0, m, TRAINING_KEYPOINTS):
            part = np.asarray(vectors[start : start + TRAINING_KEYPOINTS])
            index.add(np.arange(start, start + len(part)), part.astype(np.float32))
        return index

    def _append(self, batch: Batch) -> None:
        features, wholes = batch.features, batch.wholes
        values: Sequence[npt.NDArray[np.generic]] = (
            batch.annotations, batch.shards, features.counts, features.sizes,
            features.positions, features.scales, features.angles, features.vectors,
            np.zeros((0, 0)) if wholes is None else wholes.vectors,
        )  # fmt: skip
        for (name, kind), column in zip(COLUMNS.items(), values, strict=True):
            with (self._folder / name).open("ab") as file:
                file.write(np.ascontiguousarray(column, dtype=kind).tobytes())

    def _truncate(self) -> None:
        """Cut off what a killed run appended and never declared complete."""
        for name in COLUMNS:
            path = self._folder / name
            path.touch()
            with path.open("r+b") as file:
                file.truncate(self._complete.bytes(name))

    def _column(self, name: str) -> npt.NDArray[Any]:
        shape = self._complete.shape(name)
        if not np.prod(shape, dtype=int):
            return np.zeros(shape, COLUMNS[name])
        return np.memmap(self._folder / name, COLUMNS[name], "r", shape=shape)


def _opened(path: Path) -> FaissIndex | None:
    try:
        return FaissIndex.open(path, PROBES)
    except RuntimeError:  # what faiss raises for a file that is missing or damaged
        return None


def _read_complete(folder: Path) -> Complete:
    """What the folder declares complete; nothing where it cannot be read, or a column is shorter than declared."""
    try:
        found = Complete(**json.loads((folder / COMPLETE).read_text()))
        long_enough = all((folder / name).stat().st_size >= found.bytes(name) for name in COLUMNS)
    except (OSError, ValueError, TypeError):
        return Complete()
    return found if long_enough else Complete()


def _write_complete(folder: Path, complete: Complete) -> None:
    partial = folder / f"{COMPLETE}.partial"
    partial.write_text(json.dumps(asdict(complete)))
    partial.replace(folder / COMPLETE)
