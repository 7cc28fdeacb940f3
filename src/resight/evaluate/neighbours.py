"""What embeddings hold by themselves: names by a vote of the nearest, and how strange each annotation is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.types import Bools, Doubles, Floats, Strings

VOTERS = 100
NEIGHBOURHOOD = 20


@dataclass(frozen=True, slots=True)
class Vote:
    """How often the most frequent name among an annotation's nearest is its own.

    `accuracy` is over `n` annotations; `by_chance` is what always saying the most frequent name would reach.
    """

    n: int
    accuracy: float
    by_chance: float


def vote_of_neighbours(vectors: Floats, individuals: Strings, k: int = VOTERS, folds: int = 5, seed: int = 0) -> Vote:
    """Name each annotation by its k nearest of the other folds, Euclidean, each with one vote (Cover and Hart 1967).

    Vectors (n, d); annotations without a name ('') are left out, as are those whose individual has fewer annotations
    than there are folds. A fold that holds fewer than k asks all. ValueError where fewer than two individuals are left.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier

    names, counts = np.unique(individuals[individuals != ""], return_counts=True)
    enough = names[counts >= folds]
    if len(enough) < 2:
        raise ValueError(f"a vote needs two individuals with {folds} annotations each")
    rows = np.flatnonzero(np.isin(individuals, enough))
    asked, truth = vectors[rows], individuals[rows]
    fewest = len(rows) - int(np.ceil(len(rows) / folds))
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    said = cross_val_predict(KNeighborsClassifier(min(k, fewest)), asked, truth, cv=parts)
    most = np.unique(truth, return_counts=True)[1].max()
    return Vote(len(rows), float((said == truth).mean()), float(most / len(rows)))


def outlying(vectors: Floats, known: Bools, k: int = NEIGHBOURHOOD) -> Doubles:
    """How sparsely each annotation (n,) lies among the known ones, against how densely its neighbours do: 1 is usual.

    The Local Outlier Factor (Breunig et al. 2000) of every vector (n, d). A known one (`known`, (n,)) is held against
    the other known ones, any other against all the known: far above 1 speaks for an animal that is new, or for a
    picture that shows none. ValueError for fewer than three known ones.

    >>> row = np.arange(12, dtype=np.float32)[:, None]
    >>> outlying(np.vstack([row, [[40]]]), np.arange(13) < 12, k=3)[-1].round()
    np.float64(14.0)
    """
    from sklearn.neighbors import LocalOutlierFactor

    if known.sum() < 3:
        raise ValueError("how strange an annotation is can be told beside three known ones")
    model = LocalOutlierFactor(min(k, int(known.sum()) - 1), novelty=True).fit(vectors[known])
    factors = np.empty(len(vectors))
    factors[known] = -model.negative_outlier_factor_
    if not known.all():
        factors[~known] = -model.score_samples(vectors[~known])
    return factors
