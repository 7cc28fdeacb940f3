"""Adding photos: real files, real databases, processes that are really killed."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import psutil
import pytest

from resight.catalogue import check, folder, log, lookup, vectors
from resight.catalogue.decisions import Assigned, Corrected, NewIndividual, Rejected, Renamed, to_json
from resight.catalogue.folder import Catalogue
from resight.catalogue.vectors import Described
from resight.media.folders import scan
from resight.method import open_method
from resight.types import Box, LocalFeatures, Record, Rejection, Side, Together
from resight.work import add as adding
from resight.work.add import AddReport, add
from resight.work.processes import in_this_process

S = TypeVar("S")
R = TypeVar("R")
PROGRAM = Path(__file__).with_name("adding.py")
KILLS = 10
PATIENCE = 30  # seconds until a process that should end has ended


def write_photo(path: Path, seed: int, size: int = 160) -> None:
    """Blotches that no other seed has, in a small JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    noise = sum(cv2.resize(rng.random((n, n, 3)), (size, size), interpolation=cv2.INTER_CUBIC) for n in (5, 20, 40))
    assert cv2.imwrite(str(path), np.clip(noise * 85, 0, 255).astype(np.uint8))


def write_herd(herd: Path, individuals: int, encounters: int, photos: int) -> Path:
    """A folder per individual, in it one per encounter."""
    for animal in range(individuals):
        for encounter in range(encounters):
            for photo in range(photos):
                place = herd / f"animal {animal}" / f"day {encounter}"
                write_photo(place / f"{photo}.jpg", seed=(animal * encounters + encounter) * photos + photo)
    return herd


@pytest.fixture(scope="module")
def herd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six animals on two days, two photos each."""
    return write_herd(tmp_path_factory.mktemp("photos") / "herd", 6, 2, 2)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue", method="thumbnail") as made:
        yield made


def added(catalogue: Catalogue, entries: Iterable[Record | Rejection], method: str = "thumbnail") -> AddReport:
    return add(catalogue, entries, method, open_method(method).fingerprint, in_this_process, "tester")


def content(catalogue: Catalogue, fingerprint: str) -> list[str]:
    """Everything a catalogue says, in words that are the same for the same photos: not its ids, files or times."""
    rows = {one.id: one for one in lookup.catalogued(catalogue)}
    said = [str(replace(one, id=0, individual=None)) for one in rows.values()]
    for part in vectors.read_shards(catalogue, fingerprint):
        assert isinstance(part, Described)
        for row, key in enumerate(part.annotations.tolist()):
            one = part.descriptors.take([row])
            assert not isinstance(one, Together)
            columns = (one.positions, one.scales, one.sizes) if isinstance(one, LocalFeatures) else ()
            numbers = b"".join(column.tobytes() for column in (one.vectors, *columns))
            said.append(f"{rows[key].sha256} {hash(numbers)}")
    names = lookup.names_ever(catalogue)
    for entry in log.history(catalogue):
        match entry.decision:
            case NewIndividual(name, keys):
                shown = sorted(rows[key].sha256 for key in keys)
                said.append(f"{entry.by}: {name} is new in {shown}")
            case Assigned(keys, individual):
                shown = sorted(rows[key].sha256 for key in keys)
                said.append(f"{entry.by}: {names[individual]} is in {shown}")
            case other:
                raise AssertionError(f"an add never decides: {to_json(other)}")
    return sorted(said)


def test_a_folder_becomes_named_encounters(catalogue: Catalogue, herd: Path) -> None:
    report = added(catalogue, scan([herd], by_folder=True))
    assert report.new == 24
    assert report.rejected == report.disputed == []
    assert sorted(report.annotations) == list(range(1, 25))
    known = lookup.individuals(catalogue)
    assert [one.name for one in known] == [f"animal {number}" for number in range(6)]
    assert {(one.annotations, one.encounters) for one in known} == {(4, 2)}
    assert {one.encounter for one in lookup.catalogued(catalogue)} == {
        f"animal {a}/day {d}" for a in range(6) for d in (0, 1)
    }
    assert vectors.undescribed(catalogue, open_method("thumbnail").fingerprint) == []
    assert check.check(catalogue) == []


def test_adding_the_same_folder_twice_adds_nothing(catalogue: Catalogue, herd: Path) -> None:
    first = added(catalogue, scan([herd], by_folder=True))
    counts, entries = lookup.counts(catalogue), log.history(catalogue)
    files = sorted((catalogue.folder / folder.VECTORS).glob("*/*"))
    second = added(catalogue, scan([herd], by_folder=True))
    assert second == replace(first, new=0)
    assert lookup.counts(catalogue) == counts
    assert log.history(catalogue) == entries
    assert sorted((catalogue.folder / folder.VECTORS).glob("*/*")) == files


def test_a_moved_copy_of_a_photo_is_the_same_annotation(catalogue: Catalogue, herd: Path, tmp_path: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    copy = tmp_path / "copy.jpg"
    shutil.copy(photo, copy)
    report = added(catalogue, [Record(photo, "Anna"), Record(copy, "Anna"), Record(photo, "Anna", part="fin")])
    assert report.annotations == [1, 1, 2]
    assert report.new == 2
    assert lookup.counts(catalogue).photos == 1


def test_what_cannot_be_used_is_listed_with_its_reason_and_the_rest_goes_on(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    good, broken, missing = tmp_path / "good.jpg", tmp_path / "broken.jpg", tmp_path / "missing.jpg"
    write_photo(good, 1)
    broken.write_bytes(good.read_bytes()[:200])
    outside = Record(good, "Bella", box=Box(500, 500, 10, 10))
    earlier = Rejection(tmp_path / "row.jpg", "row 7 is wrong")
    report = added(catalogue, [Record(broken, "Anna"), Record(missing), outside, earlier, Record(good, "Anna")])
    assert report.annotations == [1]
    assert [one.path for one in report.rejected] == [broken, missing, good, earlier.path]
    assert all(one.reason for one in report.rejected)
    assert lookup.counts(catalogue).rejected_files == 4
    assert [one.name for one in lookup.individuals(catalogue)] == ["Anna"]


def test_a_disputed_name_is_listed_and_changes_nothing(catalogue: Catalogue, herd: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    added(catalogue, [Record(photo, "Anna")])
    entries = log.history(catalogue)
    report = added(catalogue, [Record(photo, "Bella")])
    assert [one.path for one in report.disputed] == [photo]
    assert "Bella" in report.disputed[0].reason
    assert "Anna" in report.disputed[0].reason
    assert log.history(catalogue) == entries


def test_one_photo_under_two_names_keeps_the_first(catalogue: Catalogue, herd: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    report = added(catalogue, [Record(photo, "Anna"), Record(photo, "Bella")])
    assert len(report.disputed) == 1
    assert [one.name for one in lookup.individuals(catalogue)] == ["Anna"]


def test_who_it_was_said_not_to_be_is_not_named_again(catalogue: Catalogue, herd: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    added(catalogue, [Record(photo, "Anna")])
    log.append(catalogue, Rejected(1, lookup.individual_named(catalogue, "Anna")), "somebody")
    report = added(catalogue, [Record(photo, "Anna")])
    assert "not" in report.disputed[0].reason
    assert lookup.catalogued(catalogue, [1])[0].name == ""
    # Another method describes it anew, and still does not name it.
    again = added(catalogue, [Record(photo, "Anna")], "rootsift")
    assert len(again.disputed) == 1
    assert added(catalogue, [Record(photo, "Bella")]).disputed == []
    assert lookup.catalogued(catalogue, [1])[0].name == "Bella"


def test_a_photo_that_was_unnamed_gets_its_name_later(catalogue: Catalogue, herd: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    assert added(catalogue, [Record(photo)]).new == 1
    report = added(catalogue, [Record(photo, "Anna")])
    assert (report.new, report.annotations) == (0, [1])
    assert lookup.catalogued(catalogue, [1])[0].name == "Anna"


def test_a_new_name_given_meanwhile_is_used(catalogue: Catalogue, herd: Path) -> None:
    """The individual is found by the name it has when the shard is written."""
    added(catalogue, [Record(herd / "animal 0" / "day 0" / "0.jpg", "Anna")])
    anna = lookup.individual_named(catalogue, "Anna")

    def entries() -> Iterator[Record]:
        yield Record(herd / "animal 1" / "day 0" / "0.jpg", "Bella")
        log.append(catalogue, Renamed(anna, "Bella"), "somebody")

    added(catalogue, entries())
    assert [(one.id, one.name, one.annotations) for one in lookup.individuals(catalogue)] == [(anna, "Bella", 2)]


def test_a_corrected_box_is_described_when_the_photo_is_added_again(catalogue: Catalogue, herd: Path) -> None:
    photo = herd / "animal 0" / "day 0" / "0.jpg"
    record, fingerprint = Record(photo, "Anna", box=Box(0, 0, 80, 80)), open_method("rootsift").fingerprint
    added(catalogue, [record], "rootsift")
    moved = Box(60, 50, 90, 100)
    log.append(catalogue, Corrected(1, box=moved), "somebody")
    assert vectors.undescribed(catalogue, fingerprint) == [1]
    report = added(catalogue, [record], "rootsift")
    assert (report.new, report.annotations, report.disputed) == (0, [1], [])
    assert vectors.undescribed(catalogue, fingerprint) == []
    (part,) = vectors.read_shards(catalogue, fingerprint)
    assert isinstance(part, Described)
    assert isinstance(part.descriptors, LocalFeatures)
    places = part.descriptors.positions
    assert part.descriptors.sizes.tolist() == [[90, 100]]
    assert (places >= (60, 50)).all()
    assert (places <= (150, 150)).all()
    assert lookup.counts(catalogue).annotations == 1


def test_a_box_corrected_while_it_is_described_is_not_taken_for_described(catalogue: Catalogue, herd: Path) -> None:
    records = [Record(photo, "Anna", box=Box(0, 0, 80, 80)) for photo in sorted(herd.rglob("*.jpg"))[:2]]
    added(catalogue, records)
    log.append(catalogue, Corrected(1, box=Box(10, 10, 50, 50)), "somebody")
    method = open_method("thumbnail")

    def meddling(function: Callable[[S], R], shards: Iterable[S]) -> Iterator[R]:
        for shard in shards:
            result = function(shard)
            log.append(catalogue, Corrected(1, box=Box(20, 20, 50, 50)), "somebody")
            yield result

    add(catalogue, records, method.name, method.fingerprint, meddling, "tester")
    assert vectors.undescribed(catalogue, method.fingerprint) == [1]


def test_encounters_numbered_anew_for_each_animal_stay_apart(catalogue: Catalogue, herd: Path) -> None:
    photos = sorted(herd.rglob("*.jpg"))
    records = [Record(photos[0], "Anna", encounter="1"), Record(photos[1], "Bella", encounter="1", side=Side.LEFT)]
    added(catalogue, records)
    assert [one.encounter for one in lookup.catalogued(catalogue)] == ["Anna/1", "Bella/1"]
    assert lookup.catalogued(catalogue, [2])[0].side is Side.LEFT


def test_progress_counts_every_entry(catalogue: Catalogue, herd: Path) -> None:
    told: list[int] = []
    entries = [*scan([herd], by_folder=True), *([Rejection(herd, "no photo")] * 20)]
    method = open_method("thumbnail")
    adding.add(catalogue, entries, method.name, method.fingerprint, in_this_process, "tester", told.append)
    assert told == [32, 44]


def test_two_programs_may_add_at_once(tmp_path: Path) -> None:
    """They share animals and even photos: the outcome is what one after the other gives."""
    whole = write_herd(tmp_path / "whole", 6, 1, 8)
    halves = tmp_path / "half 1", tmp_path / "half 2"
    for place, photos in zip(halves, (range(6), range(2, 8)), strict=True):
        for animal in range(6):
            for photo in photos:
                inside = f"animal {animal}/day 0/{photo}.jpg"
                (place / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(whole / inside, place / inside)
    with folder.create(tmp_path / "shared") as shared:
        running = [start(shared.folder, place, "rootsift") for place in halves]
        for process in running:
            with process:
                assert process.wait() == 0
        assert check.check(shared) == []
        assert [(one.name, one.annotations) for one in lookup.individuals(shared)] == [
            (f"animal {animal}", 8) for animal in range(6)
        ]
        fingerprint = open_method("rootsift").fingerprint
        assert vectors.undescribed(shared, fingerprint) == []
        assert len(vectors.described(shared, fingerprint)) == lookup.counts(shared).photos == 48


def start(catalogue: Path, photos: Path, method: str = "thumbnail", workers: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), str(catalogue), str(photos), method, str(workers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run_and_kill(catalogue: Path, photos: Path, shards: int, moment: float) -> bool:
    """Start it, and kill it a moment after so many shards; whether it was still running."""
    with start(catalogue, photos) as process:
        assert process.stdout is not None
        for _ in range(1 + shards):
            process.stdout.readline()
        time.sleep(moment)
        process.kill()
        return process.wait() == -signal.SIGKILL


def test_killed_at_any_moment_it_ends_as_if_it_had_never_been(tmp_path: Path) -> None:
    herd = write_herd(tmp_path / "herd", 15, 2, 5)
    (herd / "animal 3" / "broken.jpg").write_bytes(b"no photo")
    fingerprint = open_method("thumbnail").fingerprint
    with folder.create(tmp_path / "undisturbed") as undisturbed:
        with start(undisturbed.folder, herd) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            begun = time.monotonic()
            assert process.wait() == 0
        shard_seconds = (time.monotonic() - begun) / 5
        expected = content(undisturbed, fingerprint)
    moments = random.Random(5)
    killed, done = 0, 0
    with folder.create(tmp_path / "killed") as catalogue:
        while killed < KILLS:
            # Shards that are done take no time; most kills hit the first that is not.
            shards = done // 32 + (killed % 4 == 3)
            killed += run_and_kill(catalogue.folder, herd, shards, moments.uniform(0, shard_seconds))
            found = lookup.counts(catalogue)
            assert found.photos >= done
            done = found.photos
            assert check.check(catalogue) == []
            assert vectors.damaged(catalogue) == []
            assert vectors.undescribed(catalogue, fingerprint) == []
        with start(catalogue.folder, herd) as process:
            assert process.wait() == 0
        assert content(catalogue, fingerprint) == expected
        assert lookup.counts(catalogue).photos == 150
        # What a killed run left of a shard was collected by the next.
        assert len(list((catalogue.folder / folder.VECTORS).glob("*/*"))) == 5
        assert check.check(catalogue) == []


def test_workers_end_when_the_program_is_killed(tmp_path: Path) -> None:
    herd = write_herd(tmp_path / "herd", 4, 1, 20)
    with folder.create(tmp_path / "catalogue") as catalogue:
        with start(catalogue.folder, herd, workers=2) as process:
            assert process.stdout is not None
            while process.stdout.readline() != "32\n":
                assert process.poll() is None
            workers = psutil.Process(process.pid).children(recursive=True)
            assert len(workers) >= 2
            process.kill()
        _, lingering = psutil.wait_procs(workers, PATIENCE)
        assert lingering == []
