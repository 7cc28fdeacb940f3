"""A training is judged by photos that it did not see."""

from dataclasses import replace

import numpy as np
import pytest

from resight.errors import ResightError
from resight.evaluate.run import Annotations
from resight.learn.honest import Gain, gain, parts, trial
from resight.match.comparable import Sides
from resight.match.open import cosine
from resight.types import Embeddings, Labels

ANIMALS, ENCOUNTERS, PHOTOS = 24, 3, 2


def herd() -> Labels:
    rows = [(a, e, p) for a in range(ANIMALS) for e in range(ENCOUNTERS) for p in range(PHOTOS)]
    named = Labels.named(np.array([f"animal {a:02}" for a, _, _ in rows]))
    return replace(named, encounter=np.array([f"{a} {e}" for a, e, _ in rows]))


def seen_by(noise: float, seed: int = 1) -> Annotations:
    labels = herd()
    who = np.unique(labels.individual, return_inverse=True)[1]
    own = np.random.default_rng(0).normal(size=(ANIMALS, 16))[who]
    drawn = own + noise * np.random.default_rng(seed).normal(size=own.shape)
    return Annotations(labels, Embeddings(drawn.astype(np.float32)), *[np.full(len(labels), "")] * 2)


def test_no_encounter_is_both_learned_and_asked_about() -> None:
    labels = herd()
    dealt = parts(labels, seed=3)
    assert not (dealt.learned & dealt.asked).any()
    assert set(labels.encounter[dealt.learned]).isdisjoint(labels.encounter[dealt.asked])
    learned = set(labels.individual[dealt.learned])
    assert set(labels.individual[dealt.asked & dealt.seen]) <= learned
    assert learned.isdisjoint(labels.individual[dealt.asked & ~dealt.seen])
    assert len(set(labels.individual[dealt.asked & ~dealt.seen])) == 6
    assert len(set(labels.individual[dealt.seen])) == 10


def test_photos_without_a_name_take_no_part() -> None:
    labels = herd()
    unnamed = replace(labels, individual=np.where(np.arange(len(labels)) < 6, "", labels.individual))
    dealt = parts(unnamed)
    assert not (dealt.learned | dealt.asked)[:6].any()


def test_what_is_better_is_told_from_what_is_not() -> None:
    labels, dealt = herd(), parts(herd())
    matcher = cosine("")
    good, poor = (seen_by(0.3), matcher), (seen_by(3.0), matcher)
    found = trial(labels, dealt, poor, good, Sides.APART)
    assert found.better
    assert found.everyone.photos == found.seen.photos + found.unseen.photos
    assert found.everyone.after > 0.9 > found.everyone.before + 0.3
    assert not trial(labels, dealt, good, poor, Sides.APART).better
    assert not trial(labels, dealt, good, (seen_by(0.3, seed=2), matcher), Sides.APART).better


def test_a_gain_on_one_animal_alone_proves_nothing() -> None:
    assert gain(np.zeros(3), np.ones(3), np.zeros(3, np.int64)).gain is not None
    one = gain(np.zeros(3), np.ones(3), np.zeros(3, np.int64))
    assert one.gain is not None and one.gain.low is None
    assert gain(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)) == Gain(0, 0.0, 0.0, None)


def test_too_few_animals_met_twice_are_told() -> None:
    few = herd().take(np.arange(7 * ENCOUNTERS * PHOTOS))
    with pytest.raises(ResightError, match="7 individuals were met in two encounters"):
        parts(few)
