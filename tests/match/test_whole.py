"""Whole vectors: the cosine, moved to 0..1."""

import numpy as np
import pytest

from resight.match.whole import CosineGallery
from resight.types import Embeddings


def rows(*vectors: tuple[float, ...]) -> Embeddings:
    return Embeddings(np.array(vectors, np.float32))


def test_like_unrelated_and_opposite() -> None:
    gallery = CosineGallery(rows((3, 0), (0, 5), (-2, 0), (1, 1)))
    scores = gallery.scores(rows((7, 0)), np.ones((1, 4), bool))
    assert scores[0].tolist() == pytest.approx([1, 0.5, 0, (1 + 0.5**0.5) / 2])


def test_a_vector_of_zeros_is_unrelated_to_all() -> None:
    scores = CosineGallery(rows((1, 0), (0, 0))).scores(rows((0, 0), (1, 0)), np.ones((2, 2), bool))
    np.testing.assert_allclose(scores, [[0.5, 0.5], [1, 0.5]])


def test_whole_vectors_have_no_spots_to_show() -> None:
    assert len(CosineGallery(rows((1, 0))).evidence(rows((1, 0)), 0, np.ones(1, bool))) == 0
