"""Quads: what leaves their codes as they are, and an index that misses nothing and adds nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.index.constellations import LOOSE, SIZED, UNLIKE, ConstellationIndex, quads, votes
from resight.types import Bools, Floats


def pattern(seed: int, spots: int = 12) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(spots, 2)).astype(np.float32), rng.normal(-3, 0.3, spots).astype(np.float32)


def moved(places: Floats, turn: float, factor: float, mirror: bool = False) -> Floats:
    about = factor * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return ((places * (1, -1 if mirror else 1)) @ about + (3, -2)).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), turn=st.floats(0, 6.3), factor=st.floats(0.3, 3))
def test_turn_scale_and_shift_leave_codes_and_sizes_as_they_are(seed: int, turn: float, factor: float) -> None:
    places, radii = pattern(seed)
    # The same spots, so that quads on the edge between two readings are read alike.
    index = ConstellationIndex([(places, radii)])
    again = quads(moved(places, turn, factor), radii + np.float32(np.log(factor)), ties=True)
    found = index.alike(again, np.ones(1, np.bool_))
    same = (again.spots[found.ours] == index.spots(found.theirs)).all(axis=1)
    assert len(np.unique(found.theirs[same])) >= 0.98 * len(quads(places, radii))
    assert np.median(found.weights[same]) > 0.95


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), turn=st.floats(0, 6.3))
def test_a_mirrored_pattern_has_other_codes(seed: int, turn: float) -> None:
    places, radii = pattern(seed)
    index = ConstellationIndex([(places, radii)])
    mirrored = quads(moved(places, turn, 1, mirror=True), radii)
    found = index.alike(mirrored, np.ones(1, np.bool_))
    same = (np.sort(mirrored.spots[found.ours]) == np.sort(index.spots(found.theirs))).all(axis=1)
    # A share of those that are alike would say nothing where only a handful are.
    assert len(np.unique(found.theirs[same])) < 0.25 * len(mirrored)


def test_the_index_finds_what_comparing_every_quad_finds() -> None:
    held = [pattern(seed) for seed in range(6)]
    index = ConstellationIndex(held)
    asked = quads(*pattern(2), ties=True)
    allowed: Bools = np.array([True, True, True, False, True, True])
    found = index.alike(asked, allowed)
    expected = 0
    for owner, (places, radii) in enumerate(held):
        theirs = quads(places, radii)
        close = np.abs(asked.codes[:, None] - theirs.codes[None]).max(axis=2) < LOOSE
        unlike = (((asked.sizes[:, None] - theirs.sizes[None]) / SIZED) ** 2).sum(axis=2)
        sized = unlike < UNLIKE**2
        here = int((close & sized).sum()) * bool(allowed[owner])
        # Codes are kept as whole numbers: what lies on the edge may go either way.
        assert abs(int((found.owners == owner).sum()) - here) <= max(3, 0.05 * here)
        expected += here
    assert expected > 200


def test_votes_that_agree_on_a_turn_win_over_as_many_that_do_not() -> None:
    index = ConstellationIndex([pattern(0), pattern(1)])
    asked = quads(*pattern(0))
    found = index.alike(asked, np.ones(2, np.bool_)).take(np.arange(40))
    found.owners[:20], found.owners[20:] = 0, 1
    found.changes[:20], found.changes[20:] = np.exp(0.3j), np.exp(1j * np.linspace(0, 6, 20))
    counted, agree = votes(found, 2)
    assert counted[0] > 2 * counted[1]
    assert agree[:20].all()
    assert not agree[20:].all()


def test_patterns_of_few_spots_and_of_spots_in_one_place_have_no_quads() -> None:
    for places in (np.zeros((0, 2)), np.ones((3, 2)), np.ones((6, 2))):
        assert len(quads(places.astype(np.float32), np.zeros(len(places), np.float32), ties=True)) == 0
    empty = ConstellationIndex([])
    assert len(empty) == 0
    assert len(empty.alike(quads(*pattern(0)), np.zeros(0, np.bool_)).ours) == 0
    assert len(ConstellationIndex([pattern(0), pattern(1)])) == 2
