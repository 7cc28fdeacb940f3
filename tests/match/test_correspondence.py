"""Correspondences against their definition, photo by photo and spot by spot."""

from collections.abc import Callable

import numpy as np
import pytest

from resight.match.correspondence import UNIT_SQUARED, correspond
from resight.types import Floats, LocalFeatures

Make = Callable[..., LocalFeatures]


def by_hand(query: LocalFeatures, photo: LocalFeatures, background: Floats) -> dict[tuple[int, int], float]:
    """The mutual nearest neighbours of one photo, by the angle between vectors, and their weights."""
    ours, theirs = query.vectors.astype(float), photo.vectors.astype(float)
    alike = ours @ theirs.T
    found = {}
    for i in range(len(ours)):
        j = int(alike[i].argmax())
        weight = background[i] - ((ours[i] - theirs[j]) ** 2).sum()
        if int(alike[:, j].argmax()) == i and weight > 0:
            found[i, j] = weight / float(UNIT_SQUARED)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_those_found_by_hand(animals: Make, view: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    herd = animals(6, 30, seed)
    # Photos of different numbers of keypoints, one of them with none.
    counts = np.array([30, 1, 0, 17, 30, 5])
    keep = np.concatenate([np.arange(30 * i, 30 * i + count) for i, count in enumerate(counts)])
    shortlist = LocalFeatures(
        np.concatenate([[0], np.cumsum(counts)]),
        herd.sizes,
        herd.positions[keep],
        herd.scales[keep],
        herd.angles[keep],
        herd.vectors[keep],
    )
    query = view(herd.take([0]), seed)
    # Far enough for spots that are not alike to be pairs too, where they are each other's nearest.
    background = rng.uniform(0.3, 1.6, len(query.vectors)).astype(np.float32) * UNIT_SQUARED
    pairs = correspond(query, shortlist, background, most=64)
    for photo in range(len(shortlist)):
        wanted = by_hand(query, shortlist.take([photo]), background) if counts[photo] else {}
        used = pairs.weights[photo] > 0
        rows = pairs.gallery[photo][used] - shortlist.offsets[photo]
        found = dict(zip(zip(pairs.query[photo][used], rows, strict=True), pairs.weights[photo][used], strict=True))
        assert found.keys() == wanted.keys()
        for pair, weight in wanted.items():
            assert found[pair] == pytest.approx(weight, abs=1e-5)
    assert (pairs.weights[0] > 0).sum() > 15


def test_the_strongest_are_kept_and_come_first(animals: Make, view: Make) -> None:
    herd = animals(2, 40)
    query = view(herd.take([1]))
    background = np.full(40, 0.8 * UNIT_SQUARED, np.float32)
    every, few = correspond(query, herd, background, 100), correspond(query, herd, background, 7)
    assert few.weights.shape == (2, 7)
    assert (np.diff(every.weights, axis=1) <= 0).all()
    assert np.array_equal(every.weights[:, :7], few.weights)
    assert np.array_equal(every.query[:, :7], few.query)


def test_weights_lie_between_0_and_1_at_most_the_background(animals: Make) -> None:
    herd = animals(3)
    pairs = correspond(herd.take([0]), herd, np.full(60, 0.5 * UNIT_SQUARED, np.float32), 64)
    np.testing.assert_allclose(pairs.weights[0, :60], 0.5, atol=1e-6)
    assert (pairs.weights >= 0).all()
