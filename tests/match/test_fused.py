"""Descriptors of several kinds are compared on one scale, and tell more together than each alone."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.match.fused import FusedGallery, Meaning, fused, meaning_of, needed, taught_by, usual_meaning
from resight.match.open import open_gallery
from resight.types import Bools, Embeddings, Labels, LocalFeatures, Strings, Together

Make = Callable[..., LocalFeatures]
HERD = 8
WHOSE = np.array([f"animal {row % HERD}" for row in range(2 * HERD)])


def vectors(seed: int, noise: float) -> Embeddings:
    own = np.tile(np.random.default_rng(0).normal(size=(HERD, 24)), (2, 1))
    return Embeddings((own + noise * np.random.default_rng(seed).normal(size=own.shape)).astype(np.float32))


@pytest.fixture
def known(animals: Make, view: Make) -> Together:
    """Each animal twice."""
    herd = animals(HERD)
    return Together((LocalFeatures.joined([herd, view(herd, 1)]), vectors(1, 0.4)))


@pytest.fixture
def asked(animals: Make, view: Make) -> Together:
    return Together((view(animals(HERD), 2), vectors(2, 0.4).take(range(HERD))))


def everything(queries: int, gallery: int = 2 * HERD) -> Bools:
    return np.ones((queries, gallery), np.bool_)


def test_scores_are_probabilities_and_every_animal_is_most_like_itself(known: Together, asked: Together) -> None:
    scores = FusedGallery(known, WHOSE).scores(asked, everything(HERD))
    assert scores.shape == (HERD, 2 * HERD)
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert (scores.argmax(axis=1) % HERD == np.arange(HERD)).all()
    own = np.arange(HERD)[:, None] == np.arange(2 * HERD)[None] % HERD
    assert scores[own].min() > 0.5 > scores[~own].max()


def test_where_one_kind_sees_nothing_the_other_speaks(known: Together, asked: Together, animals: Make) -> None:
    strange = animals(HERD, seed=9)  # spots of no known animal
    blind = Together((strange.take(np.arange(2 * HERD) % HERD), known.parts[1]))
    own = np.arange(HERD)
    for gallery, query in ((known, Together((strange, asked.parts[1]))), (blind, asked)):
        scores = FusedGallery(gallery, WHOSE).scores(query, everything(HERD))
        assert (scores.argmax(axis=1) % HERD == own).all()


def test_what_is_not_allowed_scores_nothing_and_takes_no_part(known: Together, asked: Together) -> None:
    gallery = FusedGallery(known, WHOSE)
    allowed = np.random.default_rng(0).random((HERD, 2 * HERD)) < 0.5
    scores = gallery.scores(asked, allowed)
    assert (scores[~allowed] == 0).all()
    assert (scores[allowed] > 0).all()
    single = [gallery.scores(asked.take([row]), allowed[row : row + 1])[0] for row in range(HERD)]
    assert np.allclose(scores, single, rtol=1e-5)
    assert (gallery.scores(asked, ~everything(HERD)) == 0).all()


def test_below_the_shortlist_the_order_of_the_vectors_is_kept(known: Together, asked: Together) -> None:
    scores = FusedGallery(known, WHOSE, shortlist=3).scores(asked, everything(HERD))
    cheap = open_gallery(known.parts[1], WHOSE).scores(asked.parts[1], everything(HERD))
    for ours, theirs in zip(scores, cheap, strict=True):
        order = np.argsort(-theirs)
        assert set(np.argsort(-ours)[:3]) == set(order[:3])
        assert np.argsort(-ours)[3:].tolist() == order[3:].tolist()


def test_evidence_is_that_of_the_spots(known: Together, asked: Together) -> None:
    found = FusedGallery(known, WHOSE).evidence(asked.take([2]), 2, everything(1)[0])
    alone = open_gallery(known.parts[0], WHOSE).evidence(asked.parts[0].take([2]), 2, everything(1)[0])
    assert len(found) > 5
    assert np.array_equal(found.query, alone.query)
    twice = Together((known.parts[1], known.parts[1]))
    one = asked.parts[1].take([0])
    assert len(FusedGallery(twice, WHOSE).evidence(Together((one, one)), 0, everything(1)[0])) == 0


@pytest.mark.parametrize("whose", [np.array([""] * 2 * HERD), np.array([f"{row}" for row in range(2 * HERD)])])
def test_without_pairs_to_learn_from_the_usual_meanings_serve(known: Together, asked: Together, whose: Strings) -> None:
    scores = FusedGallery(known, whose).scores(asked, everything(HERD))
    assert (scores.argmax(axis=1) % HERD == np.arange(HERD)).all()
    nobody = FusedGallery(known.take([]), np.array([], np.str_))
    assert nobody.scores(asked, everything(HERD, 0)).shape == (HERD, 0)
    assert nobody.scores(asked.take([]), everything(0, 0)).shape == (0, 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 20), st.floats(0.2, 4))
def test_a_learned_meaning_keeps_the_order_and_is_a_share_of_pairs(seed: int, apart: float, spread: float) -> None:
    rng = np.random.default_rng(seed)
    same = np.arange(600) % 6 == 0
    scores = np.exp(rng.normal(np.where(same, apart, 0), spread)).astype(np.float32)
    learned = meaning_of(scores, same, usual_meaning(vectors(0, 0)))
    chances = learned(np.sort(scores))
    assert (np.diff(chances) >= 0).all()
    if learned.slope != usual_meaning(vectors(0, 0)).slope:
        assert learned(scores).mean() == pytest.approx(same.mean(), abs=0.02)


def test_the_shortlist_is_as_long_as_the_vectors_make_it() -> None:
    whose = np.repeat(np.arange(100), 2)
    same = whose[:, None] == whose[None]
    allowed = ~np.eye(200, dtype=np.bool_)
    noise = np.random.default_rng(0).random((200, 200)).astype(np.float32)
    assert needed(noise + 2 * same, allowed, same) == 50
    assert needed(noise, allowed, same) > 150


def test_scores_that_say_the_opposite_teach_nothing() -> None:
    usual = Meaning(0.0, 1.0, 1.0)
    same = np.arange(60) < 20
    assert meaning_of(np.where(same, 0.1, 5).astype(np.float32), same, usual) is usual
    assert meaning_of(np.ones(60, np.float32), np.zeros(60, np.bool_), usual) is usual


def test_it_is_taught_by_photos_whose_animal_has_another() -> None:
    whose = np.array(["a", "", "b", "a", "", "c", "c", "c"])
    assert taught_by(whose).tolist() == [0, 3, 5, 6, 7]
    assert len(taught_by(whose, most=2)) == 2


def test_what_cannot_be_averaged_is_said(animals: Make) -> None:
    with pytest.raises(ResightError, match="use it with 'together"):
        fused("").gallery(animals(2), Labels.named(np.array(["", ""])))
    for wrong in ("0", "many"):
        with pytest.raises(ResightError, match="how many photos are looked at closely"):
            fused(wrong)
    assert fused("").best_photo_only
