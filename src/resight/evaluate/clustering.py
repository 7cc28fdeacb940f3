"""Clustering measures: how well groups made without names agree with the individuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix

from resight.types import Ints, Strings


@dataclass(frozen=True, slots=True)
class Clustering:
    """Agreement of n annotations' clusters with their individuals.

    `ari` and `ami` are 1 for perfect and about 0 for random groups. `pairwise_f` is the harmonic mean of
    the share of pairs put together that are one individual, and the share of one individual's pairs put
    together. `count_error` is the number of clusters less the number of individuals.
    """

    n: int
    ari: float
    ami: float
    pairwise_f: float
    count_error: int


def clustering(individuals: Strings, clusters: Ints) -> Clustering:
    """Compare clusters (n,) with individuals (n,); annotations without a name ('') are left out.

    Hubert and Arabie, 1985 (ARI); Vinh, Epps and Bailey, 2010 (AMI). Pairwise F is 1 where neither side puts
    any two together. ValueError where no annotation has a name.

    >>> clustering(np.array(["Ada", "Ada", "Bea"]), np.array([0, 0, 1])).pairwise_f
    1.0
    """
    if individuals.shape != clusters.shape or individuals.ndim != 1:
        raise ValueError("individuals and clusters need one entry for each annotation")
    named = individuals != ""
    truth, found = individuals[named], clusters[named]
    if not len(truth):
        raise ValueError("no annotation has a name to compare its cluster with")
    table = contingency_matrix(truth, found, sparse=True)
    together = _pairs(table.data)
    in_truth, in_found = _pairs(np.asarray(table.sum(axis=1))), _pairs(np.asarray(table.sum(axis=0)))
    return Clustering(
        n=len(truth),
        ari=float(adjusted_rand_score(truth, found)),
        ami=float(adjusted_mutual_info_score(truth, found)),
        pairwise_f=2 * together / (in_truth + in_found) if in_truth + in_found else 1.0,
        count_error=table.shape[1] - table.shape[0],
    )


def _pairs(sizes: Ints) -> int:
    return int((sizes.astype(np.int64) * (sizes.astype(np.int64) - 1) // 2).sum())
