"""How a round sees tracks: the curve of looks, and what answers count for it."""

from pathlib import Path

import numpy as np
import pytest

from resight.errors import ResightError
from resight.loop.answers import Answer
from resight.loop.belief import Curve
from resight.loop.tracks import tracks_of
from resight.loop.view import FADING, curve_of, view_of
from resight.types import Bools, Doubles, Floats

N = 24
rng = np.random.default_rng(0)
BASE = rng.normal(size=(N, 1, 8))
HALVES = BASE + 0.3 * rng.normal(size=(N, 2, 8))
VECTORS = np.asarray(HALVES / np.linalg.norm(HALVES, axis=2, keepdims=True), np.float32)
SPOTS: Floats = rng.uniform(0, 1, (N, N)).astype(np.float32)


def answer(number: int, same: bool | None, score: float = 0.5, first: str = "", second: str = "") -> Answer:
    return Answer(number, first, second, same, score, "ada", "")


def test_the_curve_rises_with_both_scores() -> None:
    told = curve_of(VECTORS, SPOTS, {}, 1)
    assert told.weights.min() > 0
    first, more_alike, more_spots = told.log_odds(np.array([[0.5, 0.5], [0.6, 0.5], [0.5, 0.6]]))
    assert first < min(more_alike, more_spots)


def test_an_answer_draws_the_curve_to_it() -> None:
    place = np.array([0.5, SPOTS[0, 1]])
    before, one, two = (
        float(curve_of(VECTORS, SPOTS, {(0, 1): [answer(1, same)] * 9 if same is not None else []}, 1).log_odds(place))
        for same in (None, True, False)
    )
    assert two < before < one


def test_old_answers_fade_with_each_round_and_later_or_unsure_ones_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[Doubles, Bools, Doubles]] = []

    def noted(alike: Doubles, same: Bools, counts: Doubles) -> Curve:
        seen.append((alike, same, counts))
        return Curve(np.ones(2), 0.0)

    monkeypatch.setattr("resight.loop.view.curve", noted)
    pairs = {
        (0, 1): [answer(1, True, 0.1), answer(2, None, 0.2), answer(3, False, 0.3)],
        (2, 3): [answer(2, True, 0.4), answer(4, True, 0.5)],
    }
    curve_of(VECTORS, SPOTS, pairs, 3)
    ((alike, same, counts),) = seen
    assert alike[-3:] == pytest.approx(np.array([[0.1, SPOTS[0, 1]], [0.3, SPOTS[0, 1]], [0.4, SPOTS[2, 3]]]))
    assert same[-3:].tolist() == [True, False, True]
    assert counts[-3:] == pytest.approx([FADING**2, 1, FADING])
    # What nobody said counts as one pair of one animal and one of two.
    assert counts[:-3].sum() == pytest.approx(2)


def test_an_answer_of_a_track_that_was_not_shown_is_named(tracked: Path, tmp_path: Path) -> None:
    tracks, _ = tracks_of(tracked)
    names = tracks.name.tolist()
    shown = view_of(tracks, tmp_path, 1, VECTORS, SPOTS, [answer(1, True, 0.5, names[0], names[8])], 0.95)
    assert [(pair.first, pair.second, pair.answers) for pair in shown.beliefs] == [(0, 8, 1)]
    for second, vectors in (("film9 9", VECTORS), (names[20], VECTORS[:20])):
        with pytest.raises(ResightError, match=rf"answers.csv: no track '{second}' was shown"):
            view_of(tracks, tmp_path, 1, vectors, SPOTS, [answer(1, True, 0.5, names[0], second)], 0.95)
