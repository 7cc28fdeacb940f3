"""Intervals hold the truth about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from resight.evaluate import bootstrap
from resight.evaluate.bootstrap import draw, estimate
from resight.evaluate.open_set import weighted_mean
from resight.evaluate.result import Estimate, Missing
from resight.types import Doubles, Ints


def interval(values: Doubles, individuals: Ints, seed: int, resamples: int = 1000) -> Estimate:
    figure = estimate(lambda w: weighted_mean(values, w), individuals, seed, resamples)
    assert isinstance(figure, Estimate)
    return figure


def test_coverage_with_photos_that_resemble_one_another() -> None:
    rng = np.random.default_rng(0)
    held_by_individuals = held_by_photos = 0
    for trial in range(150):
        ease = rng.beta(2, 1, size=50)
        individuals = np.repeat(np.arange(50, dtype=np.int64), 8)
        values = (rng.random(400) < ease[individuals]).astype(np.float64)
        right = interval(values, individuals, trial, resamples=300)
        naive = interval(values, np.arange(400, dtype=np.int64), trial, resamples=300)
        assert right.low is not None
        assert right.high is not None
        assert naive.low is not None
        assert naive.high is not None
        held_by_individuals += right.low <= 2 / 3 <= right.high
        held_by_photos += naive.low <= 2 / 3 <= naive.high
    assert held_by_individuals >= 0.88 * 150
    assert held_by_photos < held_by_individuals


def test_seed_decides_and_memory_steps_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    values, individuals = rng.random(200), rng.integers(0, 40, 200)
    first = interval(values, individuals, seed=3)
    assert interval(values, individuals, seed=4) != first
    monkeypatch.setattr(bootstrap, "_CELLS", 1000)
    assert interval(values, individuals, seed=3) == first


def test_each_resample_draws_as_many_as_there_are() -> None:
    drawn = draw(9, 100, np.random.default_rng(0))
    assert (drawn.sum(axis=1) == 9).all()
    assert len(np.unique(drawn)) > 2


def test_rows_that_do_not_count() -> None:
    values = np.array([1.0, np.nan, np.nan])
    nothing = estimate(lambda w: weighted_mean(values[1:], w), np.array([0, 1]), seed=0)
    assert isinstance(nothing, Missing)
    rare = np.append(1.0, np.full(50, np.nan))
    assert interval(rare, np.arange(51, dtype=np.int64), seed=0).value == 1.0
    assert estimate(lambda w: weighted_mean(values, w), np.array([], np.int64), seed=0) == Missing(
        "there is nothing to measure on"
    )


def test_most_resamples_without_a_value_give_no_interval() -> None:
    def only_if_first_is_drawn_twice(weights: Doubles) -> Doubles:
        return np.where((weights[:, 0] == 1) & (weights[:, 1] == 1), 0.5, np.nan)

    figure = estimate(only_if_first_is_drawn_twice, np.arange(20), seed=0)
    assert isinstance(figure, Estimate)
    assert figure.low is None
    assert "too few" in figure.reason
