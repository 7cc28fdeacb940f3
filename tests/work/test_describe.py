"""Records in, descriptions out: real photos, real processes, and what cannot be used."""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.chip.prepare import MaskKind
from resight.types import Box, Descriptors, Embeddings, LocalFeatures, Place, Record, Rejection
from resight.work.describe import (
    DescribedShard,
    Entry,
    Present,
    Undescribed,
    describe_all,
    describe_shard,
    in_shards,
    joined,
)
from resight.work.processes import in_this_process, local_processes


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return written(tmp_path / "a.png", 0)


def written(path: Path, seed: int, width: int = 120, height: int = 90) -> Path:
    cells = np.random.default_rng(seed).integers(0, 256, (height // 10, width // 10, 3), dtype=np.uint8)
    Image.fromarray(np.kron(cells, np.ones((10, 10, 1), np.uint8))).save(path)
    return path


def local(shard: DescribedShard) -> LocalFeatures:
    assert isinstance(shard.descriptors, LocalFeatures)
    return shard.descriptors


def test_two_processes_say_the_same_as_one_of_real_photos(real_photos: Path) -> None:
    with (real_photos / "nyaladata" / "metadata.csv").open() as file:
        rows = list(csv.DictReader(file))[::50][:30]
    records = [Record(real_photos / "nyaladata" / row["path"], identity=row["identity"]) for row in rows]
    assert len(records) == 30
    here, there = (
        list(describe_all(in_shards(records, 8), "rootsift", executor))
        for executor in (in_this_process, local_processes(2))
    )
    assert [len(shard.outcomes) for shard in here] == [8, 8, 8, 6]
    assert [seen.record for shard in here for seen in shard.sighted] == records
    for first, second in zip(here, there, strict=True):
        assert first.outcomes == second.outcomes
        ours, theirs = local(first), local(second)
        assert ours.counts.min() > 100
        for name in ("offsets", "sizes", "positions", "scales", "angles", "vectors"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def test_what_cannot_be_used_keeps_its_place_and_the_rest_goes_on(photo: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes(b"\xff\xd8\xff nothing more")
    entries: list[Entry] = [
        Record(damaged),
        Record(photo),
        Rejection(tmp_path / "notes.txt", "not a photo"),
        Present(Record(photo), 7),
        Record(photo, box=Box(500, 0, 10, 10)),
        Record(tmp_path / "gone.png"),
        Record(written(tmp_path / "b.png", 1)),
    ]
    found = describe_shard("thumbnail", entries)
    assert [type(outcome).__name__ for outcome in found.outcomes] == [
        "Rejection",
        "Sighted",
        "Rejection",
        "Present",
        "Rejection",
        "Rejection",
        "Sighted",
    ]
    assert [seen.record.path.name for seen in found.sighted] == ["a.png", "b.png"]
    assert [one.path.name for one in found.rejected] == ["damaged.jpg", "notes.txt", "a.png", "gone.png"]
    assert "lies outside the photo" in found.rejected[2].reason
    assert found.descriptors is not None
    assert len(found.descriptors) == 2


def test_a_shard_of_nothing_usable_has_no_descriptors(tmp_path: Path) -> None:
    found = describe_shard("thumbnail", [Record(tmp_path / "gone.png")])
    assert found.descriptors is None
    assert len(found.rejected) == 1


def test_what_is_kept_of_a_photo(photo: Path, tmp_path: Path) -> None:
    Image.fromarray(np.full((90, 120), 255, np.uint8)).save(tmp_path / "mask.png")
    stated = Record(
        photo,
        box=Box(10, 10, 50, 40),
        mask=tmp_path / "mask.png",
        taken_at=datetime(2024, 5, 6, 7, 8),
        place=Place(-24.5, 31.2),
    )
    plain, masked = describe_shard("thumbnail", [Record(photo), stated]).sighted
    assert (plain.width, plain.height, plain.size_bytes) == (120, 90, photo.stat().st_size)
    assert (plain.taken_at, plain.place, plain.box, plain.annotation) == (None, None, None, None)
    assert plain.mask is MaskKind.NONE
    assert (masked.taken_at, masked.place, masked.box) == (stated.taken_at, stated.place, stated.box)
    assert masked.mask is MaskKind.TABLE
    assert plain.sha256 == masked.sha256
    assert plain.perceptual_hash == masked.perceptual_hash
    assert 0 < plain.quality <= 1


def test_a_corrected_box_is_what_is_described(photo: Path) -> None:
    """The table's box may have been corrected in the catalogue since."""
    right = Box(60, 40, 50, 40)
    wrong = Record(photo, box=Box(0, 0, 50, 40))
    found = describe_shard("rootsift", [Undescribed(wrong, 31, right), Record(photo, box=right)])
    again, plain = found.sighted
    assert (again.annotation, again.box, again.record) == (31, right, wrong)
    assert (plain.annotation, plain.box) == (None, right)
    features = local(found)
    assert features.counts[0] == features.counts[1] > 0
    assert np.array_equal(features.take([0]).positions, features.take([1]).positions)


@pytest.mark.parametrize(("n", "sizes"), [(0, []), (3, [3]), (8, [4, 4]), (9, [4, 4, 1])])
def test_shards_hold_every_entry_in_order(n: int, sizes: list[int]) -> None:
    found = list(in_shards(range(n), 4))
    assert [len(shard) for shard in found] == sizes
    assert [entry for shard in found for entry in shard] == list(range(n))


def test_descriptors_are_joined_by_their_kind() -> None:
    vectors: list[Descriptors] = [Embeddings(np.full((n, 3), n, np.float32)) for n in (2, 0, 1)]
    both = joined(vectors)
    assert isinstance(both, Embeddings)
    assert both.vectors[:, 0].tolist() == [2, 2, 1]
