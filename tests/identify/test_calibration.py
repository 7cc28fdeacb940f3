"""Calibration where the truth is known: scores drawn from a model, probabilities held against what happened."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.identify.calibration import (
    DEEPEST,
    FEWEST_INDIVIDUALS,
    FEWEST_KNOWN,
    Calibration,
    Experience,
    adapted,
    fit,
    share_of_new,
)
from resight.types import Bools, Floats


def drawn(rng: np.random.Generator, queries: int, individuals: int, share_new: float) -> tuple[Floats, Bools]:
    """Scores (q, n) of which column 0 is the query's own, and whether it is known.

    A clear photo scores high with everybody, a blurred one low; strangers vary, and one's own scores some seven
    times what a stranger does.
    """
    clarity = rng.normal(0, 0.7, (queries, 1))
    scores = np.exp(clarity + rng.normal(0, 0.6, (queries, individuals)))
    known = rng.random(queries) >= share_new
    scores[known, 0] *= np.exp(2 + 0.5 * rng.normal(size=int(known.sum())))
    return scores.astype(np.float32), known


def lived(individuals: int, queries: int = 300, seed: int = 0) -> Experience:
    """What a catalogue of so many individuals learns from its own photos."""
    return taught(drawn(np.random.default_rng(seed), queries, individuals, 0)[0])


def taught(scores: Floats) -> Experience:
    """The lessons of such scores (q, n), where a new animal leaves those of all others as they are."""
    order = np.argsort(-scores, axis=1)
    own = (order == 0).argmax(axis=1)
    truth = np.where(own < DEEPEST, own, -1)
    return Experience(best(scores), truth, np.ones(len(scores), bool), best(scores[:, 1:]), scores.shape[1])


def best(scores: Floats) -> Floats:
    """The best of each row, best first, and NaN where there are fewer."""
    found = np.full((len(scores), DEEPEST), np.nan, np.float32)
    found[:, : scores.shape[1]] = -np.sort(-scores, axis=1)[:, :DEEPEST]
    return found


def held_against_the_truth(calibration: Calibration, scores: Floats, known: Bools) -> tuple[float, float, float]:
    """The calibration error of the best candidate's chance, that of P(new), and the mean of P(new)."""
    best, right, new = [], [], []
    for row, is_known in zip(scores, known, strict=True):
        order = np.argsort(-row)
        chances, p_new = calibration.probabilities(row[order])
        best.append(chances[0])
        right.append(bool(is_known and order[0] == 0))
        new.append(p_new)
    return error(np.array(best), np.array(right)), error(np.array(new), ~known), float(np.mean(new))


def error(said: np.ndarray, happened: Bools, bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017)."""
    where = np.minimum((said * bins).astype(int), bins - 1)
    held = [where == one for one in range(bins) if (where == one).any()]
    return float(sum(one.mean() * abs(said[one].mean() - happened[one].mean()) for one in held))


@pytest.mark.parametrize("individuals", [6, 12, 25, 80])
def test_probabilities_come_true_in_catalogues_of_any_size(individuals: int) -> None:
    calibration = fit(lived(individuals), 0.2)
    scores, known = drawn(np.random.default_rng(99), 1500, individuals, 0.2)
    best, new, mean = held_against_the_truth(calibration, scores, known)
    assert best < 0.05
    assert new < 0.06
    assert mean == pytest.approx(0.2, abs=0.05)
    assert calibration.queries == 300
    assert calibration.share_new == 0.2


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**16), st.integers(0, 60))
def test_probabilities_of_one_query_sum_to_1_and_fall_with_the_score(seed: int, candidates: int) -> None:
    calibration = Calibration(
        bias=-6, slope=5, ground=5, hidden=0.2, lapse=0.05, usual=0.8, taught_new=0.2, share_new=0.4, queries=100
    )
    scores = -np.sort(-np.random.default_rng(seed).exponential(1, candidates)).astype(np.float32)
    chances, p_new = calibration.probabilities(scores)
    assert len(chances) == candidates
    assert chances.sum() + p_new == pytest.approx(1)
    assert (chances >= 0).all()
    assert (np.diff(chances) <= 1e-12).all()
    assert (chances[DEEPEST:] == chances[DEEPEST:][:1]).all()


@pytest.mark.parametrize("candidates", [1, 2, 3, 4])
def test_few_candidates_are_no_reason_to_be_sure(candidates: int) -> None:
    """Only so many individuals are known from this side: a stranger must not be taken for one of them."""
    calibration = fit(lived(40), 0.2)
    rng = np.random.default_rng(5)
    strangers, _ = drawn(rng, 400, candidates, 1.0)
    p_new = [calibration.probabilities(-np.sort(-row))[1] for row in strangers]
    assert np.mean(p_new) > 0.6
    own, _ = drawn(rng, 400, candidates, 0.0)
    p_known = [1 - calibration.probabilities(-np.sort(-row))[1] for row in own]
    assert np.mean(p_known) > 0.55


def test_an_animal_found_far_down_the_list_does_not_spoil_the_sure_ones() -> None:
    """A third of the photos show the other half of the animal: their own individual scores next to nothing."""
    rng = np.random.default_rng(0)

    def hard(queries: int, share_new: float) -> tuple[Floats, Bools]:
        scores, known = drawn(rng, queries, 30, share_new)
        scores[rng.random(queries) < 1 / 3, 0] *= 1e-4
        return scores, known

    calibration = fit(taught(hard(300, 0)[0]), 0.2)
    error_best, error_new, _ = held_against_the_truth(calibration, *hard(1500, 0.2))
    assert error_best < 0.11
    assert error_new < 0.08


def test_names_that_are_wrong_in_the_catalogue_cap_what_is_promised() -> None:
    """One photo in eight bears another animal's name, which no score can tell; the others are to be told as sharply."""
    rng = np.random.default_rng(1)

    def muddled(queries: int, share_new: float) -> tuple[Floats, Bools]:
        scores, known = drawn(rng, queries, 30, share_new)
        scores[known, 0] *= 20
        wrong = rng.random(queries) < 1 / 8
        scores[wrong] = scores[wrong][:, [1, 0, *range(2, 30)]]
        return scores, known

    calibration = fit(taught(muddled(400, 0)[0]), 0.2)
    assert calibration.lapse == pytest.approx(1 / 8, abs=0.05)
    error_best, error_new, _ = held_against_the_truth(calibration, *muddled(1500, 0.2))
    assert error_best < 0.05
    assert error_new < 0.07


def test_scores_in_other_units_give_the_same_probabilities() -> None:
    """Nothing but their ratios matters, as long as they stand clear of nothing."""
    experience = lived(20)
    scaled = replace(experience, scores=experience.scores * 40, strangers=experience.strangers * 40)
    row = -np.sort(-drawn(np.random.default_rng(3), 1, 20, 0)[0][0])
    first, first_new = fit(experience, 0.2).probabilities(row)
    second, second_new = fit(scaled, 0.2).probabilities(row * 40)
    np.testing.assert_allclose(first, second, atol=0.02)
    assert first_new == pytest.approx(second_new, abs=0.02)


def test_strangers_that_score_more_when_asked_anew_are_reckoned_with() -> None:
    """Without its own animal in the gallery, the likest stranger scores 1.4 times as much as beside it."""

    def lifted(scores: Floats, which: Bools) -> Floats:
        likest = np.arange(scores.shape[1]) == scores.argmax(axis=1)[:, None]
        return np.where(which[:, None] & likest, 1.4 * scores, scores).astype(np.float32)

    lessons = lived(30, queries=400)
    anew = replace(lessons, strangers=lifted(lessons.strangers, np.ones(400, bool)))
    scores, known = drawn(np.random.default_rng(6), 1500, 30, 0.3)
    scores = lifted(scores, ~known)
    struck_out, learned = (held_against_the_truth(fit(of, 0.3), scores, known) for of in (lessons, anew))
    assert learned[0] < 0.08 < 0.11 < struck_out[0]
    assert learned[2] == pytest.approx(0.3, abs=0.03)
    assert struck_out[2] < 0.27


def test_the_share_of_new_animals_expected_is_the_share_foretold() -> None:
    means = []
    for share in (0.1, 0.3, 0.6):
        scores, known = drawn(np.random.default_rng(7), 800, 30, share)
        means.append(held_against_the_truth(fit(lived(30), share), scores, known)[2])
    assert means == pytest.approx([0.1, 0.3, 0.6], abs=0.06)


def test_more_new_animals_than_expected_are_noticed() -> None:
    calibration = fit(lived(30), 0.1)
    scores, known = drawn(np.random.default_rng(11), 800, 30, 0.6)
    before = held_against_the_truth(calibration, scores, known)
    better = adapted(calibration, [-np.sort(-row) for row in scores])
    after = held_against_the_truth(better, scores, known)
    assert better.share_new == pytest.approx(0.6, abs=0.08)
    assert after[0] < 0.06 < before[0]
    assert after[1] < 0.06 < before[1]


def test_a_handful_of_queries_changes_little_and_none_nothing() -> None:
    calibration = fit(lived(30), 0.1)
    assert adapted(calibration, []) == calibration
    assert adapted(calibration, [np.zeros(0, np.float32)]) == calibration
    scores, _ = drawn(np.random.default_rng(11), 3, 30, 1.0)
    assert adapted(calibration, [-np.sort(-row) for row in scores]).share_new < 0.3


def test_with_nobody_to_be_it_is_new() -> None:
    chances, p_new = fit(lived(10), 0.2).probabilities(np.zeros(0, np.float32))
    assert len(chances) == 0
    assert p_new == 1


@pytest.mark.parametrize(
    ("findable", "individuals", "enough"),
    [
        (FEWEST_KNOWN, FEWEST_INDIVIDUALS, True),
        (FEWEST_KNOWN - 1, FEWEST_INDIVIDUALS, False),
        (FEWEST_KNOWN, FEWEST_INDIVIDUALS - 1, False),
        (0, 0, False),
    ],
)
def test_too_little_experience_is_told(findable: int, individuals: int, enough: bool) -> None:
    rows = 30
    ones = np.ones((rows, DEEPEST), np.float32)
    lessons = Experience(ones, np.zeros(rows, np.int64), np.arange(rows) < findable, ones, individuals)
    assert lessons.enough is enough


@pytest.mark.parametrize(
    ("encounters", "share"),
    [([1, 1, 3], 0.4), ([2, 3, 4], 0.2), ([1, 1, 1], 0.9), ([], 0.2), ([1, 1, 2], 0.5)],
    ids=str,
)
def test_the_share_of_new_is_that_of_animals_met_once(encounters: list[int], share: float) -> None:
    assert share_of_new(np.array(encounters, np.int64)) == pytest.approx(share)
