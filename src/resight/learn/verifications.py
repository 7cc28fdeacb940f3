"""What DeepFace's weighted chi-squared similarity learns from named vectors (Taigman et al. 2014, section 4.1).

Of the paper's other two verifications the inner product has nothing to learn, and is the matcher `cosine`; the siamese
absolute difference is the head `l1` of `learn.train_head`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from resight.errors import ResightError
from resight.match.chi2 import Chi2, chi2_bytes, non_negative, terms
from resight.types import Bools, Floats, Ints, Strings

MOST = 3_000  # pairs of one animal, and as many of two
SOFT = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3)  # values of the machine's C to choose from; the least is nearly plain chi-squared
TRIED = 1 / 3  # of the individuals, on whom they are compared


def fit_chi2(vectors: Floats, individuals: Strings, encounters: Strings, seed: int) -> Chi2:
    """The weights that part pairs of one animal from pairs of two best, by a linear support vector machine.

    `vectors` (n, d); `individuals` (n,), '' for nobody's, which take no part; `encounters` (n,), '' where not known.
    Pairs of one animal come from different encounters; of them and of the others, which are drawn at random, at most
    3,000 each. How freely the weights may differ, the machine's C, is what does best on a third of the individuals when
    learned from the others, by the area under the ROC curve. ResightError where there is no pair of one animal, or
    only one animal.
    """
    named = individuals != ""
    features, individuals, encounters = non_negative(vectors[named]), individuals[named], encounters[named]
    rng = np.random.default_rng(seed)
    pairs, same = _pairs(individuals, encounters, rng)
    if not same.any() or same.all():
        raise ResightError(
            "weights are learned from two animals or more, one of which was met twice: name more photos, or leave the "
            "encounters out of the table"
        )
    apart = terms(features[pairs[:, 0]], features[pairs[:, 1]])
    names = np.unique(individuals)
    tried = np.isin(individuals, rng.permutation(names)[: round(TRIED * len(names))])[pairs]
    fit, test = ~tried.any(axis=1), tried.all(axis=1)
    softness = SOFT[len(SOFT) // 2]
    if all(0 < same[part].mean() < 1 for part in (fit, test) if part.any()) and fit.any() and test.any():
        softness = max(SOFT, key=lambda soft: _auc(_machine(apart[fit], same[fit], soft), apart[test], same[test]))
    return _machine(apart, same, softness)


def write_chi2(fitted: Chi2, path: Path) -> None:
    """Write the file that `chi2:FILE.npz` names; ResightError where it cannot be written."""
    try:
        path.write_bytes(chi2_bytes(fitted))
    except OSError as error:
        raise ResightError(f"{path} could not be written ({error.strerror})") from error


def _machine(apart: Floats, same: Bools, softness: float) -> Chi2:
    """The machine's division of pairs by their terms (p, 2 d)."""
    # As if a term came to 1 in the mean, however long the vectors are; about their means, for the machine draws its
    # offset towards 0 as it does the weights.
    scale, means = 1 / max(float(apart[:, apart.any(axis=0)].mean()), 1e-12), apart.mean(axis=0)
    machine = LinearSVC(C=softness, random_state=0).fit((apart - means) * np.float32(scale), same)
    weights = -machine.coef_[0] * scale
    return Chi2(weights.astype(np.float32), float(machine.intercept_[0] + weights @ means))


def _auc(fitted: Chi2, apart: Floats, same: Bools) -> float:
    return float(roc_auc_score(same, -(apart @ fitted.weights)))


def _pairs(individuals: Strings, encounters: Strings, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Rows (p, 2) of the pairs to learn from, and which of them are of one animal (p,)."""
    same = np.array(list(_same(individuals, encounters)), np.int64).reshape(-1, 2)
    same = rng.permutation(same)[:MOST]
    different = _different(individuals, len(same), rng) if len(np.unique(individuals)) > 1 else same[:0]
    return np.concatenate([same, different]), np.arange(len(same) + len(different)) < len(same)


def _same(individuals: Strings, encounters: Strings) -> Iterator[tuple[int, int]]:
    for name in np.unique(individuals):
        for one, other in combinations(np.flatnonzero(individuals == name).tolist(), 2):
            if encounters[one] != encounters[other] or not encounters[one]:
                yield one, other


def _different(individuals: Strings, count: int, rng: np.random.Generator) -> Ints:
    drawn = np.zeros((0, 2), np.int64)
    while len(drawn) < count:
        more = rng.integers(0, len(individuals), (2 * count + 8, 2))
        drawn = np.concatenate([drawn, more[individuals[more[:, 0]] != individuals[more[:, 1]]]])
    return drawn[:count]
