"""Correspondences against their definition, photo by photo and spot by spot."""

from collections.abc import Callable

import numpy as np
import pytest

from resight.match.correspondence import UNIT_SQUARED, Correspondences, Neighbours, correspond
from resight.types import Doubles, LocalFeatures

Make = Callable[..., LocalFeatures]


def distances(query: LocalFeatures, gallery: LocalFeatures) -> Doubles:
    """All squared distances, by hand."""
    apart = query.vectors[:, None].astype(float) - gallery.vectors[None]
    return np.asarray((apart**2).sum(axis=2))


def neighbours(query: LocalFeatures, gallery: LocalFeatures, k: int) -> Neighbours:
    """The k nearest of each of the query's keypoints, by hand; padded where the gallery has fewer."""
    every = distances(query, gallery)
    nearest = np.argsort(every, axis=1, kind="stable")[:, :k]
    lacking = ((0, 0), (0, k - nearest.shape[1]))
    return Neighbours(
        np.pad(np.take_along_axis(every, nearest, axis=1).astype(np.float32), lacking, constant_values=np.inf),
        np.pad(nearest, lacking, constant_values=-1),
        np.pad(gallery.owners[nearest], lacking, constant_values=-1),
    )


def by_hand(query: LocalFeatures, gallery: LocalFeatures, photo: int, k: int) -> dict[tuple[int, int], float]:
    """The mutual nearest neighbours of one photo that are nearer than the query keypoint's k-th in the gallery."""
    every = distances(query, gallery)
    background = np.sort(every, axis=1)[:, min(k, every.shape[1]) - 1]
    mine = np.flatnonzero(gallery.owners == photo)
    found = {}
    for i in range(len(every)) if len(mine) else ():
        j = int(mine[every[i, mine].argmin()])
        # Spots of the query for which this one is not near at all do not compete for it.
        rivals = np.where(every[:, j] < background, every[:, j], np.inf)
        if every[i, j] < background[i] and int(rivals.argmin()) == i:
            found[i, j] = (background[i] - every[i, j]) / float(UNIT_SQUARED)
    return found


def of_photo(pairs: Correspondences, row: int) -> dict[tuple[int, int], float]:
    used = pairs.weights[row] > 0
    return {
        (int(i), int(j)): float(weight)
        for i, j, weight in zip(pairs.query[row][used], pairs.gallery[row][used], pairs.weights[row][used], strict=True)
    }


@pytest.mark.parametrize("k", [5, 20, 200])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_found_by_hand(animals: Make, view: Make, seed: int, k: int) -> None:
    herd = animals(6, 30, seed)
    # Photos of different numbers of keypoints, one of them with none.
    counts = np.array([30, 1, 0, 17, 30, 5])
    keep = np.concatenate([np.arange(30 * i, 30 * i + count) for i, count in enumerate(counts)])
    gallery = LocalFeatures(
        np.concatenate([[0], np.cumsum(counts)]),
        herd.sizes,
        herd.positions[keep],
        herd.scales[keep],
        herd.angles[keep],
        herd.vectors[keep],
    )
    query = view(herd.take([0]), seed)
    shortlist = np.array([4, 0, 2, 1, 5])
    pairs = correspond(neighbours(query, gallery, k), shortlist, most=64)
    for row, photo in enumerate(shortlist):
        assert of_photo(pairs, row) == pytest.approx(by_hand(query, gallery, photo, k), abs=1e-5)
    assert (pairs.weights[1] > 0).sum() > 15


def test_no_spot_is_in_two_pairs_of_a_photo(animals: Make, view: Make) -> None:
    herd = animals(5, 40)
    pairs = correspond(neighbours(view(herd.take([3]), noise=0.2), herd, 60), np.arange(5), most=64)
    for row in range(5):
        used = pairs.weights[row] > 0
        assert len(set(pairs.query[row][used])) == len(set(pairs.gallery[row][used])) == used.sum() > 0
        assert (herd.owners[pairs.gallery[row][used]] == row).all()


def test_the_strongest_are_kept_and_come_first(animals: Make, view: Make) -> None:
    herd = animals(2, 40)
    found = neighbours(view(herd.take([1])), herd, 20)
    every, few = correspond(found, np.arange(2), 100), correspond(found, np.arange(2), 7)
    assert few.weights.shape == (2, 7)
    assert (np.diff(every.weights, axis=1) <= 0).all()
    assert np.array_equal(every.weights[:, :7], few.weights)
    assert np.array_equal(every.query[:, :7], few.query)


def test_nothing_found_makes_no_pairs(animals: Make) -> None:
    herd = animals(3)
    nothing = Neighbours(np.full((4, 5), np.inf, np.float32), np.full((4, 5), -1), np.full((4, 5), -1))
    assert correspond(nothing, np.arange(3), 64).weights.shape == (3, 0)
    assert correspond(neighbours(herd.take([0]), herd, 5), np.arange(0), 64).weights.shape == (0, 0)
