"""The contract of indexes, kept by both; and how near the inverted one comes to the exact one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.index.faiss_index import FaissIndex, exact, inverted
from resight.types import Bools, Floats, Ints

D = 16
Make = Callable[[Floats], FaissIndex]


def vectors(n: int, seed: int = 0) -> Floats:
    """Bytes, as local features are: both indexes hold them without loss."""
    return np.random.default_rng(seed).integers(0, 256, (n, D)).astype(np.float32)


# Every cell is looked at, so that the inverted lists leave nothing out.
KINDS: dict[str, Make] = {"exact": lambda _: exact(D), "inverted": lambda sample: inverted(sample, 400, probes=10_000)}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def make(request: pytest.FixtureRequest) -> Make:
    found: Make = request.param
    return found


def by_hand(held: Floats, queries: Floats, k: int, allowed: Bools) -> tuple[Floats, Ints]:
    distances = ((queries[:, None] - held[None]) ** 2).sum(axis=2)
    distances[:, ~allowed] = np.inf
    ids = np.argsort(distances, axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(distances, ids, axis=1)
    return found, np.where(np.isfinite(found), ids, -1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.floats(0, 1), st.integers(1, 12))
@pytest.mark.parametrize("kind", KINDS)
def test_it_finds_what_comparing_by_hand_finds(kind: str, seed: int, share: float, k: int) -> None:
    held, queries = vectors(120, seed), vectors(25, seed + 1)
    allowed = np.random.default_rng(seed).random(120) < share
    index = KINDS[kind](held)
    index.add(np.arange(120), held)
    distances, ids = index.search(queries, k, allowed)
    wanted, wanted_ids = by_hand(held, queries, k, allowed)
    np.testing.assert_allclose(distances, wanted, rtol=1e-5)
    assert np.array_equal(ids >= 0, wanted_ids >= 0)
    # Where two are equally near, either may come first; by distance they are the same.
    there = ids >= 0
    own = ((queries[:, None] - held[np.maximum(ids, 0)]) ** 2).sum(axis=2)
    np.testing.assert_allclose(own[there], wanted[there], rtol=1e-5)
    assert allowed[ids[there]].all()


def test_fewer_than_k_are_told_by_minus_one(make: Make) -> None:
    index = make(vectors(50))
    index.add(np.arange(3), vectors(3))
    distances, ids = index.search(vectors(2, 1), 5)
    assert (ids[:, 3:] == -1).all()
    assert np.isinf(distances[:, 3:]).all()
    assert (np.sort(ids[:, :3], axis=1) == np.arange(3)).all()
    assert (np.diff(distances[:, :3], axis=1) >= 0).all()


def test_nothing_held_nothing_asked_nothing_allowed(make: Make) -> None:
    index = make(vectors(50))
    assert len(index) == 0
    assert (index.search(vectors(2), 3)[1] == -1).all()
    index.add(np.zeros(0, np.int64), np.zeros((0, D), np.float32))
    assert len(index) == 0
    index.add(np.arange(9), vectors(9))
    distances, ids = index.search(np.zeros((0, D), np.float32), 3)
    assert distances.shape == ids.shape == (0, 3)
    assert (index.search(vectors(2), 3, np.zeros(9, bool))[1] == -1).all()


def test_an_index_can_be_made_before_there_is_anything_to_learn_from(make: Make) -> None:
    index = make(np.zeros((0, D), np.float32))
    index.add(np.arange(30), vectors(30))
    assert (index.search(vectors(30), 1)[1][:, 0] == np.arange(30)).all()


def test_what_is_removed_is_not_found_and_unknown_ids_are_passed_over(make: Make) -> None:
    index = make(vectors(100))
    index.add(np.arange(100), vectors(100))
    index.remove(np.array([7, 8, 500]))
    index.remove(np.zeros(0, np.int64))
    assert len(index) == 98
    ids = index.search(vectors(100), 98)[1]
    assert not np.isin(ids, [7, 8]).any()
    index.add(np.array([7]), vectors(100)[7:8])
    assert index.search(vectors(100)[7:8], 1)[1].tolist() == [[7]]


def test_ids_of_ones_own_are_kept(make: Make) -> None:
    index = make(vectors(100))
    own = np.array([900, 3, 41])
    index.add(own, vectors(3))
    assert (index.search(vectors(3), 1)[1][:, 0] == own).all()
    allowed = np.zeros(901, bool)
    allowed[[900, 41]] = True
    assert set(index.search(vectors(3), 3, allowed)[1].ravel().tolist()) == {900, 41, -1}


def test_saved_and_opened_it_answers_the_same(make: Make, tmp_path: Path) -> None:
    index = make(vectors(200))
    index.add(np.arange(200), vectors(200))
    index.save(tmp_path / "a.faiss")
    probes = 0 if make is KINDS["exact"] else 10_000
    again = FaissIndex.open(tmp_path / "a.faiss", probes)
    assert len(again) == 200
    before, after = index.search(vectors(20, 1), 5), again.search(vectors(20, 1), 5)
    assert np.array_equal(before[0], after[0])
    assert np.array_equal(before[1], after[1])
    again.add(np.array([200]), vectors(1, 9))
    again.remove(np.array([0]))
    again.save(tmp_path / "a.faiss")
    assert [path.name for path in tmp_path.iterdir()] == ["a.faiss"]
    assert 200 in FaissIndex.open(tmp_path / "a.faiss", probes).search(vectors(1, 9), 1)[1]


def test_making_it_twice_gives_the_same(make: Make) -> None:
    found = []
    for _ in range(2):
        index = make(vectors(300))
        index.add(np.arange(300), vectors(300))
        found.append(index.search(vectors(40, 1), 6))
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


def test_with_few_probes_the_inverted_index_finds_most_of_the_nearest() -> None:
    """Clustered vectors, as real ones are; 16 of about 250 cells are looked at."""
    rng = np.random.default_rng(0)
    centres = rng.integers(40, 216, (150, D))
    held = (centres[rng.integers(0, 150, 4000)] + rng.normal(0, 12, (4000, D))).clip(0, 255).round().astype(np.float32)
    queries = (held[:200] + rng.normal(0, 6, (200, D))).clip(0, 255).astype(np.float32).round()
    approximate, full = inverted(held, 4000), exact(D)
    for index in (approximate, full):
        index.add(np.arange(4000), held)
    assert (approximate.search(queries, 1)[1] == full.search(queries, 1)[1]).mean() > 0.97
