"""Tracks by clustering: the same as the plain definition says, split where two animals were chained, and quick."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from resight.track.dbscan import NOISE, Clustering, chained, dbscan_tracks, in_order, neighbours
from resight.track.overlap import overlap
from resight.types import Detections, Doubles, Ints


def detections(frames: Ints, boxes: Doubles) -> Detections:
    order = np.argsort(frames, kind="stable")
    return Detections(frames[order], boxes[order], np.ones(len(frames), np.float32))


def swimming(fish: int, length: int, seed: int = 0, step: float = 3.0) -> tuple[Detections, Ints]:
    """So many fish, each in a lane of its own, in every frame; and which fish each box is of."""
    rng = np.random.default_rng(seed)
    frames = np.repeat(np.arange(length), fish)
    of = np.tile(np.arange(fish), length)
    x = rng.uniform(0, 500, fish)[of] + step * frames
    boxes = np.column_stack([x, 60.0 * of, np.full(len(of), 80.0), np.full(len(of), 40.0)])
    return detections(frames, boxes + rng.normal(0, 1, boxes.shape)), of


def plain(some: Detections, clustering: Clustering) -> Doubles:
    """Every distance, one by one, as the thesis writes it."""
    table = np.column_stack([some.frames.astype(np.float64), some.boxes])
    if clustering.scaled:
        width, height = (table[:, 1:3] + table[:, 3:5]).max(axis=0)
        table[:, 0] = (table[:, 0] - table[0, 0]) / max(table[-1, 0] - table[0, 0], 1)
        table[:, 1:] /= (width, height, width, height)
    n = len(some)
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            apart = abs(table[i, 0] - table[j, 0])
            one = 1 - float(overlap(table[i, 1:], table[j, 1:])) + 0.5 * apart
            distances[i, j] = 0 if i == j else np.inf if apart == 0 else one
    return distances


some_boxes = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 60), st.integers(0, 60), st.integers(5, 40), st.integers(5, 40)),
    min_size=1,
    max_size=25,
)


@given(some_boxes, st.sampled_from([0.3, 0.6, 0.9, 1.4, 2.2]), st.integers(1, 4), st.booleans())
def test_clusters_are_those_of_the_plain_definition(
    rows: list[tuple[int, ...]], eps: float, fewest: int, scaled: bool
) -> None:
    table = np.array(rows, dtype=np.float64)
    some = detections(table[:, 0].astype(np.int64), table[:, 1:])
    clustering = Clustering(eps, fewest, scaled)
    every = plain(some, clustering)
    near = neighbours(some, clustering).toarray()
    expected = np.where(np.isfinite(every) & (every <= eps), np.maximum(every, 1e-12), 0)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(near, expected, atol=1e-9)
    # sklearn wants no infinite distances.
    labels = DBSCAN(eps=eps, min_samples=fewest, metric="precomputed").fit_predict(np.minimum(every, 1e6))
    tracks = dbscan_tracks(some, clustering)
    whole = np.setdiff1d(np.unique(labels[labels >= 0]), chained(some, labels.astype(np.int64)))
    for label in whole:
        (track,) = np.unique(tracks[labels == label])
        assert np.array_equal(tracks == track, labels == label)
    # Of a cluster that is split, a piece may be too small.
    torn = np.isin(labels, np.setdiff1d(labels, whole))
    assert np.array_equal((tracks == NOISE)[~torn], (labels == NOISE)[~torn])
    assert (tracks[labels == NOISE] == NOISE).all()
    assert (np.bincount(tracks[torn & (tracks != NOISE)])[tracks[torn & (tracks != NOISE)]] >= fewest).all()


@given(some_boxes, st.booleans())
def test_no_track_has_two_boxes_in_one_frame(rows: list[tuple[int, ...]], scaled: bool) -> None:
    table = np.array(rows, dtype=np.float64)
    some = detections(table[:, 0].astype(np.int64), table[:, 1:])
    tracks = dbscan_tracks(some, Clustering(eps=2.2, fewest=1, scaled=scaled))
    assert len(chained(some, tracks)) == 0
    begun = [int(np.flatnonzero(tracks == track)[0]) for track in range(tracks.max() + 1)]
    assert begun == sorted(begun)


def test_each_fish_in_its_lane_is_one_track() -> None:
    some, of = swimming(fish=8, length=60)
    assert np.array_equal(dbscan_tracks(some), of)


def test_a_box_on_its_own_is_no_track() -> None:
    some, _ = swimming(fish=1, length=5)
    alone = Detections(np.append(some.frames, 40), np.vstack([some.boxes, [900, 900, 30, 30]]), np.ones(6, np.float32))
    assert dbscan_tracks(alone).tolist() == [0, 0, 0, 0, 0, NOISE]


def test_two_fish_that_cross_are_split_again() -> None:
    frames = np.repeat(np.arange(40), 2)
    x = np.where(np.arange(80) % 2 == 0, frames * 5.0, 195 - frames * 5.0)
    some = detections(frames, np.column_stack([x, np.arange(80) % 2 * 6.0, np.full(80, 60.0), np.full(80, 40.0)]))
    assert len(chained(some, np.zeros(80, np.int64))) == 1
    tracks = dbscan_tracks(some)
    assert sorted(np.unique(tracks)) == [0, 1]
    assert len(chained(some, tracks)) == 0


def test_one_that_ends_behind_another_is_not_one_that_parts_from_it_later() -> None:
    """B stays where it is; A swims up to it until frame 19, and from frame 30 on C swims away from it."""
    one, other = np.arange(20), np.arange(30, 50)
    x = np.concatenate([np.full(60, 200.0), 10.0 * one, 200 + 10.0 * (other - 30)])
    frames = np.concatenate([np.arange(60), one, other])
    some = detections(frames, np.column_stack([x, np.zeros(100), np.full(100, 60.0), np.full(100, 40.0)]))
    of = np.repeat([0, 1, 2], [60, 20, 20])[np.argsort(frames, kind="stable")]
    assert len(chained(some, np.zeros(100, np.int64))) == 1
    tracks = dbscan_tracks(some)
    assert tracks.max() == 2
    # Where one lies on the other nobody could tell which box is whose.
    apart = (some.frames < 12) | (some.frames > 38)
    assert np.array_equal(tracks[apart], of[apart])


def test_a_piece_of_too_few_boxes_is_no_track() -> None:
    frames = np.concatenate([np.arange(20), [9, 10]])
    boxes = np.tile([10.0, 10, 60, 40], (22, 1))
    boxes[20:, 0] += 20
    tracks = dbscan_tracks(detections(frames, boxes))
    assert np.count_nonzero(tracks == NOISE) == 2
    assert tracks.max() == 0


def test_scaled_boxes_are_neighbours_across_the_clip() -> None:
    boxes = np.tile([10.0, 10, 30, 30], (4, 1))
    gap = detections(np.array([0, 1, 50, 51]), boxes + np.arange(4)[:, None] * 0.01)
    assert dbscan_tracks(gap, Clustering(fewest=2)).tolist() == [0, 0, 1, 1]
    far = Detections(np.append(gap.frames, 100), np.vstack([gap.boxes, [300, 200, 90, 60]]), np.ones(5, np.float32))
    assert dbscan_tracks(far, Clustering(eps=0.5, fewest=2, scaled=True)).tolist() == [0, 0, 0, 0, NOISE]


def test_a_hundred_thousand_boxes_take_seconds() -> None:
    some, of = swimming(fish=10, length=10_000)
    started = time.perf_counter()
    tracks = dbscan_tracks(some)
    assert time.perf_counter() - started < 20
    assert np.array_equal(tracks, of)


def test_no_boxes_are_no_tracks() -> None:
    assert dbscan_tracks(detections(np.zeros(0, np.int64), np.zeros((0, 4)))).tolist() == []


def test_numbers_follow_the_first_boxes() -> None:
    assert in_order(np.array([NOISE, 9, 4, NOISE, 9])).tolist() == [NOISE, 0, 1, NOISE, 0]


@pytest.mark.parametrize(
    ("frames", "boxes", "told"),
    [
        ([1, 0], [[0, 0, 1, 1], [0, 0, 1, 1]], "in the order of their frames"),
        ([0], [[0, 0, 0, 1]], "a positive width and height"),
        ([0], [[0, np.nan, 1, 1]], "finite numbers"),
        ([0, 1], [[0, 0, 1, 1]], "one box of four numbers"),
    ],
)
def test_boxes_are_checked(frames: list[int], boxes: list[list[float]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Detections(np.array(frames), np.array(boxes, dtype=np.float64), np.ones(len(frames), np.float32))
