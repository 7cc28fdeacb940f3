"""A shard's file gives back what was written into it, whatever kinds of descriptors are kept together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resight.catalogue import shard_file
from resight.types import Descriptors, Embeddings, LocalFeatures, Together


def features(counts: list[int], numbers: int) -> LocalFeatures:
    rng, m = np.random.default_rng(len(counts)), sum(counts)
    return LocalFeatures(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sizes=rng.uniform(100, 500, (len(counts), 2)).astype(np.float32),
        positions=rng.uniform(0, 100, (m, 2)).astype(np.float32),
        scales=rng.uniform(1, 9, m).astype(np.float32),
        angles=rng.uniform(0, 360, m).astype(np.float32),
        vectors=rng.integers(0, 256, (m, numbers), dtype=np.uint8),
    )


def assert_same(one: Descriptors, other: Descriptors) -> None:
    assert type(one) is type(other)
    if isinstance(one, Together):
        assert isinstance(other, Together)
        for mine, theirs in zip(one.parts, other.parts, strict=True):
            assert_same(mine, theirs)
    else:
        for name in one.__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
            assert getattr(one, name).dtype == getattr(other, name).dtype


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("ef"), min_size=2, max_size=12), st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_descriptors_together_come_back_whole_and_in_part(tmp_path: Path, kinds: list[str], counts: list[int]) -> None:
    n = len(counts)
    parts = tuple(
        features(counts, 4 + number) if kind == "f" else Embeddings(np.full((n, 2 + number), number, np.float32))
        for number, kind in enumerate(kinds)
    )
    written = Together(parts)
    path = tmp_path / "shard.npz"
    shard_file.write(path, "a", list(range(10, 10 + n)), written)
    kind = shard_file.kind_of(written)
    assert len(kind) <= 20  # what the column of the table holds
    assert shard_file.dimension_of(written) == sum(part.vectors.shape[1] for part in parts)
    keys, whole = shard_file.read(path, "a", kind, range(n))
    assert keys.tolist() == list(range(10, 10 + n))
    assert_same(whole, written)
    keys, some = shard_file.read(path, "a", kind, [n - 1, n - 1])
    assert keys.tolist() == [9 + n, 9 + n]
    assert_same(some, written.take([n - 1, n - 1]))


def test_descriptors_alone_are_kept_as_they_always_were(tmp_path: Path) -> None:
    path = tmp_path / "shard.npz"
    shard_file.write(path, "a", [1, 2], features([3, 1], 8))
    with np.load(path) as archive:
        assert {"annotations", "fingerprint", "offsets", "vectors"} < set(archive.files)
    assert_same(shard_file.read(path, "a", "local features", [0, 1])[1], features([3, 1], 8))
    with pytest.raises(ValueError, match="descriptors of a, not of b"):
        shard_file.read(path, "b", "local features", [0])
