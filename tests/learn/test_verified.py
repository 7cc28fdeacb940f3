"""A training is judged by the hardest pairs that there are."""

import numpy as np

from resight.learn.verified import verified

FLANK = np.array(["a", "a", "b", "b"])
VECTORS = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.6, -0.8]], np.float32)


def test_across_encounters_where_animals_were_met_twice() -> None:
    found = verified(VECTORS, FLANK, np.array(["1", "2", "1", "2"]))
    assert found.judged is found.across is not None
    assert found.across.n_same == 2
    assert found.across.n_different == 2


def test_within_where_animals_met_once_were_met_together() -> None:
    found = verified(VECTORS, FLANK, np.array(["1", "1", "1", "1"]))
    assert found.across is None
    assert found.judged is found.within is not None
    assert found.within.n_different == 4


def test_all_pairs_where_each_was_met_once_and_alone() -> None:
    found = verified(VECTORS, FLANK, np.array(["1", "1", "2", "2"]))
    assert found.across is found.within is None
    assert found.all is not None
    assert (found.all.n_same, found.all.n_different) == (2, 4)
    assert 0 < found.auc < 1


def test_the_mean_tpr_is_between_the_strictest_and_the_loosest() -> None:
    rng = np.random.default_rng(3)
    flank = np.repeat(np.arange(20), 10).astype(np.str_)
    vectors = rng.normal(size=(20, 8))[np.repeat(np.arange(20), 10)] + 0.7 * rng.normal(size=(200, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    found = verified(vectors, flank, np.tile(np.array(["1", "2"]), 100))
    assert found.judged is not None
    assert found.judged.tpr_at_fpr(0.003) < found.mean_tpr < found.judged.tpr_at_fpr(0.03)
    assert abs(found.mean_tpr - found.tpr) < 0.2


def test_one_animal_alone_cannot_be_judged() -> None:
    found = verified(VECTORS, np.array(["a"] * 4), np.array(["1"] * 4))
    assert (found.judged, found.tpr, found.auc) == (None, 0.0, 0.5)


def test_vectors_of_any_length_are_judged_by_their_distances() -> None:
    short_and_long = np.array([[1, 0], [1.2, 0], [9, 0], [9.3, 0]], np.float32)
    by_distance = verified(short_and_long, FLANK, np.array(["1"] * 4), unit=False)
    assert by_distance.auc == 1
    unit = short_and_long / np.linalg.norm(short_and_long, axis=1, keepdims=True)
    assert verified(unit, FLANK, np.array(["1"] * 4)).auc == 0.5
