"""The cache of keypoints: it grows, survives kills and damage, and is never the truth."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from resight.index.keypoints import COLUMNS, COMPLETE, GROWTH, INDEX, Batch, KeypointCache
from resight.types import Embeddings, LocalFeatures


def batch(first: int, counts: list[int], shard: int = 1, dimensions: int = 128, wholes: int = 5) -> Batch:
    """Annotations numbered from `first`, with so many keypoints each, and a whole vector of so many numbers."""
    rng = np.random.default_rng(first)
    m = sum(counts)
    features = LocalFeatures(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sizes=rng.uniform(50, 99, (len(counts), 2)).astype(np.float32),
        positions=rng.uniform(0, 50, (m, 2)).astype(np.float32),
        scales=rng.uniform(1, 9, m).astype(np.float32),
        angles=np.zeros(m, np.float32),
        vectors=rng.integers(0, 256, (m, dimensions), dtype=np.uint8),
    )
    keys = np.arange(first, first + len(counts), dtype=np.int64)
    whole = Embeddings(rng.normal(size=(len(counts), wholes)).astype(np.float32)) if wholes else None
    return Batch(keys, np.full(len(counts), shard, np.int64), features, whole)


def complete(folder: Path) -> dict[str, int]:
    content: dict[str, int] = json.loads((folder / COMPLETE).read_text())
    return content


def check_holds(cache: KeypointCache, batches: list[Batch]) -> None:
    """The cache holds these batches, and finds every one of their keypoints."""
    assert cache.annotations.tolist() == [int(key) for one in batches for key in one.annotations]
    assert cache.shards.tolist() == [int(shard) for one in batches for shard in one.shards]
    expected = LocalFeatures.joined([one.features for one in batches])
    for name, column in asdict(expected).items():
        np.testing.assert_array_equal(getattr(cache.features, name), column)
    wholes = [np.zeros((len(one.annotations), 0)) if one.wholes is None else one.wholes.vectors for one in batches]
    np.testing.assert_array_equal(cache.wholes.vectors, np.concatenate(wholes))
    distances, found = cache.index.search(expected.vectors.astype(np.float32), 1)
    assert found[:, 0].tolist() == list(range(len(expected.vectors)))
    assert (distances[:, 0] == 0).all()


def test_what_was_added_is_there_after_opening_it_again(tmp_path: Path) -> None:
    batches = [batch(1, [30, 0, 20]), batch(10, [50], shard=2)]
    told: list[int] = []
    KeypointCache(tmp_path / "new").extend(batches, told.append)
    assert told == [3, 4]
    check_holds(KeypointCache(tmp_path / "new"), batches)


def test_keypoints_may_have_more_numbers_than_sift_has(tmp_path: Path) -> None:
    batches = [batch(1, [30, 20], dimensions=144), batch(10, [25], shard=2, dimensions=144)]
    KeypointCache(tmp_path).extend(batches[:1])
    KeypointCache(tmp_path).extend(batches[1:])
    check_holds(KeypointCache(tmp_path), batches)


def test_an_animal_may_have_spots_alone(tmp_path: Path) -> None:
    batches = [batch(1, [30, 20], wholes=0), batch(10, [25], wholes=0)]
    KeypointCache(tmp_path).extend(batches[:1])
    KeypointCache(tmp_path).extend(batches[1:])
    check_holds(KeypointCache(tmp_path), batches)


def test_a_few_more_are_added_without_learning_the_cells_again(tmp_path: Path) -> None:
    batches = [batch(1, [100, 100]), batch(10, [60])]
    KeypointCache(tmp_path).extend(batches[:1])
    assert complete(tmp_path) == {"annotations": 2, "keypoints": 200, "learned": 200, "dimensions": 128, "wholes": 5}
    cache = KeypointCache(tmp_path)
    cache.extend(batches[1:])
    assert complete(tmp_path) == {"annotations": 3, "keypoints": 260, "learned": 200, "dimensions": 128, "wholes": 5}
    check_holds(cache, batches)
    check_holds(KeypointCache(tmp_path), batches)


def test_cells_are_learned_again_when_the_cache_has_grown_far(tmp_path: Path) -> None:
    batches = [batch(1, [50]), batch(10, [50 * GROWTH])]
    KeypointCache(tmp_path).extend(batches[:1])
    KeypointCache(tmp_path).extend(batches[1:])
    assert complete(tmp_path)["learned"] == 50 * (GROWTH + 1)
    check_holds(KeypointCache(tmp_path), batches)


def test_annotations_without_a_keypoint_count_too(tmp_path: Path) -> None:
    nothing, something = batch(1, [0, 0]), batch(10, [40])
    KeypointCache(tmp_path).extend([nothing])
    cache = KeypointCache(tmp_path)
    assert cache.annotations.tolist() == [1, 2]
    assert len(cache.features) == 2
    assert cache.index.search(np.zeros((1, 128), np.float32), 1)[1].tolist() == [[-1]]
    cache.extend([something])
    check_holds(KeypointCache(tmp_path), [nothing, something])


def test_what_a_killed_run_appended_is_cut_off(tmp_path: Path) -> None:
    first, lost, second = batch(1, [40]), batch(5, [7, 8]), batch(10, [30])
    KeypointCache(tmp_path).extend([first])
    kept = (tmp_path / COMPLETE).read_bytes()
    KeypointCache(tmp_path).extend([lost])
    # As if it had been killed before the last write: columns and index are ahead of what is declared.
    (tmp_path / COMPLETE).write_bytes(kept)
    check_holds(KeypointCache(tmp_path), [first])
    KeypointCache(tmp_path).extend([second])
    check_holds(KeypointCache(tmp_path), [first, second])


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_lost_index_is_learned_from_the_columns(tmp_path: Path, damage: str) -> None:
    batches = [batch(1, [40, 50])]
    KeypointCache(tmp_path).extend(batches)
    index = tmp_path / INDEX
    if damage == "missing":
        index.unlink()
    else:
        index.write_bytes(index.read_bytes()[:100])
    check_holds(KeypointCache(tmp_path), batches)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_cut_short_empties_the_cache(tmp_path: Path, column: str) -> None:
    KeypointCache(tmp_path).extend([batch(1, [40, 50])])
    with (tmp_path / column).open("r+b") as file:
        file.truncate(7)
    cache = KeypointCache(tmp_path)
    assert len(cache.annotations) == 0
    cache.extend([batch(1, [40, 50])])
    check_holds(KeypointCache(tmp_path), [batch(1, [40, 50])])


def test_it_can_be_emptied(tmp_path: Path) -> None:
    cache = KeypointCache(tmp_path / "cache")
    cache.extend([batch(1, [40])])
    cache.clear()
    assert not (tmp_path / "cache").exists()
    assert len(cache.annotations) == len(cache.features) == len(cache.index) == 0
