"""What a round's model makes of the tracks: a vector for each, and how likely two are one animal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.learn.folder import write_array
from resight.loop.answers import Answer
from resight.loop.belief import Curve, curve
from resight.loop.tracks import Tracks
from resight.types import Embeddings, Floats, Rejection
from resight.work.describe import Sighted, describe_all, in_shards
from resight.work.processes import Executor

REFERENCES = 400  # pairs that tell the curve where to begin, before anybody was asked
FADING = 0.5  # what an answer of the round before counts for the curve; scores differ from model to model


def track_vectors(
    tracks: Tracks, many: int, model: Path, kept: Path, executor: Executor, tell: Callable[[str, int, int], None]
) -> tuple[Floats, list[Rejection]]:
    """Vectors (many, 2, d) of the first tracks: the mean of every other picture, and that of the others.

    They are kept in a file. Zero where no picture of a track can be used; such pictures come as rejections.
    """
    rows = np.flatnonzero(tracks.of < many)
    if kept.exists():
        return np.load(kept), []
    entries = [tracks.records[row] for row in rows.tolist()]
    rejected: list[Rejection] = []
    found: list[Floats] = []
    used: list[int] = []
    place = 0
    for shard in describe_all(in_shards(entries), f"onnx:{model}", executor):
        for outcome in shard.outcomes:
            if isinstance(outcome, Sighted):
                used.append(place)
            place += 1
        rejected += shard.rejected
        if isinstance(shard.descriptors, Embeddings):
            found.append(shard.descriptors.vectors)
        tell("Looking at pictures", place, len(entries))
    if not found:
        raise ResightError(f"none of the {len(entries)} pictures can be used: {rejected[0].reason}")
    vectors, of = np.concatenate(found), tracks.of[rows[used]]
    # Pictures of a track lie together: its every other one is told by their places.
    half = (np.arange(len(of)) - np.searchsorted(of, of)) % 2
    sums = np.zeros((many, 2, vectors.shape[1]), np.float32)
    np.add.at(sums, (of, half), vectors)
    means = np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=2, keepdims=True), 1e-12), np.float32)
    write_array(kept, means)
    return means, rejected


def scores_of(vectors: Floats) -> Floats:
    """The cosine (n, n) of every two tracks; -1 for those without a picture."""
    whole = vectors.sum(axis=1)
    length = np.linalg.norm(whole, axis=1, keepdims=True)
    whole = whole / np.maximum(length, 1e-12)
    scores = np.asarray(whole @ whole.T, np.float32)
    lost = length[:, 0] == 0
    scores[lost, :] = scores[:, lost] = -1
    return scores


def curve_of(vectors: Floats, answers: Sequence[Answer], number: int) -> Curve:
    """How likely tracks are one animal by their score, as the answers up to a round say.

    Where there are none yet: halves of one track are alike as one animal is, and tracks drawn at random as two are.
    """
    rng = np.random.default_rng(number)
    halved = (np.linalg.norm(vectors, axis=2) > 0).all(axis=1)
    one = np.einsum("nd,nd->n", vectors[halved, 0], vectors[halved, 1]) if halved.any() else np.ones(1)
    first, second = rng.integers(0, len(vectors), (2, REFERENCES))
    two = scores_of(vectors)[first[first != second], second[first != second]]
    told = [answer for answer in answers if answer.same is not None and answer.round <= number]
    return curve(
        np.concatenate([one, two, [answer.score for answer in told]]),
        np.concatenate([np.ones(len(one)), np.zeros(len(two)), [float(answer.same or 0) for answer in told]]) > 0,
        np.concatenate(
            [
                np.full(len(one), 1 / len(one)),
                np.full(len(two), 1 / max(len(two), 1)),
                [FADING ** (number - answer.round) for answer in told],
            ]
        ),
    )
