"""Bootstrap intervals of pair measures: against explicit resampling, and on what cannot be measured."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from resight.evaluate import pair_bins
from resight.evaluate.bootstrap import draw
from resight.evaluate.pair_bins import bin_embedding_pairs, bin_matrix_pairs
from resight.evaluate.pair_bootstrap import estimate_pairs
from resight.evaluate.pairs import embedding_pairs, matrix_pairs
from resight.evaluate.result import Estimate, Missing
from resight.types import Doubles, Strings


def animals(n: int, k: int, seed: int) -> tuple[Doubles, Strings]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, 8))
    spread = rng.gamma(3, 0.3, size=(k, 1))
    who = rng.integers(0, k, n)
    return centres[who] + spread[who] * rng.normal(size=(n, 8)), who.astype(np.str_)


def test_bins_hold_every_pair_once_whether_pooled_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, individuals = animals(300, 40, 1)
    individuals[:5] = ""
    roc = embedding_pairs(vectors, individuals)
    for pools in (128, 7):
        monkeypatch.setattr(pair_bins, "POOLS", pools)
        bins = bin_embedding_pairs(vectors, individuals, roc, seed=0)
        assert len(bins.same) == min(pools, 40)
        assert (bins.same.sum(), bins.different.sum()) == (roc.n_same, roc.n_different)
        scores = -np.linalg.norm(vectors[:, None] - vectors, axis=2)
        allowed = np.triu(np.ones((300, 300), bool), k=1) & (individuals[:, None] != "")
        matrix_roc = matrix_pairs(scores, individuals, individuals, allowed)
        by_matrix = bin_matrix_pairs(scores, individuals, individuals, allowed, matrix_roc, seed=0)
        assert (by_matrix.same.sum(), by_matrix.different.sum()) == (roc.n_same, roc.n_different)


@pytest.mark.parametrize("n_pools", [128, 7])
def test_intervals_agree_with_resampling_pair_by_pair(monkeypatch: pytest.MonkeyPatch, n_pools: int) -> None:
    monkeypatch.setattr(pair_bins, "POOLS", n_pools)
    vectors, individuals = animals(160, 20, 2)
    roc = embedding_pairs(vectors, individuals)
    figures = estimate_pairs(roc, bin_embedding_pairs(vectors, individuals, roc, seed=0), seed=0, resamples=200)
    first, second = np.triu_indices(160, 1)
    same = individuals[first] == individuals[second]
    scores = -np.linalg.norm(vectors[first] - vectors[second], axis=1)
    pool = (np.random.default_rng(0).permutation(20) % n_pools)[np.unique(individuals, return_inverse=True)[1]]
    aucs, errors = [], []
    order = np.argsort(-scores)
    for weight in draw(int(pool.max()) + 1, 200, np.random.default_rng(0)):
        once = weight[pool[first]]
        weights = np.where(pool[first] == pool[second], once, once * weight[pool[second]])
        aucs.append(roc_auc_score(same, scores, sample_weight=weights))
        missed = 1 - np.cumsum((weights * same)[order]) / (weights * same).sum()
        let_in = np.cumsum((weights * ~same)[order]) / (weights * ~same).sum()
        errors.append(let_in[np.argmax(let_in >= missed)])
    for figure, drawn_values in ((figures.auc, aucs), (figures.eer, errors)):
        assert isinstance(figure, Estimate)
        assert figure.low is not None
        assert figure.high is not None
        low, high = np.quantile(drawn_values, (0.025, 0.975))
        assert figure.low == pytest.approx(low, abs=0.02 * (high - low))
        assert figure.high == pytest.approx(high, abs=0.02 * (high - low))
        assert figure.low <= figure.value <= figure.high


def test_values_are_the_exact_ones_and_the_seed_decides() -> None:
    vectors, individuals = animals(200, 30, 4)
    roc = embedding_pairs(vectors, individuals)
    bins = bin_embedding_pairs(vectors, individuals, roc, seed=0)
    figures = estimate_pairs(roc, bins, seed=7, resamples=50)
    assert isinstance(figures.tpr_at_fpr_1pct, Estimate)
    assert figures.tpr_at_fpr_1pct.value == roc.tpr_at_fpr(0.01)
    assert figures == estimate_pairs(roc, bins, seed=7, resamples=50)
    assert figures != estimate_pairs(roc, bins, seed=8, resamples=50)


def test_what_cannot_be_measured_says_why() -> None:
    lonely = np.array(["Ada", "Bea", "Cleo"])
    roc = embedding_pairs(np.eye(3), lonely)
    figures = estimate_pairs(roc, bin_embedding_pairs(np.eye(3), lonely, roc, seed=0), seed=0)
    assert figures.auc == Missing("no two comparable photos show one individual")
    query, gallery = np.array(["Ada", "Ada"]), np.array(["Ada", "Bea"])
    scores = np.array([[0.9, 0.1], [0.3, 0.4]])
    few = matrix_pairs(scores, query, gallery)
    figures = estimate_pairs(few, bin_matrix_pairs(scores, query, gallery, None, few, seed=0), seed=0)
    assert isinstance(figures.auc, Estimate)
    assert figures.auc.value == 0.75
    nobody = np.array([""])
    empty = matrix_pairs(np.ones((1, 1)), nobody, nobody)
    bins = bin_matrix_pairs(np.ones((1, 1)), nobody, nobody, None, empty, seed=0)
    assert isinstance(estimate_pairs(empty, bins, seed=0).eer, Missing)
    no_names = embedding_pairs(np.ones((1, 2)), nobody)
    assert len(bin_embedding_pairs(np.ones((1, 2)), nobody, no_names, seed=0).same) == 1
