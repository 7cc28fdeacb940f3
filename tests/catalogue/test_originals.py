"""Copies of originals inside the catalogue: the same bytes, complete or not there, and the originals untouched."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from resight.catalogue import folder, lookup, models
from resight.catalogue.folder import PHOTOS, Catalogue
from resight.catalogue.originals import keep_originals
from resight.method import open_method
from resight.types import Record
from resight.work.add import AddReport, add
from resight.work.processes import in_this_process


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue", method="thumbnail") as made:
        yield made


@pytest.fixture
def card(tmp_path: Path) -> list[Path]:
    """Four photos on a card, two of them with the same bytes."""
    (tmp_path / "card").mkdir()
    paths = [tmp_path / "card" / f"IMG {number}.PNG" for number in range(3)]
    for number, path in enumerate(paths):
        assert cv2.imwrite(str(path), np.random.default_rng(number).integers(0, 255, (60, 60, 3), np.uint8))
    return [*paths, Path(shutil.copy(paths[0], tmp_path / "card" / "copy.png"))]


def added(catalogue: Catalogue, paths: list[Path], *, copy: bool = True) -> AddReport:
    entries = [Record(path) for path in paths]
    fingerprint = open_method("thumbnail").fingerprint
    return add(catalogue, entries, "thumbnail", fingerprint, in_this_process, "tester", copy=copy)


def copies(catalogue: Catalogue) -> list[Path]:
    return sorted(path for path in (catalogue.folder / PHOTOS).rglob("*") if path.is_file())


def test_the_photos_outlive_their_card(catalogue: Catalogue, card: list[Path]) -> None:
    before = [path.read_bytes() for path in card]
    report = added(catalogue, card)
    assert report.rejected == []
    assert [path.read_bytes() for path in card] == before
    shutil.rmtree(card[0].parent)
    assert len(copies(catalogue)) == 3
    for one in lookup.catalogued(catalogue):
        assert one.path.is_relative_to(catalogue.folder)
        assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.sha256
    with catalogue.reading() as session:
        assert sorted(session.scalars(select(models.Photo.original_name))) == ["IMG 0.PNG", "IMG 1.PNG", "IMG 2.PNG"]


def test_a_catalogue_with_copies_can_be_moved(catalogue: Catalogue, card: list[Path], tmp_path: Path) -> None:
    added(catalogue, card)
    catalogue.close()
    with folder.open(catalogue.folder.rename(tmp_path / "elsewhere")) as moved:
        assert all(one.path.is_file() for one in lookup.catalogued(moved))


def test_photos_that_were_referenced_are_copied_when_they_are_added_again(
    catalogue: Catalogue, card: list[Path]
) -> None:
    added(catalogue, card, copy=False)
    assert copies(catalogue) == []
    report = added(catalogue, card)
    assert report.new == 0
    assert len(copies(catalogue)) == 3
    assert [one.path for one in lookup.catalogued(catalogue)] == [
        path for one in lookup.catalogued(catalogue) for path in copies(catalogue) if path.stem == one.sha256
    ]


def test_a_copy_that_a_killed_run_finished_is_taken_up(catalogue: Catalogue, card: list[Path]) -> None:
    seen = list(zip(added(catalogue, card[:1], copy=False).annotations, card, strict=False))
    sha256 = hashlib.sha256(card[0].read_bytes()).hexdigest()
    place = catalogue.folder / PHOTOS / sha256[:2] / f"{sha256}.png"
    place.parent.mkdir(parents=True)
    place.write_bytes(card[0].read_bytes())
    before = place.stat()
    assert keep_originals(catalogue, seen) == []
    after = place.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)
    assert [one.path for one in lookup.catalogued(catalogue)] == [place]


def test_a_damaged_copy_is_made_again(catalogue: Catalogue, card: list[Path]) -> None:
    seen = list(zip(added(catalogue, card[:1], copy=False).annotations, card, strict=False))
    sha256 = hashlib.sha256(card[0].read_bytes()).hexdigest()
    place = catalogue.folder / PHOTOS / sha256[:2] / f"{sha256}.png"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")
    assert keep_originals(catalogue, seen) == []
    assert place.read_bytes() == card[0].read_bytes()


def test_half_a_copy_is_cleared_away_unless_somebody_is_at_it(catalogue: Catalogue, card: list[Path]) -> None:
    (catalogue.folder / PHOTOS / "ab").mkdir(parents=True)
    left, fresh = (catalogue.folder / PHOTOS / "ab" / f"abc.{pid}.partial" for pid in (17, 18))
    for path in (left, fresh):
        path.write_bytes(b"half a pho")
    os.utime(left, (0, 0))
    added(catalogue, card)
    assert not left.exists()
    assert fresh.exists()


def test_a_photo_is_copied_from_where_it_is_now(catalogue: Catalogue, card: list[Path]) -> None:
    """The catalogue's own path leads nowhere any more; another file of the same bytes is added."""
    added(catalogue, card[:1], copy=False)
    card[0].unlink()
    report = added(catalogue, card[3:])
    assert (report.new, report.rejected) == (0, [])
    assert [one.path for one in lookup.catalogued(catalogue)] == copies(catalogue)


def test_an_original_that_changed_or_is_gone_is_listed_and_not_copied(catalogue: Catalogue, card: list[Path]) -> None:
    seen = list(zip(added(catalogue, card, copy=False).annotations, card, strict=True))
    card[1].write_bytes(b"other bytes")
    card[2].unlink()
    rejected = keep_originals(catalogue, seen)
    changed, gone = rejected
    assert (changed.path, gone.path) == (card[1], card[2])
    assert changed.reason == "it could not be copied into the catalogue: the file has changed since it was read"
    assert gone.reason.endswith(": No such file or directory")
    assert len(copies(catalogue)) == 1
