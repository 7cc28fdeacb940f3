"""The losses over a batch are what their formulas say, pair by pair."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resight.learn.losses import losses, pair_loss
from resight.learn.recipe import Training

CPU = torch.device("cpu")


@given(st.integers(0, 10_000), st.floats(0.5, 4))
def test_pairs_cost_what_hadsell_chopra_and_lecun_say(seed: int, margin: float) -> None:
    rng = np.random.default_rng(seed)
    vectors, labels = rng.normal(0, 1, (9, 4)), rng.integers(0, 3, 9)
    same, different = [], []
    for i in range(9):
        for j in range(i):
            apart = float(np.linalg.norm(vectors[i] - vectors[j]))
            if labels[i] == labels[j]:
                same.append(apart**2)
            else:
                different.append(max(0.0, margin - apart) ** 2)
    expected = (np.mean(same or [0]) + np.mean(different or [0])) / 2
    found = pair_loss(torch.from_numpy(vectors), torch.from_numpy(labels), margin)
    assert float(found) == pytest.approx(expected)


def test_equal_pictures_of_different_animals_have_a_finite_slope() -> None:
    vectors = torch.zeros(4, 3, requires_grad=True)
    pair_loss(vectors, torch.tensor([0, 0, 1, 1]), 2.0).backward()  # type: ignore[no-untyped-call]
    assert vectors.grad is not None
    assert torch.isfinite(vectors.grad).all()


def test_different_animals_beyond_the_margin_cost_nothing_and_lengths_count() -> None:
    vectors, labels = torch.tensor([[0.0, 0.0], [0.0, 3.0]]), torch.tensor([0, 1])
    assert float(pair_loss(vectors, labels, 2.0)) == 0
    assert float(pair_loss(vectors / 3, labels, 2.0)) == pytest.approx(0.5)


def test_hard_and_semihard_triplets_part_those_that_break_the_margin() -> None:
    vectors = torch.nn.functional.normalize(torch.randn(24, 8, generator=torch.Generator().manual_seed(0)))
    labels = torch.arange(6).repeat_interleave(4)
    mined = {}
    for kind in ("all", "hard", "semihard"):
        how = Training(triplet=1, arcface=0, contrastive=0, triplets=kind, margin=0.4)
        found = losses(how, 6, 8, CPU).miner(vectors, labels)
        mined[kind] = {tuple(one) for one in torch.stack(found, dim=1).tolist()}
    assert mined["hard"]
    assert mined["semihard"]
    assert mined["hard"] | mined["semihard"] == mined["all"]
    assert not mined["hard"] & mined["semihard"]


def test_only_a_softmax_has_a_classifier_and_it_is_learned() -> None:
    assert losses(Training(), 5, 8, CPU).classifier is None
    found = losses(Training(arcface=0, contrastive=0, softmax=2.0), 5, 8, CPU)
    vectors, labels = torch.randn(6, 8), torch.tensor([0, 1, 2, 3, 4, 0])
    loss = found(vectors, labels)
    assert found.classifier is not None
    logits = found.classifier(vectors).detach()
    chance = torch.softmax(logits, dim=1)[torch.arange(6), labels]
    assert float(loss.detach()) == pytest.approx(2 * float(-chance.log().mean()), rel=1e-5)
    loss.backward()  # type: ignore[no-untyped-call]
    assert found.classifier.weight.grad is not None
