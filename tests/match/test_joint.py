"""Descriptors of several kinds weighed by what the named photos teach."""

from collections.abc import Callable

import numpy as np
import pytest

from resight.errors import ResightError
from resight.match.joint import (
    USUAL_SPOTS,
    USUAL_VECTORS,
    Weights,
    ground_of,
    joint,
    joint_gallery,
    learned,
    taught,
)
from resight.match.open import matcher_for
from resight.types import Bools, Embeddings, Floats, Labels, LocalFeatures, Together

Make = Callable[..., LocalFeatures]
HERD = 16


def vectors(seed: int, noise: float, animals: int = HERD) -> Embeddings:
    own = np.tile(np.random.default_rng(0).normal(size=(animals, 24)), (2, 1))
    return Embeddings((own + noise * np.random.default_rng(seed).normal(size=own.shape)).astype(np.float32))


def twice(encounters: bool = True) -> Labels:
    """Each animal twice, in two encounters, or in one."""
    named = Labels.named(np.array([f"animal {row % HERD}" for row in range(2 * HERD)]))
    met = [f"{row % HERD} {row // HERD if encounters else 0}" for row in range(2 * HERD)]
    return Labels(named.individual, named.side, named.part, np.array(met), named.photo)


def described(animals: Make, view: Make, noise: float) -> Together:
    herd = animals(HERD)
    return Together((LocalFeatures.joined([herd, view(herd, 1)]), vectors(1, noise)))


def drawn(queries: int, informed: float, seed: int) -> tuple[Floats, Bools, Bools]:
    """Cosines of queries with 40 photos, the first of which is of their own animal, and is that much more alike."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0.3, 0.1, (queries, 40))
    scores[:, 0] += informed
    same = np.zeros(scores.shape, np.bool_)
    same[:, 0] = True
    return scores.astype(np.float32), np.ones(scores.shape, np.bool_), same


def test_what_tells_animals_apart_counts_more_than_what_does_not() -> None:
    good, allowed, same = drawn(200, 0.3, 1)
    bad, _, _ = drawn(200, 0.0, 2)
    usual = Weights([USUAL_VECTORS, USUAL_VECTORS], [0, 0], 0)
    found = learned([good, bad], [False, False], allowed, same, usual)
    assert found.taught == 200
    # Normal scores a spread of 0.1 wide and 0.3 apart: the logarithm of their odds rises by 0.3 / 0.1 ** 2 each 1.
    assert found.weights[0] == pytest.approx(30, rel=0.35)
    assert found.weights[1] < 3


def test_weights_are_learned_from_other_encounters_alone(animals: Make, view: Make) -> None:
    some, told = described(animals, view, 0.4), []
    parts = [matcher_for(part).gallery(part, twice()) for part in some.parts]
    found = taught(parts, some, twice(), lambda done, total: told.append((done, total)))
    assert found.taught == 2 * HERD
    assert told == [(2 * HERD, 2 * HERD)]
    burst = taught(parts, some, twice(encounters=False))
    assert burst.taught == 0
    assert burst.weights == [USUAL_SPOTS, USUAL_VECTORS]


@pytest.mark.parametrize("noise", [0.2, 9.0])
def test_every_animal_is_most_like_itself_also_beside_vectors_that_know_nothing(
    animals: Make, view: Make, noise: float
) -> None:
    gallery = joint_gallery(described(animals, view, noise), twice())
    asked = Together((view(animals(HERD), 2), vectors(2, noise).take(range(HERD))))
    scores = gallery.scores(asked, np.ones((HERD, 2 * HERD), np.bool_))
    assert (scores.argmax(axis=1) % HERD == np.arange(HERD)).mean() > 0.9


def test_a_stranger_that_was_never_compared_is_no_measure() -> None:
    scores = np.array([[0.0, 0.0, 0.0, 0.2, 0.4, 9.0]], np.float32)
    assert ground_of(scores, np.array([[True] * 5 + [False]])) == pytest.approx(0.3)
    assert ground_of(scores, np.zeros((1, 6), np.bool_)) == 1e-3


def test_the_spots_are_the_evidence(animals: Make, view: Make) -> None:
    gallery = joint_gallery(described(animals, view, 0.3), twice())
    asked = Together((view(animals(HERD), 2), vectors(2, 0.3).take(range(HERD))))
    assert len(gallery.evidence(asked.take([3]), 3, np.ones(2 * HERD, np.bool_))) > 5


def test_one_kind_alone_is_refused(animals: Make) -> None:
    with pytest.raises(ResightError, match="several"):
        joint("").gallery(animals(2), Labels.named(np.array(["", ""])))
    with pytest.raises(ResightError, match="takes nothing"):
        joint("3")
