"""The three trained heads that compare two vectors, and each one's exact answer to all pairs as one matrix.

A head gives one number for a pair, the logit of "these are one animal"; none of them cares which vector is first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from resight.types import Floats

BLOCK = 1 << 24  # numbers of a block of answers: 64 MB
TILE = 128  # queries, and gallery rows, whose answers a shared map adds up in the processor's own memory


@dataclass(frozen=True, slots=True)
class Even:
    """What makes the numbers of vectors alike in size before they are compared: (v - `center`) * `scale`, (d,) each."""

    center: Floats
    scale: Floats

    def __call__(self, vectors: Floats) -> Floats:
        """Vectors (n, d), made even."""
        return np.asarray((vectors - self.center) * self.scale, np.float32)


@dataclass(frozen=True, slots=True)
class NeuralHead:
    """One hidden layer over both vectors together, and a weighted sum; the mean of both orders.

    `first` and `second` (h, d) are the hidden layer's weights for the vector named first and second, `bias` (h,);
    `weights` (h,) and `offset` make the sum. Wan, Wang and Zhang's siamese
    network with a neural head.
    """

    even: Even
    first: Floats
    second: Floats
    bias: Floats
    weights: Floats
    offset: float

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return int(self.first.shape[1])


@dataclass(frozen=True, slots=True)
class L1Head:
    """A weighted sum of absolute differences: `weights` (d,), of either sign, and `offset`.

    Wan, Wang and Zhang's L1 head, and the siamese verification of DeepFace (Taigman et al. 2014, section 4.2).
    """

    even: Even
    weights: Floats
    offset: float

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return len(self.weights)


@dataclass(frozen=True, slots=True)
class SharedHead:
    """One map for all features, from the two numbers of a pair to one, and a weighted sum of what it gives.

    The map takes sum, product, absolute and squared difference through `hidden` (u, 4) and `hidden_bias` (u,), a ReLU,
    `output` (u,) and `output_bias` to one number; `weights` (d,) and `offset` make the sum. `spread` (s,), rising, are
    numbers as they occur in such vectors, made even: each as often as another. The
    comparator of DeepWhale (Galanis and Kozlow).
    """

    even: Even
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: float
    weights: Floats
    offset: float
    spread: Floats

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return len(self.weights)

    def shared(self, x: Floats, y: Floats) -> Floats:
        """The map of every x (n,) with every y (m,): (n, m)."""
        x, y = x[:, None], y[None]
        apart = x - y
        given = np.stack([x + y, x * y, np.abs(apart), apart * apart]).reshape(4, -1)
        layer = self.hidden @ given
        layer += self.hidden_bias[:, None]
        np.maximum(layer, 0, out=layer)
        return np.asarray((self.output @ layer).reshape(apart.shape) + np.float32(self.output_bias), np.float32)


Head = NeuralHead | L1Head | SharedHead


def logits(head: Head, queries: Floats, gallery: Floats) -> Floats:
    """Every query (q, d) with every row of the gallery (g, d): (q, g). Memory beyond the answer is bounded.

    >>> head = L1Head(Even(np.zeros(2, np.float32), np.ones(2, np.float32)), np.array([-2, 1], np.float32), 0.5)
    >>> logits(head, np.zeros((1, 2), np.float32), np.array([[0, 0], [1, 1]], np.float32)).tolist()
    [[0.5, -0.5]]
    """
    of_block = {NeuralHead: _neural, L1Head: _l1, SharedHead: _shared}[type(head)]
    ours, theirs = head.even(queries), head.even(gallery)
    return in_blocks(lambda rows: of_block(head, rows, theirs), ours, len(theirs))  # type: ignore[operator]


def in_blocks(of_block: Callable[[Floats], Floats], queries: Floats, gallery: int) -> Floats:
    """The answers (q, g), made for as many queries at a time as memory is set aside for."""
    answers = np.empty((len(queries), gallery), np.float32)
    step = max(1, BLOCK // max(gallery, 1))
    for start in range(0, len(queries), step):
        answers[start : start + step] = of_block(queries[start : start + step])
    return answers


def weighted_l1(queries: Floats, gallery: Floats, weights: Floats) -> Floats:
    """Sums of weights (d,) times absolute differences, (q, g); weights of either sign."""
    import faiss

    total = np.zeros((len(queries), len(gallery)), np.float32)
    for sign in (1, -1):
        used = weights * sign > 0
        if used.any() and total.size:
            # A weight that is not negative may as well stretch the axis that it stands before.
            ours, theirs = (
                np.ascontiguousarray(rows[:, used] * np.abs(weights[used]), np.float32) for rows in (queries, gallery)
            )
            found = faiss.pairwise_distances(ours, theirs, faiss.METRIC_L1)
            total += found if sign > 0 else -found
    return total


def _l1(head: L1Head, queries: Floats, gallery: Floats) -> Floats:
    return weighted_l1(queries, gallery, head.weights) + np.float32(head.offset)


def _neural(head: NeuralHead, queries: Floats, gallery: Floats) -> Floats:
    """A unit of the hidden layer is a sum of one part from each vector, and relu(p + q) = (p + q + |p - -q|) / 2.

    So after two matrix products for either order, the rest is a weighted L1 distance between parts.
    """

    def parts(rows: Floats) -> tuple[Floats, Floats]:
        return rows @ head.first.T + head.bias, rows @ head.second.T

    (first_a, second_a), (first_b, second_b) = parts(queries), parts(gallery)
    ours = np.concatenate([first_a, second_a], axis=1)
    theirs = np.concatenate([second_b, first_b], axis=1)
    weights = np.tile(head.weights, 2) / np.float32(4)  # a half for the ReLU, a half for the mean of both orders
    answers = weighted_l1(ours, -theirs, weights)
    answers += (ours @ weights)[:, None]
    answers += (theirs @ weights)[None] + np.float32(head.offset)
    return answers


def _shared(head: SharedHead, queries: Floats, gallery: Floats) -> Floats:
    answers = np.empty((len(queries), len(gallery)), np.float32)
    # A feature's numbers one after another.
    ours, theirs = (np.ascontiguousarray(rows.T) for rows in (queries, gallery))
    for top in range(0, len(queries), TILE):
        for left in range(0, len(gallery), TILE):
            x, y = ours[:, top : top + TILE], theirs[:, left : left + TILE]
            tile = np.full((x.shape[1], y.shape[1]), head.offset, np.float32)
            for feature, weight in enumerate(head.weights):
                tile += weight * head.shared(x[feature], y[feature])
            answers[top : top + TILE, left : left + TILE] = tile
    return answers
