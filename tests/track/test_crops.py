"""The best pictures of tracks, cut out of simulated films."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.errors import ResightError
from resight.media.table import read_table
from resight.media.video import frame
from resight.simulate.film import films_of
from resight.simulate.truth import Truth, read_truth
from resight.track.crops import Crop, Names, best_crops, write_crops
from resight.types import Detections, Record, Side


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
    cut = frame(truth.film, one.frame).pixels[y : round(one.box.y + one.box.h), x : round(one.box.x + one.box.w)]
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


def test_what_is_in_no_track_is_not_cut_out(truth: Truth, tmp_path: Path) -> None:
    nobody = np.full(len(truth), -1)
    assert write_crops(tmp_path, truth.film, truth.detections, nobody) == []
    assert list(read_table(tmp_path / "metadata.csv")) == []


def test_without_boxes_there_is_nothing(truth: Truth) -> None:
    empty = Detections(np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0, np.float32))
    assert list(best_crops(truth.film, empty, np.zeros(0, np.int64))) == []
