"""Heads: all pairs as one matrix against each pair by hand, in torch, whichever vector comes first."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from torch import nn

from resight.errors import ResightError
from resight.learn.heads import Kind, Shared, even_of, frozen, spread_of, untrained
from resight.match import comparison
from resight.match.comparison import Even, Head, L1Head, NeuralHead, SharedHead, logits, weighted_l1
from resight.match.head import HeadGallery, head, head_bytes, read_head
from resight.match.low_rank import low_rank
from resight.method import open_method
from resight.types import Embeddings, Floats, Labels, LocalFeatures

KINDS = get_args(Kind)
D = 12


def drawn(n: int, seed: int = 0) -> Floats:
    return np.random.default_rng([seed, n]).normal(0.5, 1, (n, D)).astype(np.float32)


def module(kind: Kind, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    made = untrained(kind, D, 7)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn_like(parameter) / 2)
    return made


def trained(kind: Kind, seed: int = 0) -> tuple[nn.Module, Head]:
    made = module(kind, seed)
    even = even_of(drawn(40))
    return made, frozen(made, even, spread_of(even(drawn(2000))))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**16), q=st.integers(0, 9), g=st.integers(0, 9))
def test_all_pairs_at_once_are_as_each_by_torch(kind: Kind, seed: int, q: int, g: int) -> None:
    made, told = trained(kind, seed)
    ours, theirs = drawn(q, seed), drawn(g, seed + 1)
    answers = logits(told, ours, theirs)
    assert answers.shape == (q, g)
    one, other = (torch.from_numpy(told.even(rows)) for rows in (np.repeat(ours, g, axis=0), np.tile(theirs, (q, 1))))
    with torch.no_grad():
        expected = made(one, other).numpy().reshape(q, g)
    np.testing.assert_allclose(answers, expected, atol=2e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_neither_vector_comes_first(kind: Kind) -> None:
    told = trained(kind)[1]
    ours, theirs = drawn(6), drawn(5, 1)
    np.testing.assert_allclose(logits(told, ours, theirs), logits(told, theirs, ours).T, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_and_tiles_change_nothing(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    told = trained(kind)[1]
    whole = logits(told, drawn(11), drawn(7, 1))
    monkeypatch.setattr(comparison, "BLOCK", 20)
    monkeypatch.setattr(comparison, "TILE", 3)
    np.testing.assert_allclose(logits(told, drawn(11), drawn(7, 1)), whole, atol=1e-5)


def test_the_comparator_of_512_features_learns_706_numbers() -> None:
    made = Shared(512)
    counts = [sum(p.numel() for p in part.parameters()) for part in (made.hidden, made.inner, made.output)]
    assert counts[0] + counts[1] == 193
    assert sum(counts) == 706


def test_weights_of_either_sign() -> None:
    weights = np.array([2, -1, 0], np.float32)
    apart = weighted_l1(np.array([[1, 1, 1]], np.float32), np.array([[0, 4, 9]], np.float32), weights)
    assert apart.tolist() == [[2 - 3]]


def test_even_numbers_have_mean_0_and_deviation_1_and_one_that_never_changes_says_nothing() -> None:
    vectors = np.concatenate([drawn(50), np.full((50, 1), 7, np.float32)], axis=1)
    made = even_of(vectors)(vectors)
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(made.std(axis=0), [1] * D + [0], atol=1e-4)


def test_low_rank_comes_nearer_with_every_rank_and_orders_alike() -> None:
    told = trained("shared", 3)[1]
    assert isinstance(told, SharedHead)
    ours, theirs = drawn(20, 5), drawn(60, 6)
    exact = logits(told, ours, theirs)
    errors = []
    for rank in (1, 3, 8, 24):
        low = low_rank(told, rank)
        errors.append(np.abs(low.logits(ours, low.longer(theirs)) - exact).mean())
    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert errors[3] < 0.02 * exact.std()
    assert spearmanr(low.logits(ours, low.longer(theirs)).ravel(), exact.ravel()).statistic > 0.999


def test_a_map_of_products_alone_has_rank_2_and_is_exact() -> None:
    """relu(xy) - relu(-xy) = xy, of rank 1."""
    hidden = np.array([[0, 1, 0, 0], [0, -1, 0, 0]], np.float32)
    weights, grid = np.array([1, -2, 0.5], np.float32), np.linspace(-3, 3, 61, dtype=np.float32)
    even = Even(np.zeros(3, np.float32), np.ones(3, np.float32))
    told = SharedHead(even, hidden, np.zeros(2, np.float32), np.array([1, -1], np.float32), 0, weights, 4, grid)
    rows = np.array([[1, 2, -1], [0.5, -2.2, 0]], np.float32)
    low = low_rank(told, 2)
    np.testing.assert_allclose(low.logits(rows, low.longer(rows)), (rows * weights) @ rows.T + 4, atol=1e-4)
    # Beyond the grid's ends values stay.
    np.testing.assert_allclose(low.longer(rows * 100), low.longer(np.sign(rows) * 3), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gallery_gives_the_logistic_and_nothing_where_not_allowed(kind: Kind) -> None:
    told = trained(kind)[1]
    allowed = np.random.default_rng(0).random((4, 9)) < 0.6
    gallery = HeadGallery(told, Embeddings(drawn(9)), exact=True)
    scores = gallery.scores(Embeddings(drawn(4)), allowed)
    assert (scores[~allowed] == 0).all()
    np.testing.assert_allclose(
        scores[allowed], 1 / (1 + np.exp(-logits(told, drawn(4), drawn(9))[allowed])), rtol=1e-4, atol=1e-6
    )
    assert len(gallery) == 9
    assert len(gallery.evidence(Embeddings(drawn(1)), 0, np.ones(9, np.bool_))) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_is_read_as_it_was_written(kind: Kind, tmp_path: Path) -> None:
    told = trained(kind)[1]
    path = tmp_path / "head.npz"
    path.write_bytes(head_bytes(told))
    read = read_head(path)
    assert isinstance(read, (NeuralHead, L1Head, SharedHead))
    assert type(read) is type(told)
    assert np.array_equal(logits(read, drawn(3), drawn(4)), logits(told, drawn(3), drawn(4)))
    assert head_bytes(read) == path.read_bytes()


def test_a_method_names_the_head_that_compares(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(head_bytes(trained("shared")[1]))
    method = open_method(f"thumbnail@head:{path}")
    assert method.matcher.best_photo_only
    assert method.matcher.name.startswith("head-")
    assert open_method(f"thumbnail@head:{path},exact").matcher.name == f"{method.matcher.name}-exact"
    # Of other weights another name, for calibrations are kept under it.
    path.write_bytes(head_bytes(trained("shared", 1)[1]))
    assert head(str(path)).name != method.matcher.name


def test_what_is_no_head_is_named(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    for content in (b"no numbers", b""):
        path.write_bytes(content)
        with pytest.raises(ResightError, match=r"head.npz holds no trained head"):
            head(str(path))
    np.savez(path, kind=np.array("chi2"), weights=np.ones(4))
    with pytest.raises(ResightError, match="holds no trained head"):
        head(str(path))
    broken = trained("l1")[1]
    assert isinstance(broken, L1Head)
    path.write_bytes(head_bytes(L1Head(broken.even, broken.weights * np.nan, 0)))
    with pytest.raises(ResightError, match="not finite"):
        head(str(path))
    for argument, told in (("", "nothing stands after the colon"), (str(tmp_path / "none.npz"), "no file")):
        with pytest.raises(ResightError, match=told):
            head(argument)


def test_vectors_of_another_length_or_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(head_bytes(trained("l1")[1]))
    matcher = head(str(path))
    with pytest.raises(ResightError, match="12 numbers, and the model gives 3"):
        matcher.gallery(Embeddings(np.ones((2, 3), np.float32)), Labels.named(np.array(["", ""])))
    nothing = np.zeros((0, 2), np.float32)
    spots = LocalFeatures(
        np.zeros(2, np.int64), np.ones((1, 2), np.float32), nothing, nothing[:, 0], nothing[:, 0],
        np.zeros((0, 128), np.uint8),
    )  # fmt: skip
    with pytest.raises(ResightError, match="compares whole vectors"):
        matcher.gallery(spots, Labels.named(np.array([""])))
