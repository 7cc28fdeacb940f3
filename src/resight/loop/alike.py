"""How alike the tracks are: by the model of a round, and by their spots, which need no learning."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from resight.learn.folder import write_array
from resight.loop.tracks import Tracks
from resight.match.open import open_gallery
from resight.types import Descriptors, Embeddings, Floats, Ints, Rejection
from resight.work.look import look
from resight.work.processes import Executor
from resight.work.written import write

PICTURES = 3  # of a track, whose spots are compared
MOST = 0.99  # of all pairs of tracks are of two animals, so that what their spots score is next to nothing
BATCH = 32
Tell = Callable[[str, int, int], None]


def track_vectors(
    tracks: Tracks, many: int, model: Path, home: Path, executor: Executor, tell: Tell
) -> tuple[Floats, list[Rejection]]:
    """Vectors (many, 2, d) of the first tracks: the mean of every other picture, and that of the others.

    Zero where no picture of a track can be used; such pictures come as rejections. Both are kept in a folder.
    """
    kept, unread = home / "vectors.npy", home / "unread.csv"
    if kept.exists() and unread.exists():
        return np.load(kept), _read_rejected(unread)
    rows = np.flatnonzero(tracks.of < many)
    found, used, rejected = _described(tracks, rows, f"onnx:{model}", executor, "Looking at pictures", tell)
    assert isinstance(found, Embeddings)
    of = tracks.of[used]
    # Pictures of a track lie together: its every other one is told by their places.
    half = (np.arange(len(of)) - np.searchsorted(of, of)) % 2
    sums = np.zeros((many, 2, found.vectors.shape[1]), np.float32)
    np.add.at(sums, (of, half), found.vectors)
    means = np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=2, keepdims=True), 1e-12), np.float32)
    _write_rejected(unread, rejected)
    write_array(kept, means)
    return means, rejected


def cosines(vectors: Floats) -> Floats:
    """The cosine (n, n) of every two tracks; -1 for those without a picture."""
    whole = vectors.sum(axis=1)
    length = np.linalg.norm(whole, axis=1, keepdims=True)
    whole = whole / np.maximum(length, 1e-12)
    scores = np.asarray(whole @ whole.T, np.float32)
    lost = length[:, 0] == 0
    scores[lost, :] = scores[:, lost] = -1
    return scores


def spot_scores(tracks: Tracks, method: str, kept: Path, executor: Executor, tell: Tell) -> Floats:
    """How alike every two tracks are (n, n) by a method of `resight.method` that was not learned here.

    A few pictures of each are compared with those of all others, one way and the other; the logarithm of their mean
    score, where 1 is that of an unlikely pair of two animals. They are kept in a file.
    """
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    rows = np.concatenate([some(np.flatnonzero(tracks.of == track)) for track in range(len(tracks))])
    found, used, _ = _described(tracks, rows, method, executor, "Looking at spots", tell)
    of = tracks.of[used]
    gallery = open_gallery(found, tracks.name[of])
    sums = np.zeros((len(tracks), len(tracks)), np.float32)
    for start in range(0, len(of), BATCH):
        part = np.arange(start, min(start + BATCH, len(of)))
        allowed = of[part][:, None] != of
        scores = np.where(allowed, gallery.scores(found.take(part), allowed), 0)
        np.add.at(sums, (of[part][:, None], of[None]), scores)
        tell("Comparing spots", int(part[-1]) + 1, len(of))
    counts = np.maximum(np.bincount(of, minlength=len(tracks)), 1)
    mean = (sums + sums.T) / (counts[:, None] * counts)
    usual = max(float(np.quantile(mean, MOST)), 1e-12)
    alike = np.asarray(np.log2(1 + np.maximum(mean, 0) / usual), np.float32)
    write_array(kept, alike)
    return alike


def some(rows: Ints) -> Ints:
    """A few of a track's rows, from all of it."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, PICTURES).round().astype(np.int64))]


def _described(
    tracks: Tracks, rows: Ints, method: str, executor: Executor, what: str, tell: Tell
) -> tuple[Descriptors, Ints, list[Rejection]]:
    """Descriptors of these pictures, the rows that could be used, and the others; ResightError where none can be."""
    pictures = [tracks.records[row] for row in rows.tolist()]
    seen = look(pictures, method, executor, lambda done, total: tell(what, done, total))
    return seen.descriptors, rows[seen.rows], list(seen.rejected)


def _write_rejected(path: Path, rejected: Sequence[Rejection]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("path", "reason"), *((one.path, one.reason) for one in rejected)])
    write(path, text.getvalue().encode())


def _read_rejected(path: Path) -> list[Rejection]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Rejection(Path(row["path"]), row["reason"]) for row in csv.DictReader(file)]
