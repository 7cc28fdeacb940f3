"""Patterns without an anchor: the same whatever the turn, the scale and the place, another when mirrored."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.match.constellations import constellations
from resight.match.seam import Gallery
from resight.types import Embeddings, Labels, LocalFeatures

NOBODY = np.array([], np.str_)
Make = Callable[..., LocalFeatures]


def herd(animals: int, spots: int = 18, seed: int = 0) -> LocalFeatures:
    rng = np.random.default_rng(seed)
    m = animals * spots
    return LocalFeatures(
        offsets=np.arange(animals + 1) * spots,
        sizes=np.full((animals, 2), (400, 300), np.float32),
        positions=rng.uniform((0, 0), (400, 300), (m, 2)).astype(np.float32),
        scales=rng.uniform(4, 12, m).astype(np.float32),
        angles=np.zeros(m, np.float32),
        vectors=np.zeros((m, 1), np.uint8),
    )


def again(
    some: LocalFeatures, turn: float = 0, factor: float = 1, missing: float = 0, mirror: bool = False, noise: float = 2
) -> LocalFeatures:
    """The animals in other photos: turned by radians, resized, shifted, with some of their spots missing."""
    rng = np.random.default_rng(1)
    about = factor * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    seen = []
    for row in range(len(some)):
        one = some.take([row])
        kept = np.sort(rng.permutation(len(one.positions))[: round(len(one.positions) * (1 - missing))])
        places = (one.positions[kept] + rng.normal(0, noise, (len(kept), 2))) * (1, -1 if mirror else 1)
        seen.append(
            replace(
                one,
                offsets=np.array([0, len(kept)]),
                positions=(places @ about + (900, -70)).astype(np.float32),
                scales=(one.scales[kept] * factor * rng.lognormal(0, 0.1, len(kept))).astype(np.float32),
                angles=one.angles[kept],
                vectors=one.vectors[kept],
            )
        )
    return LocalFeatures.joined(seen)


def opened(some: LocalFeatures) -> Gallery:
    return constellations("").gallery(some, Labels.named(NOBODY))


KNOWN = herd(8)
GALLERY = opened(KNOWN)
EVERYONE = np.ones((8, 8), np.bool_)


@settings(max_examples=4, deadline=None)
@given(turn=st.floats(0, 6.3), factor=st.floats(0.4, 2.5))
def test_turn_scale_and_shift_change_nothing(turn: float, factor: float) -> None:
    plain = GALLERY.scores(again(KNOWN), EVERYONE)
    other = GALLERY.scores(again(KNOWN, turn, factor), EVERYONE)
    assert other.argmax(axis=1).tolist() == list(range(8))
    np.testing.assert_allclose(np.diag(other), np.diag(plain), rtol=0.05)


@settings(max_examples=2, deadline=None)
@given(turn=st.floats(0, 6.3))
def test_a_mirrored_pattern_is_another_animal(turn: float) -> None:
    scores = GALLERY.scores(again(KNOWN, turn, mirror=True), EVERYONE)
    assert scores.max() < 0.25 * np.diag(GALLERY.scores(again(KNOWN), EVERYONE)).min()


def test_a_third_of_the_spots_may_be_missing() -> None:
    scores = GALLERY.scores(again(KNOWN, 2, 1.4, missing=0.33, noise=3), EVERYONE)
    assert scores.argmax(axis=1).tolist() == list(range(8))
    assert np.diag(scores).min() > 2 * scores[~np.eye(8, dtype=np.bool_)].max()


def test_a_pattern_seen_at_a_slant_still_fits() -> None:
    slanted = again(KNOWN)
    slanted = replace(slanted, positions=(slanted.positions @ np.array([[0.9, 0.05], [0, 1.05]])).astype(np.float32))
    assert GALLERY.scores(slanted, EVERYONE).argmax(axis=1).tolist() == list(range(8))


def test_strangers_score_next_to_nothing() -> None:
    scores = GALLERY.scores(herd(8, seed=9), EVERYONE)
    assert scores.max() < 0.3 * np.diag(GALLERY.scores(again(KNOWN), EVERYONE)).min()


def test_fewer_than_five_spots_are_refused() -> None:
    few = again(KNOWN, missing=0.78)
    assert few.counts.max() == 4
    assert not GALLERY.scores(few, EVERYONE).any()
    assert not opened(few).scores(KNOWN, EVERYONE).any()
    assert len(GALLERY.evidence(few.take([0]), 0, EVERYONE[0])) == 0


def test_what_is_not_allowed_scores_nothing() -> None:
    allowed = EVERYONE.copy()
    allowed[3, 3] = allowed[5, 5] = False
    scores = GALLERY.scores(again(KNOWN), allowed)
    assert not scores[~allowed].any()
    assert scores[4].argmax() == 4


def test_the_evidence_is_the_spots_that_lie_over_each_other() -> None:
    asked, known = again(KNOWN.take([6]), 1.0, 0.7), KNOWN.take([6])
    evidence = GALLERY.evidence(asked, 6, EVERYONE[0])
    ours = [int(np.hypot(*(asked.positions - place).T).argmin()) for place in evidence.query]
    theirs = [int(np.hypot(*(known.positions - place).T).argmin()) for place in evidence.gallery]
    assert len(evidence) >= 15
    assert ours == theirs


def test_any_local_features_will_do_and_vectors_will_not(animals: Make) -> None:
    some = animals(4, 70)
    scores = opened(some).scores(some, np.ones((4, 4), np.bool_))
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]
    with pytest.raises(ResightError, match="gives whole vectors"):
        constellations("").gallery(Embeddings(np.ones((2, 4), np.float32)), Labels.named(NOBODY))
    with pytest.raises(ResightError, match="takes nothing after a colon"):
        constellations("quick")
