"""The thesis' triplets, against its words taken literally."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from resight.learn.losses import triplet_loss
from resight.learn.thesis import validation_loss
from resight.learn.triplets import pool, select_triplets

seeds = st.integers(0, 10_000)


def _vectors(seed: int, fish: int, photos: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    flanks = np.repeat(np.arange(fish), photos)
    vectors = rng.normal(0, 1, (fish, 4))[flanks] + rng.normal(0, 0.7, (len(flanks), 4))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), flanks


@given(seeds, st.integers(2, 5), st.integers(1, 4), st.floats(0.05, 0.6))
def test_each_pair_of_a_fish_gets_one_negative_that_is_not_far_enough(
    seed: int, fish: int, photos: int, margin: float
) -> None:
    vectors, flanks = _vectors(seed, fish, photos)
    found = select_triplets(vectors, flanks, margin, np.random.default_rng(seed))
    away = np.linalg.norm(vectors[:, None].astype(float) - vectors[None], axis=2)
    given_ = {(a, p): n for a, p, n in found.tolist()}
    assert len(given_) == len(found)
    for a in range(len(flanks)):
        for p in range(len(flanks)):
            if a == p or flanks[a] != flanks[p]:
                assert (a, p) not in given_
                continue
            usable = [n for n in range(len(flanks)) if flanks[n] != flanks[a] and away[a, n] - away[a, p] < margin]
            if usable:
                assert given_[a, p] in usable
            else:
                assert (a, p) not in given_


def test_every_usable_negative_has_its_turn() -> None:
    vectors, flanks = _vectors(3, 3, 3)
    seen = {tuple(t) for s in range(200) for t in select_triplets(vectors, flanks, 0.5, np.random.default_rng(s))}
    away = np.linalg.norm(vectors[:, None].astype(float) - vectors[None], axis=2)
    usable = [n for n in range(9) if flanks[n] != 0 and away[0, n] - away[0, 1] < 0.5]
    assert {n for a, p, n in seen if (a, p) == (0, 1)} == set(usable)


@given(seeds, st.integers(1, 6))
def test_a_pool_holds_so_many_of_each(seed: int, photos: int) -> None:
    flanks = np.random.default_rng(seed).integers(0, 4, 30)
    rows = pool(flanks, photos, np.random.default_rng(seed))
    assert len(set(rows.tolist())) == len(rows)
    for flank in range(4):
        assert np.count_nonzero(flanks[rows] == flank) == min(photos, np.count_nonzero(flanks == flank))


def test_the_loss_is_the_thesis_formula() -> None:
    rng = np.random.default_rng(1)
    a, p, n = rng.normal(0, 0.4, (3, 7, 5))
    expected = sum(max(0, ((a - p) ** 2).sum(1)[i] - ((a - n) ** 2).sum(1)[i] + 0.2) for i in range(7))
    told = triplet_loss(torch.tensor(a), torch.tensor(p), torch.tensor(n), 0.2)
    assert np.isclose(float(told), expected)


def test_the_validation_loss_falls_as_fish_part() -> None:
    near, flanks = _vectors(1, 4, 4)
    apart = np.eye(4, dtype=np.float32)[flanks]
    rng = np.random.default_rng(0)
    assert validation_loss(apart, flanks, 0.2, rng) == 0 < validation_loss(near, flanks, 0.2, rng)
