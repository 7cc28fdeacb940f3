"""Accuracies are shares of pairs, one by one; advice keeps the dangerous error rare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from resight.evaluate.pairs import embedding_pairs
from resight.evaluate.thresholds import THRESHOLDS, Danger, accuracies, accuracies_of, advise
from resight.types import Doubles, Strings


def spread(seed: int, n: int = 60, apart: float = 1.5) -> tuple[Doubles, Strings]:
    rng = np.random.default_rng(seed)
    whose = rng.integers(0, 8, n)
    vectors = rng.normal(0, apart, (8, 3))[whose] + rng.normal(0, 0.5, (n, 3))
    return vectors, np.array([f"a{animal}" for animal in whose])


@given(st.integers(0, 10_000))
def test_they_are_what_counting_pairs_one_by_one_gives(seed: int) -> None:
    vectors, whose = spread(seed, 25)
    of = accuracies(vectors, whose)
    first, second = np.triu_indices(len(vectors), k=1)
    distances = cdist(vectors, vectors)[first, second]
    same = whose[first] == whose[second]
    for threshold, alike, different in zip(THRESHOLDS, of.same, of.different, strict=True):
        assert alike == pytest.approx(np.mean(distances[same] <= threshold))
        assert different == pytest.approx(np.mean(distances[~same] > threshold))


def test_the_thresholds_are_the_papers_and_the_mean_is_of_both() -> None:
    assert (len(THRESHOLDS), THRESHOLDS[0], THRESHOLDS[-1]) == (27, 0.3, 2.9)
    of = accuracies(*spread(1))
    assert of.mean[of.best] == max((of.same + of.different) / 2)
    assert (np.diff(of.same) >= 0).all()
    assert (np.diff(of.different) <= 0).all()


def test_distances_that_are_whole_tenths_belong_to_their_threshold() -> None:
    vectors = np.array([[0.0], [0.3], [5.0], [5.7]])
    of = accuracies(vectors, np.array(["a", "a", "b", "b"]))
    assert of.same.tolist() == [0.5] * 4 + [1.0] * 23


@pytest.mark.parametrize("danger", Danger)
def test_advice_keeps_the_dangerous_error_rare_and_the_other_as_rare_as_can_be(danger: Danger) -> None:
    curve = embedding_pairs(*spread(2))
    advice = advise(curve, danger, at_most=0.05)
    positives, negatives = curve.fpr, 1 - curve.tpr
    rare, other = (positives, negatives) if danger is Danger.FALSE_POSITIVES else (negatives, positives)
    told = (advice.false_positives, advice.false_negatives)
    kept, paid = told if danger is Danger.FALSE_POSITIVES else told[::-1]
    assert kept <= 0.05
    assert paid == other[rare <= 0.05].min()


def test_the_two_dangers_pull_apart_and_are_put_into_words() -> None:
    curve = embedding_pairs(*spread(3, apart=0.8))
    strict, loose = (advise(curve, danger) for danger in Danger)
    assert strict.distance < loose.distance
    assert f"{curve.n_different:,} pairs of different animals {strict.false_positives:.1%} are taken" in strict.sentence
    assert loose.sentence.index("one animal") < loose.sentence.index("different animals")
    assert "No threshold" not in strict.sentence + loose.sentence


def test_it_says_where_no_threshold_is_strict_enough() -> None:
    curve = embedding_pairs(np.zeros((4, 1)), np.array(["a", "a", "b", "b"]))
    advice = advise(curve, Danger.FALSE_POSITIVES)
    assert advice.false_positives == 1.0
    assert advice.sentence.endswith("No threshold keeps the first at 1.0% or less.")


def test_what_cannot_be_counted_is_said() -> None:
    vectors, whose = spread(4)
    with pytest.raises(ValueError, match="not counted at these distances"):
        accuracies_of(embedding_pairs(vectors, whose))
    with pytest.raises(ValueError, match="no two comparable photos show one individual"):
        accuracies(vectors[:3], np.array(["a", "b", "c"]))
    with pytest.raises(ValueError, match="no two comparable"):
        advise(embedding_pairs(vectors[:3], np.array(["a", "b", "c"])), Danger.FALSE_POSITIVES)
