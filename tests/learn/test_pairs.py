"""Mined pairs: none of one animal as different, no photo with itself, and the hardest where they should be."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.learn.pairs import ROWS, Pairs, Score, assigned, easy_to_hard, hardest, matched, random_pairs
from resight.types import Floats, Ints

Way = Callable[[Score, Ints, np.random.Generator], Pairs]
WAYS: dict[str, Way] = {
    "random": lambda _score, who, rng: random_pairs(who, 17, rng),
    "easy": lambda score, who, rng: easy_to_hard(score, who, 0.0, rng),
    "hard": lambda score, who, rng: easy_to_hard(score, who, 1.0, rng),
    "assigned": lambda score, who, rng: assigned(score, who, 0.5, rng),
    "assigned in blocks": lambda score, who, rng: assigned(score, who, 10.0, rng, block=7),
}
animals = st.lists(st.integers(0, 6), min_size=3, max_size=40).filter(
    lambda who: len(set(who)) > 1 and len(who) > len(set(who))
)


def matrix(n: int, seed: int = 0) -> Floats:
    scores = np.random.default_rng(seed).normal(size=(n, n)).astype(np.float32)
    return np.asarray((scores + scores.T) / 2, np.float32)


def of(scores: Floats) -> Score:
    return lambda rows, others: scores[np.ix_(rows, others)]


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25, deadline=None)
@given(who=animals, seed=st.integers(0, 2**16))
def test_equal_pairs_are_of_one_animal_and_different_ones_of_two(way: str, who: list[int], seed: int) -> None:
    individuals = np.array(who)
    pairs = WAYS[way](of(matrix(len(who), seed)), individuals, np.random.default_rng(seed))
    assert len(pairs) > 0
    assert np.array_equal(individuals[pairs.first] == individuals[pairs.second], pairs.same)
    assert (pairs.first != pairs.second).all()
    assert pairs.same.sum() == (~pairs.same).sum()


@given(who=animals, seed=st.integers(0, 2**16))
@settings(max_examples=10, deadline=None)
def test_a_seed_repeats_its_pairs(who: list[int], seed: int) -> None:
    for way in WAYS.values():
        one, other = (way(of(matrix(len(who))), np.array(who), np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(one.first, other.first)
        assert np.array_equal(one.second, other.second)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_so_many_of_the_different_pairs_are_the_hardest(share: float) -> None:
    individuals, scores = np.arange(200) // 2, matrix(200)
    pairs = easy_to_hard(of(scores), individuals, share, np.random.default_rng(0))
    first, second = pairs.first[~pairs.same], pairs.second[~pairs.same]
    assert len(first) == 50
    every = np.sort(scores[np.triu(individuals[:, None] != individuals, k=1)])[::-1]
    hard = round(50 * share)
    assert np.array_equal(scores[first, second][:hard], every[:hard])
    assert len({frozenset(pair) for pair in zip(first[:hard], second[:hard], strict=True)}) == hard
    if share < 1:
        assert scores[first, second][hard:].mean() < np.median(every[:50])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**16), st.integers(2, 30))
def test_the_hardest_in_blocks_are_those_of_the_whole_matrix(seed: int, count: int) -> None:
    n = ROWS + 40
    individuals, scores = np.random.default_rng(seed).integers(0, 30, n), matrix(n, seed)
    found = hardest(of(scores), individuals, count)
    every = np.sort(scores[np.triu(individuals[:, None] != individuals, k=1)])[::-1]
    assert np.array_equal(scores[found[:, 0], found[:, 1]], every[:count])


def test_without_noise_the_assignment_is_the_hardest_that_there_is() -> None:
    individuals, scores = np.array([0, 0, 1, 1]), np.zeros((4, 4), np.float32)
    for one, other in ((0, 3), (3, 0), (1, 2), (2, 1)):
        scores[one, other] = 5
    scores[0, 1] = scores[1, 0] = 99  # of one animal
    pairs = assigned(of(scores), individuals, 0.0, np.random.default_rng(0))
    different = {(int(a), int(b)) for a, b in zip(pairs.first[~pairs.same], pairs.second[~pairs.same], strict=True)}
    assert different == {(0, 3), (3, 0), (1, 2), (2, 1)}


def test_pairs_grow_harder_as_the_noise_shrinks() -> None:
    individuals, scores = np.arange(120) // 3, 3 * matrix(120)
    hardness = []
    for noise in (100.0, 10.0, 1.0, 0.0):
        pairs = assigned(of(scores), individuals, noise, np.random.default_rng(1))
        different = ~pairs.same
        hardness.append(float(scores[pairs.first[different], pairs.second[different]].mean()))
        assert different.sum() == 120
    assert hardness == sorted(hardness)
    assert hardness[-1] > hardness[0] + 3


def test_an_animal_that_fills_its_block_leaves_photos_out_but_makes_no_false_pair() -> None:
    individuals = np.array([0] * 9 + [1])
    pairs = assigned(of(matrix(10)), individuals, 0.5, np.random.default_rng(0))
    assert (~pairs.same).sum() == 2
    assert (individuals[pairs.first] != individuals[pairs.second])[~pairs.same].all()


def test_each_round_takes_every_photo_that_has_another_of_its_animal() -> None:
    individuals = np.array([0, 1, 1, 2, 2, 2, 3])
    pairs = matched(individuals, 5, np.random.default_rng(0))
    assert sorted(pairs[:, 0].tolist()) == sorted(pairs[:, 1].tolist()) == [1, 2, 3, 4, 5]


def test_memory_and_time_stay_small() -> None:
    """3,000 photos in two blocks; the blocks' scores are all that is asked for."""
    vectors = np.random.default_rng(0).normal(size=(3000, 16)).astype(np.float32)
    asked: list[int] = []

    def score(rows: Ints, others: Ints) -> Floats:
        asked.append(len(rows) * len(others))
        return vectors[rows] @ vectors[others].T

    began = time.monotonic()
    assigned(score, np.arange(3000) // 3, 10.0, np.random.default_rng(0), block=600)
    assert max(asked) <= 600**2
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("who", [[0, 0, 0], [0, 1, 2]])
def test_without_two_animals_or_two_photos_there_is_nothing_to_learn(who: list[int]) -> None:
    for way in WAYS.values():
        with pytest.raises(ResightError, match="two animals"):
            way(of(matrix(3)), np.array(who), np.random.default_rng(0))
