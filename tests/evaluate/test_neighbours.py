"""Votes of neighbours, and strangers."""

import numpy as np
import pytest

from resight.evaluate.neighbours import outlying, vote_of_neighbours
from resight.types import Floats, Strings


def groups(animals: int, photos: int, apart: float, seed: int = 0) -> tuple[Floats, Strings]:
    rng = np.random.default_rng(seed)
    middles = apart * rng.normal(size=(animals, 12))
    vectors = np.repeat(middles, photos, axis=0) + rng.normal(size=(animals * photos, 12))
    return vectors.astype(np.float32), np.repeat([f"animal {i}" for i in range(animals)], photos)


def test_groups_that_lie_apart_are_named_and_mixed_ones_are_not() -> None:
    assert vote_of_neighbours(*groups(6, 20, 8), k=5).accuracy == 1
    mixed = vote_of_neighbours(*groups(6, 20, 0), k=5)
    assert mixed.accuracy < 0.4
    assert mixed.by_chance == pytest.approx(1 / 6)
    assert mixed.n == 120


def test_more_voters_than_an_animal_has_photos_drown_it() -> None:
    vectors, names = groups(20, 6, 5)
    assert vote_of_neighbours(vectors, names, k=3).accuracy > 0.95
    assert vote_of_neighbours(vectors, names, k=100).accuracy < 0.5


def test_nobodys_and_rare_ones_are_left_out() -> None:
    vectors, names = groups(3, 10, 8)
    names = names.astype("U20")
    names[0] = ""
    names[10:16] = ["rare"] * 3 + [""] * 3
    assert vote_of_neighbours(vectors, names, k=3, folds=4).n == 9 + 4 + 10
    with pytest.raises(ValueError, match="two individuals"):
        vote_of_neighbours(vectors[:10], names[:10])


def test_strangers_are_stranger_than_those_known_and_known_ones_are_usual() -> None:
    vectors, names = groups(4, 15, 8)
    known = names != "animal 3"
    factors = outlying(vectors, known, k=10)
    assert factors[~known].min() > 2
    assert np.median(factors[known]) == pytest.approx(1, abs=0.15)


def test_all_known_and_too_few_known() -> None:
    vectors, _ = groups(2, 4, 8)
    assert np.isfinite(outlying(vectors, np.ones(8, bool))).all()
    with pytest.raises(ValueError, match="three known"):
        outlying(vectors, np.arange(8) < 2)
