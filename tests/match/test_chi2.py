"""The weighted chi-squared similarity, against its formula pair by pair."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.match import chi2 as module
from resight.match.chi2 import Chi2, Chi2Gallery, chi2, chi2_bytes, margins, non_negative, read_chi2
from resight.method import open_method
from resight.types import Embeddings, Floats, Labels


def drawn(n: int, seed: int = 0, d: int = 5) -> Floats:
    vectors = np.random.default_rng([seed, n]).normal(0.3, 1, (n, d)).astype(np.float32)
    vectors[np.abs(vectors) < 0.4] = 0
    return vectors


def fitted(seed: int = 0, d: int = 5) -> Chi2:
    return Chi2(np.random.default_rng(seed).normal(0.3, 1, 2 * d).astype(np.float32), 0.7)


def by_hand(told: Chi2, a: Floats, b: Floats) -> float:
    total = told.offset
    for weight, x, y in zip(told.weights, non_negative(a[None])[0], non_negative(b[None])[0], strict=True):
        total -= weight * (x - y) ** 2 / (x + y) if x + y > 0 else 0
    return float(total)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16), st.integers(0, 6), st.integers(0, 6))
def test_all_pairs_at_once_are_as_each_by_its_formula(seed: int, q: int, g: int) -> None:
    told, ours, theirs = fitted(seed), drawn(q, seed), drawn(g, seed + 1)
    expected = [[by_hand(told, a, b) for b in theirs] for a in ours]
    np.testing.assert_allclose(margins(told, ours, theirs), np.reshape(expected, (q, g)), atol=1e-4)


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = margins(fitted(), drawn(11), drawn(7))
    monkeypatch.setattr(module, "TILE", 3)
    assert np.array_equal(margins(fitted(), drawn(11), drawn(7)), whole)


def test_parts_keep_what_a_vector_says() -> None:
    vectors = drawn(9)
    parts = non_negative(vectors)
    assert (parts >= 0).all()
    assert np.array_equal(parts[:, :5] - parts[:, 5:], vectors)


def test_a_vector_is_most_like_itself_where_no_weight_is_negative() -> None:
    told = Chi2(np.abs(fitted().weights), 0.7)
    vectors = drawn(8)
    scores = Chi2Gallery(told, Embeddings(vectors)).scores(Embeddings(vectors), np.ones((8, 8), np.bool_))
    assert np.array_equal(scores.argmax(axis=1), np.arange(8))
    assert scores.diagonal() == pytest.approx(1 / (1 + np.exp(-0.7)))


def test_what_is_not_allowed_scores_nothing() -> None:
    allowed = np.random.default_rng(0).random((4, 9)) < 0.5
    gallery = Chi2Gallery(fitted(), Embeddings(drawn(9)))
    scores = gallery.scores(Embeddings(drawn(4)), allowed)
    assert (scores[~allowed] == 0).all()
    assert (scores[allowed] > 0).all()
    assert len(gallery.evidence(Embeddings(drawn(1)), 0, allowed[0])) == 0


def test_it_is_read_as_it_was_written_and_named_in_a_method(tmp_path: Path) -> None:
    path = tmp_path / "chi2.npz"
    path.write_bytes(chi2_bytes(fitted()))
    assert np.array_equal(read_chi2(path).weights, fitted().weights)
    assert read_chi2(path).offset == pytest.approx(0.7)
    assert open_method(f"thumbnail@chi2:{path}").matcher.name.startswith("chi2-")
    with pytest.raises(ResightError, match="5 numbers, and the model gives 3"):
        chi2(str(path)).gallery(Embeddings(np.ones((2, 3), np.float32)), Labels.named(np.array(["", ""])))


def test_what_is_no_such_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chi2.npz"
    for content in (
        b"nothing",
        chi2_bytes(Chi2(np.ones(3, np.float32), 0)),
        chi2_bytes(Chi2(np.full(4, np.nan, np.float32), 0)),
    ):
        path.write_bytes(content)
        with pytest.raises(ResightError, match=r"chi2.npz holds no chi-squared similarity"):
            chi2(str(path))
    with pytest.raises(ResightError, match="no file"):
        chi2(str(tmp_path / "none.npz"))
