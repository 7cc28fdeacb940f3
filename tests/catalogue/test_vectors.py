from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resight.catalogue import folder, log, vectors
from resight.catalogue.decisions import Corrected, Undone
from resight.catalogue.folder import Catalogue
from resight.catalogue.vectors import Described, Garbage
from resight.errors import CatalogueError
from resight.types import Box, Descriptors, Embeddings, Ints, LocalFeatures, Rejection

AddPhotos = Callable[..., list[int]]


def embeddings(n: int, d: int = 8, seed: int = 0) -> Embeddings:
    return Embeddings(np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32))


def local_features(counts: list[int]) -> LocalFeatures:
    rng, m = np.random.default_rng(1), sum(counts)
    return LocalFeatures(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sizes=rng.uniform(100, 500, (len(counts), 2)).astype(np.float32),
        positions=rng.uniform(0, 100, (m, 2)).astype(np.float32),
        scales=rng.uniform(1, 9, m).astype(np.float32),
        angles=rng.uniform(0, 360, m).astype(np.float32),
        vectors=rng.integers(0, 256, (m, 128), dtype=np.uint8),
    )


def put(catalogue: Catalogue, fingerprint: str, ids: list[int] | Ints, descriptors: Descriptors) -> Path:
    with catalogue.writing() as session:
        return vectors.write_shard(catalogue, session, fingerprint, ids, descriptors)


def read(catalogue: Catalogue, fingerprint: str, ids: list[int] | Ints | None = None) -> dict[int, Descriptors]:
    found: dict[int, Descriptors] = {}
    for part in vectors.read_shards(catalogue, fingerprint, ids):
        assert isinstance(part, Described)
        found |= {int(key): part.descriptors.take([row]) for row, key in enumerate(part.annotations)}
    return found


def assert_same(one: Descriptors, other: Descriptors) -> None:
    assert type(one) is type(other)
    for name in one.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype


@pytest.mark.parametrize("descriptors", [embeddings(5), local_features([3, 0, 40, 1, 0]), local_features([0] * 5)])
def test_descriptors_come_back_whole_and_in_part(
    catalogue: Catalogue, add_photos: AddPhotos, descriptors: Descriptors
) -> None:
    ids = add_photos(catalogue, 8)
    put(catalogue, "sift/1", np.array(ids[:3]), descriptors.take([0, 1, 2]))
    path = put(catalogue, "sift/1", ids[3:5], descriptors.take([3, 4]))
    assert path.is_relative_to(catalogue.folder / "vectors")
    every = read(catalogue, "sift/1")
    assert list(every) == ids[:5]
    some = read(catalogue, "sift/1", [ids[4], ids[1], ids[7], 999])
    assert sorted(some) == sorted(read(catalogue, "sift/1", np.array([ids[4], ids[1]]))) == [ids[1], ids[4]]
    for row, key in enumerate(ids[:5]):
        assert_same(every[key], descriptors.take([row]))
    for key, found in some.items():
        assert_same(found, descriptors.take([ids.index(key)]))
    assert vectors.undescribed(catalogue, "sift/1") == ids[5:]
    assert vectors.damaged(catalogue) == []


def test_fingerprints_are_never_mixed(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    ids = add_photos(catalogue, 2)
    put(catalogue, "a", ids, embeddings(2, seed=1))
    put(catalogue, "A", ids, embeddings(2, seed=2))
    assert_same(read(catalogue, "a")[ids[0]], embeddings(2, seed=1).take([0]))
    assert_same(read(catalogue, "A")[ids[0]], embeddings(2, seed=2).take([0]))
    assert read(catalogue, "b") == {}
    with pytest.raises(CatalogueError, match="needs another fingerprint"):
        put(catalogue, "a", ids, embeddings(2, d=9))
    with pytest.raises(CatalogueError, match="needs another fingerprint"):
        put(catalogue, "a", ids, local_features([1, 1]))


def test_a_file_under_the_wrong_fingerprint_is_not_used(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    ids = add_photos(catalogue, 2)
    right, wrong = put(catalogue, "a", ids, embeddings(2)), put(catalogue, "b", ids, embeddings(2))
    right.write_bytes(wrong.read_bytes())
    (found,) = vectors.read_shards(catalogue, "a")
    assert isinstance(found, Rejection)
    assert "descriptors of b, not of a" in found.reason
    assert [damage.path for damage in vectors.damaged(catalogue)] == [right]


def test_rows_that_do_not_match_are_refused(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    ids = add_photos(catalogue, 2)
    with pytest.raises(CatalogueError, match="3 descriptors cannot be stored for 2 annotations"):
        put(catalogue, "a", ids, embeddings(3))
    with pytest.raises(CatalogueError, match="there is no annotation 999"):
        put(catalogue, "a", [ids[0], 999], embeddings(2))


def test_another_box_makes_a_descriptor_stale_until_the_box_is_back(
    catalogue: Catalogue, add_photos: AddPhotos
) -> None:
    a, b = add_photos(catalogue, 2)
    put(catalogue, "a", [a, b], embeddings(2))
    correction = log.append(catalogue, Corrected(a, box=Box(0, 0, 5, 5)), "me")
    assert list(read(catalogue, "a")) == [b]
    assert vectors.undescribed(catalogue, "a") == [a]
    with catalogue.writing() as session:
        vectors.write_shard(catalogue, session, "a", [a], embeddings(1, seed=5), boxes=[None])
    assert vectors.undescribed(catalogue, "a") == [a]
    put(catalogue, "a", [a], embeddings(1, seed=6))
    assert_same(read(catalogue, "a")[a], embeddings(1, seed=6))
    log.append(catalogue, Undone(correction), "me")
    assert vectors.undescribed(catalogue, "a") == [a]


@pytest.mark.parametrize("damage", ["missing", "short", "empty", "changed"])
def test_a_damaged_shard_is_reported_and_can_be_made_again(
    catalogue: Catalogue, add_photos: AddPhotos, damage: str
) -> None:
    ids = add_photos(catalogue, 4)
    broken = put(catalogue, "a", ids[:2], embeddings(2))
    put(catalogue, "a", ids[2:], embeddings(2))
    content = broken.read_bytes()
    match damage:
        case "missing":
            broken.unlink()
        case "short":
            broken.write_bytes(content[:-100])
        case "empty":
            broken.write_bytes(b"")
        case "changed":
            middle = content.index(embeddings(2).vectors.tobytes())
            broken.write_bytes(content[:middle] + b"\xff" + content[middle + 1 :])
    found = list(vectors.read_shards(catalogue, "a"))
    assert [part.path for part in found if isinstance(part, Rejection)] == [broken]
    assert [list(part.annotations) for part in found if isinstance(part, Described)] == [ids[2:]]
    (report,) = vectors.damaged(catalogue)
    assert report.path == broken
    vectors.forget(catalogue, [report.path])
    assert vectors.undescribed(catalogue, "a") == ids[:2]
    vectors.collect_garbage(catalogue)
    assert not broken.exists()
    assert vectors.damaged(catalogue) == []


def test_garbage_is_what_no_row_names(catalogue: Catalogue, add_photos: AddPhotos) -> None:
    ids = add_photos(catalogue, 2)
    kept = put(catalogue, "a", ids, embeddings(2))

    def interrupted() -> None:
        with catalogue.writing() as session:
            vectors.write_shard(catalogue, session, "a", ids, embeddings(2))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    kept.with_name("half.tmp").write_bytes(b"half a file")
    assert len(list(kept.parent.iterdir())) == 3
    assert vectors.collect_garbage(catalogue) == Garbage(files=2, shards=0)
    assert list(kept.parent.iterdir()) == [kept]
    newer = put(catalogue, "a", ids, embeddings(2, seed=3))
    assert vectors.collect_garbage(catalogue) == Garbage(files=1, shards=1)
    assert list(kept.parent.iterdir()) == [newer]
    assert_same(read(catalogue, "a")[ids[0]], embeddings(2, seed=3).take([0]))


def test_collecting_waits_for_a_writer(tmp_path: Path, add_photos: AddPhotos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PATIENCE_SECONDS", 0)
    with folder.create(tmp_path / "c") as catalogue:
        ids = add_photos(catalogue, 2)
        with catalogue.writing() as session:
            path = vectors.write_shard(catalogue, session, "a", ids, embeddings(2))
            with folder.open(catalogue.folder) as other, pytest.raises(CatalogueError, match="locked"):
                vectors.collect_garbage(other)
        assert path.exists()
        assert list(read(catalogue, "a")) == ids
