"""The best pictures of tracks, cut out of simulated films."""

import csv
import errno
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.errors import ResightError
from resight.media.table import read_table
from resight.media.video import Frame, frames
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.crops import Crop, Names, best_crops, films_in, write_crops, write_picture
from resight.types import Detections, Record, Rejection, Side

Film = Callable[..., Path]


@pytest.fixture(scope="module")
def noise(film_of: Film) -> Path:
    """A film of 160 frames with black bars 16 pixels high above and below the picture."""
    inside = np.random.default_rng(0).integers(40, 250, (8, 12, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    return film_of([np.pad(inside, ((16, 16), (0, 0), (0, 0)))] * 160)


def boxes_in(frames: list[int], box: list[float]) -> Detections:
    return Detections(np.array(frames), np.tile(box, (len(frames), 1)), np.ones(len(frames), np.float32))


@pytest.fixture
def truth(cage: Path) -> Truth:
    return read_truth(films_of(cage)[0])


def test_crops_show_the_boxes_and_the_best_of_each_track(truth: Truth) -> None:
    few = [one for one in best_crops(truth.film, truth.detections, truth.track, most=2) if isinstance(one, Crop)]
    every = [one for one in best_crops(truth.film, truth.detections, truth.track, most=99) if isinstance(one, Crop)]
    assert len(every) == len(truth)
    for track in np.unique(truth.track):
        own = [one for one in few if one.track == track]
        assert len(own) == min(2, np.count_nonzero(truth.track == track))
        assert [one.frame for one in own] == sorted(one.frame for one in own)
        best = sorted((one.quality for one in every if one.track == track), reverse=True)[: len(own)]
        assert sorted((one.quality for one in own), reverse=True) == best
    one = few[0]
    x, y = int(one.box.x), int(one.box.y)
    shown = next(f for f in frames(truth.film) if isinstance(f, Frame) and f.number == one.frame)
    cut = shown.pixels[y : round(one.box.y + one.box.h), x : round(one.box.x + one.box.w)]
    assert np.array_equal(one.pixels, cut)


def test_a_head_that_is_whole_is_better_than_one_that_leaves_the_picture(truth: Truth) -> None:
    every = [one for one in best_crops(truth.film, truth.detections, truth.track, most=99) if isinstance(one, Crop)]
    whole = {(one.frame, one.track) for one in every if one.box.x > 3 and one.box.x + one.box.w < 477}
    marks = [one.quality for one in every if (one.frame, one.track) in whole]
    cut_off = [one.quality for one in every if (one.frame, one.track) not in whole]
    assert np.median(marks) > 2 * np.median(cut_off)


def test_the_table_can_be_added_and_learned_from(truth: Truth, tmp_path: Path) -> None:
    first = [int(np.argmax(truth.track == n + 1)) for n in range(int(truth.track.max()))]
    names = Names(tuple(truth.individual[first].tolist()), tuple(Side(side) for side in truth.side[first]))
    assert write_crops(tmp_path, truth.film, truth.detections, truth.track - 1, names, "pass-1", "head", 3) == []
    records = [one for one in read_table(tmp_path / "metadata.csv") if isinstance(one, Record)]
    assert {(one.identity, one.side) for one in records} == set(zip(names.identity, names.side, strict=True))
    assert {one.encounter for one in records} == {"pass-1"}
    assert all(one.box is None and one.path.exists() and one.part == "head" for one in records)
    for row in csv.DictReader((tmp_path / "metadata.csv").open()):
        picture = cv2.imread(str(tmp_path / row["path"]))
        assert picture is not None
        height, width = picture.shape[:2]
        assert abs(width / height - float(row["film_w"]) / float(row["film_h"])) < 0.05
    with pytest.raises(ResightError, match="has crops of"):
        write_crops(tmp_path, truth.film, truth.detections, truth.track - 1)


def test_films_of_one_name_do_not_mix(truth: Truth, tmp_path: Path) -> None:
    write_crops(tmp_path, truth.film, truth.detections, truth.track - 1, most=1)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    other = (tmp_path / "other" / truth.film.name).with_suffix(".mov")
    with pytest.raises(ResightError, match=f"has crops of {truth.film.name} already"):
        write_crops(tmp_path, other, truth.detections, truth.track - 1, most=2)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_on_a_full_disk_no_row_of_a_film_is_in_the_table(
    cage: Path, truth: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_crops(tmp_path, truth.film, truth.detections, truth.track - 1, most=1)
    table = tmp_path / "metadata.csv"
    before, second = table.read_bytes(), read_truth(films_of(cage)[1])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("os.fsync", full)
        write_crops(tmp_path, second.film, second.detections, second.track - 1, most=1)
    assert table.read_bytes() == before
    write_crops(tmp_path, second.film, second.detections, second.track - 1, most=1)
    assert table.read_bytes().startswith(before)
    assert films_in(table) == {one.film.name: len(np.unique(one.track)) for one in (truth, second)}


def test_what_is_in_no_track_is_not_cut_out(truth: Truth, tmp_path: Path) -> None:
    nobody = np.full(len(truth), -1)
    assert write_crops(tmp_path, truth.film, truth.detections, nobody) == []
    assert list(read_table(tmp_path / "metadata.csv")) == []


def test_without_boxes_there_is_nothing(truth: Truth) -> None:
    empty = Detections(np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0, np.float32))
    assert list(best_crops(truth.film, empty, np.zeros(0, np.int64))) == []


def test_a_track_with_a_long_gap_has_no_more_pictures_than_others(noise: Path) -> None:
    some = boxes_in([0, 1, 2, 3, 150, 151, 152], [10, 30, 24, 16])
    crops = list(best_crops(noise, some, np.zeros(7, np.int64), most=2))
    assert len(crops) == 2


def test_what_is_not_in_the_film_is_told_and_the_rest_is_cut_out(noise: Path) -> None:
    some = boxes_in([0, 1, 2, 160, 999], [10, 30, 24, 16])
    some.boxes[1] = [500, 30, 24, 16]
    found = list(best_crops(noise, some, np.zeros(5, np.int64)))
    assert [one.frame for one in found if isinstance(one, Crop)] == [0, 2]
    told = [one.reason for one in found if isinstance(one, Rejection)]
    assert "frame 1" in told[0]
    assert "lies outside" in told[0]
    assert told[1].startswith("2 boxes are in frames that it lacks: it has 160")


def test_at_a_black_bar_an_animal_is_cut_off_as_at_the_border(noise: Path) -> None:
    inside, at_the_bar = boxes_in([5], [10, 24, 24, 16]), boxes_in([5], [10, 16, 24, 16])
    (whole,) = best_crops(noise, inside, np.zeros(1, np.int64))
    (cut_off,) = best_crops(noise, at_the_bar, np.zeros(1, np.int64))
    assert isinstance(whole, Crop)
    assert isinstance(cut_off, Crop)
    assert cut_off.quality < 0.5 * whole.quality


def test_a_table_of_something_else_is_left_alone(noise: Path, tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("path,identity\na.jpg,Anna\n")
    with pytest.raises(ResightError, match="is no table of tracks"):
        write_crops(tmp_path, noise, boxes_in([0], [10, 30, 24, 16]), np.zeros(1, np.int64))
    assert (tmp_path / "metadata.csv").read_text() == "path,identity\na.jpg,Anna\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is at hand on Linux only")
def test_a_picture_that_a_full_disk_does_not_take_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("/dev/full")
    with pytest.raises(ResightError, match=r"a\.jpg cannot be written: No space left"):
        write_picture(tmp_path / "a.jpg", np.full((20, 30, 3), 90, np.uint8))
