"""Spots about the eye: who is recognised, who is refused, and why."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.chip.cut import cut
from resight.describe.rootsift import RootSift
from resight.describe.spots import COLUMNS, spots
from resight.errors import ResightError
from resight.match.polar import polar
from resight.match.seam import Gallery
from resight.simulate.heads import simulate_head
from resight.types import Chip, Labels, LocalFeatures, Photo

SPOTS = 14
NOBODY = np.array([], np.str_)


def heads(animals: int, seed: int = 0, count: int = SPOTS) -> LocalFeatures:
    """So many heads, 400 pixels wide, the eye at (100, 120) and spots of their own behind it."""
    rng = np.random.default_rng(seed)
    n = count + 1
    places = rng.uniform((140, 40), (390, 260), (animals, n, 2))
    places[:, 0] = 100, 120
    scales = rng.uniform(5, 11, (animals, n))
    scales[:, 0] = 20
    looks = np.zeros((animals, n, COLUMNS), np.uint8)
    looks[:, 0, -1] = 255
    return LocalFeatures(
        offsets=np.arange(animals + 1) * n,
        sizes=np.full((animals, 2), (400, 300), np.float32),
        positions=places.reshape(-1, 2).astype(np.float32),
        scales=scales.ravel().astype(np.float32),
        angles=np.zeros(animals * n, np.float32),
        vectors=looks.reshape(-1, COLUMNS),
    )


def again(some: LocalFeatures, turn: float, factor: float, line_off: float = 0.0, noise: float = 1.5) -> LocalFeatures:
    """The same heads turned by degrees, so many times as large, shifted, the head line wrong by some degrees."""
    rng = np.random.default_rng(1)
    angle = np.deg2rad(turn)
    about = factor * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = (some.positions + rng.normal(0, noise, some.positions.shape)) @ about + (500, 300)
    return replace(
        some,
        sizes=(some.sizes * factor).astype(np.float32),
        positions=places.astype(np.float32),
        scales=(some.scales * factor).astype(np.float32),
        angles=some.angles + np.float32(turn + line_off),
    )


def opened(some: LocalFeatures) -> Gallery:
    return polar("").gallery(some, Labels.named(NOBODY))


@settings(max_examples=6, deadline=None)
@given(turn=st.floats(-180, 180), factor=st.floats(0.5, 2), line_off=st.floats(-7, 7))
def test_a_head_is_recognised_turned_larger_and_with_a_head_line_that_is_off(
    turn: float, factor: float, line_off: float
) -> None:
    known = heads(12)
    scores = opened(known).scores(again(known, turn, factor, line_off), np.ones((12, 12), np.bool_))
    assert scores.argmax(axis=1).tolist() == list(range(12))
    assert np.diag(scores).min() > 3 * scores[~np.eye(12, dtype=np.bool_)].max()


def test_a_head_line_far_off_is_not_followed() -> None:
    known = heads(6)
    scores = opened(known).scores(again(known, 0, 1, line_off=60), np.ones((6, 6), np.bool_))
    assert scores.max() < 3


def test_a_mirrored_head_is_another() -> None:
    known = heads(6)
    mirrored = replace(known, positions=(known.positions * (1, -1) + (0, 240)).astype(np.float32))
    scores = opened(known).scores(mirrored, np.ones((6, 6), np.bool_))
    assert scores.max() < 3


def test_without_an_eye_or_with_few_spots_a_head_is_refused() -> None:
    known = heads(3)
    none = replace(
        known.take([0]),
        offsets=np.zeros(2, np.int64),
        positions=np.zeros((0, 2), np.float32),
        scales=np.zeros(0, np.float32),
        angles=np.zeros(0, np.float32),
        vectors=np.zeros((0, COLUMNS), np.uint8),
    )
    few = heads(1, count=4)
    gallery = opened(LocalFeatures.joined([known, none, few]))
    asked = LocalFeatures.joined([none, few, known.take([1])])
    scores = gallery.scores(asked, np.ones((3, 5), np.bool_))
    assert not scores[:2].any()
    assert not scores[:, 3:].any()
    assert scores[2, 1] > 10
    assert len(gallery.evidence(few, 4, np.ones(5, np.bool_))) == 0


def test_what_is_not_allowed_scores_nothing_and_changes_nothing() -> None:
    known = heads(5)
    gallery, asked = opened(known), again(known, 10, 1.1)
    allowed = np.ones((5, 5), np.bool_)
    allowed[2, 2] = allowed[0, 4] = False
    free, held = gallery.scores(asked, np.ones((5, 5), np.bool_)), gallery.scores(asked, allowed)
    assert not held[~allowed].any()
    np.testing.assert_array_equal(held[allowed], free[allowed])


def test_the_evidence_is_the_spots_that_lie_over_each_other() -> None:
    known = heads(3)
    asked = again(known.take([1]), 15, 1.2)
    evidence = opened(known).evidence(asked, 1, np.ones(3, np.bool_))
    assert len(evidence) >= SPOTS - 2
    ours = [int(np.hypot(*(asked.positions - place).T).argmin()) for place in evidence.query]
    theirs = [int(np.hypot(*(known.take([1]).positions - place).T).argmin()) for place in evidence.gallery]
    assert ours == theirs
    assert (evidence.weights > 0).all()
    assert 0 not in ours  # the eye is where both begin, and no proof


def test_other_keypoints_and_spots_without_an_eye_are_refused_in_words() -> None:
    chip = Chip(np.random.default_rng(0).integers(0, 255, (80, 80, 3)).astype(np.uint8), np.eye(2, 3))
    with pytest.raises(ResightError, match="use it with spots:eye"):
        opened(RootSift().describe([chip]))
    blind = heads(2)
    with pytest.raises(ResightError, match="use it with spots:eye"):
        opened(replace(blind, vectors=np.zeros_like(blind.vectors)))
    with pytest.raises(ResightError, match="takes nothing after a colon"):
        polar("fast")


def test_simulated_salmon_are_known_in_the_next_pass() -> None:
    describer = spots("eye")
    fish = (0, 3, 5)

    def passed(pass_: int) -> LocalFeatures:
        photos = [simulate_head(11, individual, pass_) for individual in fish]
        chips = [cut(Photo(Path("memory"), "", photo.pixels), photo.box, 640, photo.mask) for photo in photos]
        return describer.describe(chips)

    scores = opened(passed(0)).scores(passed(1), np.ones((3, 3), np.bool_))
    known = scores.max(axis=1) > 3
    assert known.sum() >= 2
    assert (scores.argmax(axis=1) == np.arange(3))[known].all()
