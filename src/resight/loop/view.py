"""How a round sees the tracks: by how alike they are, and by what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.loop.alike import cosines
from resight.loop.answers import Answer
from resight.loop.belief import Believed, Curve, believed, curve
from resight.loop.individuals import Individuals, individuals
from resight.loop.tracks import Tracks
from resight.types import Bools, Doubles, Floats

REFERENCES = 400  # pairs that tell the curve where to begin, before anybody was asked
NEAREST = 0.999  # of all pairs are less alike by their spots than one animal is, to begin with
FADING = 0.3  # what an answer of the round before counts for the curve; scores differ from model to model


@dataclass(frozen=True, slots=True)
class View:
    """Every two of n tracks: how alike they are, and what follows.

    `looks` (n, n) are the log-odds that they are one animal by their scores (n, n), `may_be_one` (n, n) whether they
    can be; `beliefs` are of pairs that were asked of, and `found` the individuals that they make.
    """

    scores: Floats
    looks: Floats
    may_be_one: Bools
    beliefs: list[Believed]
    found: Individuals


def view_of(
    tracks: Tracks, folder: Path, number: int, vectors: Floats, spots: Floats, answers: Sequence[Answer], trust: float
) -> View:
    """The first tracks by their `vectors` (n, 2, d), by the `spots` of all, and by all answers.

    `folder` holds the rounds before. ResightError where an answer is of a track that was not shown.
    """
    scores, n = cosines(vectors), len(vectors)
    place = places_of(tracks)
    pairs: dict[tuple[int, int], list[Answer]] = {}
    for answer in answers:
        for name in (answer.first, answer.second):
            if place.get(name, n) >= n:
                raise ResightError(
                    f"{folder / 'answers.csv'}: no track {name!r} was shown; put the name right, or delete the line"
                )
        pairs.setdefault((place[answer.first], place[answer.second]), []).append(answer)
    curves = {number: curve_of(vectors, spots, pairs, number)}
    for past in {answer.round for answer in answers} - {number}:
        curves[past] = curve_of(np.load(folder / f"round-{past}" / "vectors.npy"), spots, pairs, past)
    looks = curves[number].log_odds(np.stack([scores, spots[:n, :n]], axis=2))
    beliefs = []
    for (first, second), told in pairs.items():
        then = curves[told[0].round].log_odds(np.array([told[0].score, spots[first, second]]))
        now = looks[first, second]
        beliefs.append(believed(first, second, (float(then), float(now)), [one.same for one in told], trust))
    may_be_one = tracks.may_be_one()[:n, :n]
    return View(scores, looks, may_be_one, beliefs, individuals(may_be_one, beliefs))


def curve_of(vectors: Floats, spots: Floats, pairs: dict[tuple[int, int], list[Answer]], number: int) -> Curve:
    """How likely tracks are one animal by their scores, as the answers up to a round say.

    Where there are none yet: halves of one track are alike as one animal is by the model, and the nearest pairs of all
    by their spots; tracks drawn at random are two animals.
    """
    rng = np.random.default_rng(number)
    n = len(vectors)
    halved = (np.linalg.norm(vectors, axis=2) > 0).all(axis=1)
    halves = np.einsum("nd,nd->n", vectors[halved, 0], vectors[halved, 1]) if halved.any() else np.ones(1)
    one = np.column_stack([halves, np.full(len(halves), np.quantile(spots[:n, :n], NEAREST))])
    first, second = rng.integers(0, n, (2, REFERENCES))
    drawn = first != second
    two = np.column_stack([cosines(vectors)[first, second], spots[first, second]])[drawn]
    told = [
        (answer.score, spots[place], bool(answer.same), FADING ** (number - answer.round))
        for place, answers in pairs.items()
        for answer in answers
        if answer.same is not None and answer.round <= number
    ]
    said = np.array(told, np.float64).reshape(-1, 4)
    return curve(
        np.concatenate([one, two, said[:, :2]]),
        np.concatenate([np.ones(len(one)), np.zeros(len(two)), said[:, 2]]) > 0,
        np.concatenate([_shared(one), _shared(two), said[:, 3]]),
    )


def places_of(tracks: Tracks) -> dict[str, int]:
    """Which track has a name."""
    return {name: row for row, name in enumerate(tracks.name.tolist())}


def _shared(rows: Doubles) -> Doubles:
    """Together they count as one pair."""
    return np.full(len(rows), 1 / len(rows))
