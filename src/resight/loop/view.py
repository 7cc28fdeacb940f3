"""How a round sees the tracks: by its model, and by what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.loop.answers import Answer
from resight.loop.belief import Believed, Curve, believed
from resight.loop.individuals import Individuals, individuals
from resight.loop.model import curve_of, scores_of
from resight.loop.tracks import Tracks
from resight.types import Bools, Floats


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
    tracks: Tracks, folder: Path, number: int, vectors: Floats, answers: Sequence[Answer], trust: float
) -> View:
    """The first tracks by their `vectors` (n, 2, d), and by all answers; `folder` holds the rounds before."""
    scores = scores_of(vectors)
    curves: dict[int, Curve] = {number: curve_of(vectors, answers, number)}
    for past in {answer.round for answer in answers} - {number}:
        curves[past] = curve_of(np.load(folder / f"round-{past}" / "vectors.npy"), answers, past)
    looks = curves[number].log_odds(scores)
    place = places_of(tracks)
    pairs: dict[tuple[int, int], list[Answer]] = {}
    for answer in answers:
        pairs.setdefault((place[answer.first], place[answer.second]), []).append(answer)
    beliefs = []
    for (first, second), told in pairs.items():
        then = curves[told[0].round].log_odds_of(told[0].score)
        now = float(looks[first, second])
        beliefs.append(believed(first, second, (then, now), [one.same for one in told], trust))
    may_be_one = tracks.may_be_one()[: len(scores), : len(scores)]
    return View(scores, looks, may_be_one, beliefs, individuals(may_be_one, beliefs))


def places_of(tracks: Tracks) -> dict[str, int]:
    """Which track has a name."""
    return {name: row for row, name in enumerate(tracks.name.tolist())}
