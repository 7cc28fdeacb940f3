"""Near-copies among real photos, in real catalogues."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from resight.catalogue import folder
from resight.catalogue.folder import Catalogue
from resight.cli import main
from resight.media.copies import same_picture
from resight.media.table import read_table
from resight.method import open_method
from resight.types import Box, Record
from resight.work.add import AddReport, add
from resight.work.near_copies import NearCopy, NearCopySearch, look, moved, saved_again
from resight.work.processes import in_this_process


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue", method="thumbnail") as made:
        yield made


@pytest.fixture
def originals(tmp_path: Path, real_photos: Path) -> list[Path]:
    """Twelve nyalas, each on a photo of its own that a test may move or delete."""
    found: dict[str, Path] = {}
    for record in read_table(real_photos / "nyaladata" / "metadata.csv"):
        if isinstance(record, Record):
            found.setdefault(record.identity or "", record.path)
    place = tmp_path / "originals"
    place.mkdir()
    return [Path(shutil.copy(path, place / f"{row}.jpg")) for row, path in enumerate(list(found.values())[:12])]


def saved_smaller(path: Path, name: str, by: float = 0.5, quality: int = 60) -> Path:
    with Image.open(path) as image:
        smaller = image.convert("RGB").resize((round(image.width * by), round(image.height * by)))
    copy = path.with_name(name)
    smaller.save(copy, quality=quality)
    return copy


def added(catalogue: Catalogue, *records: Record) -> AddReport:
    method = open_method("thumbnail")
    return add(catalogue, records, method.name, method.fingerprint, in_this_process, "tester")


def test_a_smaller_copy_of_a_photo_of_an_earlier_run(catalogue: Catalogue, originals: list[Path]) -> None:
    assert added(catalogue, *map(Record, originals)).near_copies == []
    copies = [saved_smaller(path, f"copy of {path.name}") for path in originals]
    report = added(catalogue, *map(Record, copies))
    assert report.near_copies == [NearCopy(*pair) for pair in zip(copies, originals, strict=True)]
    assert (report.new, report.rejected) == (12, [])
    # A run that was stopped after it added them says the same when it is started again.
    again = added(catalogue, *map(Record, copies))
    assert (again.new, again.near_copies) == (0, report.near_copies)


def test_copies_within_one_run_point_to_what_came_before(catalogue: Catalogue, originals: list[Path]) -> None:
    first = originals[0]
    copy = saved_smaller(first, "copy.jpg")
    # More than a shard lies between them, and the copy has two annotations.
    between = [Record(path, box=Box(row, 0, 50, 50)) for path in originals[1:] for row in range(4)]
    report = added(catalogue, Record(first), *between, Record(copy), Record(copy, box=Box(0, 0, 50, 50)))
    assert report.near_copies == [NearCopy(copy, first)]


def test_an_exact_copy_is_no_near_copy(catalogue: Catalogue, originals: list[Path], tmp_path: Path) -> None:
    same = Path(shutil.copy(originals[0], tmp_path / "same.jpg"))
    assert added(catalogue, Record(originals[0]), Record(same)).near_copies == []


def test_an_original_that_is_gone_stops_nothing(catalogue: Catalogue, originals: list[Path]) -> None:
    gone, there = originals[:2]
    added(catalogue, Record(gone), Record(there))
    copies = [saved_smaller(gone, "a.jpg"), saved_smaller(there, "b.jpg")]
    gone.unlink()
    report = added(catalogue, *map(Record, copies))
    assert report.new == 2
    assert report.near_copies == [NearCopy(copies[1], there)]


def test_a_photo_without_a_hash_is_passed_over(catalogue: Catalogue, originals: list[Path]) -> None:
    report = added(catalogue, Record(originals[0]))
    with catalogue.writing() as session:
        session.connection().exec_driver_sql("UPDATE photo SET perceptual_hash = NULL")
    assert NearCopySearch(catalogue).among(report.annotations) == []
    assert added(catalogue, Record(saved_smaller(originals[0], "copy.jpg"))).near_copies == []


def test_two_moments_are_two_photos(originals: list[Path]) -> None:
    def saved_at(name: str, when: str) -> Path:
        with Image.open(originals[0]) as image:
            exif = image.getexif()
            exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = when
            image.save(originals[0].with_name(name), quality=70 + int(when[-1]), exif=exif)
        return originals[0].with_name(name)

    first, same = look(saved_at("a.jpg", "2024:05:01 10:00:00")), look(saved_at("b.jpg", "2024:05:01 10:00:00"))
    later = look(saved_at("c.jpg", "2024:05:01 10:00:01"))
    assert saved_again(first, same)
    assert not saved_again(first, later)
    assert saved_again(look(originals[0]), later)


@pytest.mark.parametrize("folder_name", ["atrw", "fs48"])
def test_frames_of_bursts_of_other_moments_are_no_copies(
    catalogue: Catalogue, real_photos: Path, folder_name: str
) -> None:
    """Tigers filmed in bursts; fish filmed in clips, of which frames are looked at in their order."""
    records = [one for one in read_table(real_photos / folder_name / "metadata.csv") if isinstance(one, Record)]
    assert added(catalogue, *[Record(one.path) for one in records[:300]]).near_copies == []


def test_frames_of_a_camera_that_stands_still_are_no_copies(real_photos: Path) -> None:
    frames: dict[str, list[Path]] = {}
    for path in sorted((real_photos / "fish_boxes" / "images").glob("*.jpg")):
        frames.setdefault(path.stem.rpartition("_f")[0], []).append(path)
    pairs = [(look(a), look(b)) for clip in frames.values() for a, b in pairwise(clip[:3])]
    alike = [(a, b) for a, b in pairs if same_picture(a.pixels, b.pixels)]
    assert len(alike) > len(pairs) / 2
    # What is left are frames in which a fish far away has hardly moved.
    assert sum(saved_again(a, b) for a, b in alike) < 0.15 * len(alike)


def test_nothing_can_be_told_of_black_photos() -> None:
    black = np.zeros((60, 80, 3), np.uint8)
    assert moved(black, black)


def test_add_says_it_in_words_and_in_json(
    originals: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where, said = tmp_path / "fish", tmp_path / "said.json"
    with folder.create(where, method="thumbnail") as made:
        added(made, *map(Record, originals[:3]))
    copies = [saved_smaller(path, f"copy of {path.name}") for path in originals[:3]]
    monkeypatch.setattr(sys, "argv", ["resight", "add", str(where), *map(str, copies), "--json", str(said)])
    try:
        main()
    except SystemExit as end:
        assert end.code in (None, 0)
    shown = " ".join(capsys.readouterr().err.split())
    assert "3 photos look like smaller or re-saved copies of photos the catalogue has" in shown
    assert f"{copies[0]} looks like {originals[0]}" in shown
    assert json.loads(said.read_text())["near_copies"] == [
        {"path": str(copy), "of": str(of)} for copy, of in zip(copies, originals[:3], strict=True)
    ]
