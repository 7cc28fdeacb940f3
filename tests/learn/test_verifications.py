"""What the chi-squared similarity learns: which features tell animals apart, on pairs of different encounters."""

from pathlib import Path

import numpy as np
import pytest

from resight.errors import ResightError
from resight.evaluate.pairs import matrix_pairs
from resight.learn.verifications import fit_chi2, write_chi2
from resight.match.chi2 import Chi2, margins, read_chi2
from resight.types import Floats, Strings

MARKED, BLIND = 6, 10


def herd(animals: int, photos: int, seed: int) -> tuple[Floats, Strings, Strings]:
    """Six numbers that are the animal's, ten that change with every photo; each photo an encounter."""
    rng = np.random.default_rng(seed)
    marks = np.repeat(np.abs(rng.normal(1, 0.5, (animals, MARKED))), photos, axis=0)
    vectors = np.concatenate(
        [marks + rng.normal(0, 0.1, marks.shape), np.abs(rng.normal(2, 1.5, (len(marks), BLIND)))], axis=1
    )
    who = np.repeat([f"animal {i}" for i in range(animals)], photos)
    return vectors.astype(np.float32), who, np.array([f"day {i}" for i in range(len(who))])


def auc(fitted: Chi2, vectors: Floats, who: Strings) -> float:
    scores = margins(fitted, vectors, vectors)
    return matrix_pairs(scores, who, who, np.triu(np.ones(scores.shape, np.bool_), k=1)).auc()


def test_weights_go_to_the_features_that_tell_animals_apart() -> None:
    fitted = fit_chi2(*herd(40, 4, 0), seed=0)
    weights = fitted.weights[: MARKED + BLIND]
    assert weights[:MARKED].min() > 3 * np.abs(weights[MARKED:]).max()
    assert np.abs(fitted.weights[MARKED + BLIND :]).max() < 0.1 * weights.max()  # their negative parts
    vectors, who, _ = herd(30, 4, 1)
    plain = Chi2(np.ones_like(fitted.weights), 0)
    assert auc(fitted, vectors, who) > 0.95 > auc(plain, vectors, who) + 0.1


def test_the_margin_parts_pairs_of_one_animal_from_pairs_of_two() -> None:
    vectors, who, met = herd(40, 4, 0)
    found = margins(fit_chi2(vectors, who, met, 0), vectors, vectors)
    same = who[:, None] == who
    assert (found[same] > 0).mean() > 0.9
    assert (found[~same] < 0).mean() > 0.7


def test_the_length_of_vectors_changes_nothing() -> None:
    vectors, who, met = herd(20, 3, 2)
    one, other = fit_chi2(vectors, who, met, 0), fit_chi2(vectors * 50, who, met, 0)
    np.testing.assert_allclose(margins(one, vectors, vectors), margins(other, vectors * 50, vectors * 50), atol=0.02)


def test_pairs_of_one_encounter_teach_nothing() -> None:
    """Ten numbers are an encounter's, as its light or its place might be; only across them the animal shows."""
    vectors, who, _ = herd(60, 4, 3)
    met = np.array([f"{name} {i % 4 // 2}" for i, name in enumerate(who)])
    vectors[1::2, MARKED:] = vectors[::2, MARKED:]
    across, all_pairs = fit_chi2(vectors, who, met, 0), fit_chi2(vectors, who, np.full(len(who), ""), 0)
    ratio = [one.weights[MARKED : MARKED + BLIND].mean() / one.weights[:MARKED].mean() for one in (across, all_pairs)]
    assert abs(ratio[0]) < 0.1 < ratio[1]


def test_photos_of_nobody_take_no_part() -> None:
    vectors, who, met = herd(12, 3, 4)
    more = np.concatenate([vectors, 9 * vectors[::-1]])
    nobody, again = np.concatenate([who, np.full(len(who), "")]), np.concatenate([met, met])
    assert np.array_equal(fit_chi2(more, nobody, again, 0).weights, fit_chi2(vectors, who, met, 0).weights)


@pytest.mark.parametrize("who", [["a", "a", "a"], ["a", "b", "c"], ["", "", ""]])
def test_too_little_to_learn_from(who: list[str]) -> None:
    with pytest.raises(ResightError, match="two animals or more"):
        fit_chi2(np.ones((3, 2), np.float32), np.array(who), np.array(["", "", ""]), 0)


def test_it_is_kept_in_a_file(tmp_path: Path) -> None:
    fitted = fit_chi2(*herd(8, 3, 0), seed=0)
    write_chi2(fitted, tmp_path / "chi2.npz")
    assert np.array_equal(read_chi2(tmp_path / "chi2.npz").weights, fitted.weights)
    with pytest.raises(ResightError, match="could not be written"):
        write_chi2(fitted, tmp_path / "none" / "chi2.npz")
