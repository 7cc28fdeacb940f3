"""The sea cage: films with the truth beside them."""

import csv
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from tests.conftest import SMALLEST

from resight.errors import ResightError
from resight.media.video import Frame, frames, video_facts
from resight.simulate.cage import PRESETS, Preset, head_counts, plan
from resight.simulate.film import MANIFEST, films_of, write_cage
from resight.simulate.truth import Truth, read_truth, run_lengths
from resight.types import Pixels
from resight.work.processes import in_this_process


@pytest.fixture(scope="module")
def truths(cage: Path) -> list[Truth]:
    return [read_truth(path) for path in films_of(cage)]


def test_the_same_preset_gives_the_same_bytes(cage: Path, tmp_path: Path) -> None:
    write_cage(SMALLEST, tmp_path / "again", in_this_process)
    assert {path.name for path in cage.iterdir()} == {path.name for path in (tmp_path / "again").iterdir()}
    assert all(path.read_bytes() == (tmp_path / "again" / path.name).read_bytes() for path in cage.iterdir())


def test_the_thesis_preset_is_of_the_thesis_size() -> None:
    preset = PRESETS["thesis"]
    counts = head_counts(preset, np.random.default_rng([preset.seed, 20, 0]))
    assert len(counts) == 715
    assert 14_000 < counts.sum() < 16_500
    assert np.median(counts) == 9
    assert 19 < counts.mean() < 24


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_side_comes_by_once_in_every_pass(preset: Preset) -> None:
    films = plan(preset)
    for pass_ in range(preset.passes):
        who = [(swim.individual, swim.side) for film in films if film.pass_ == pass_ for swim in film.swims]
        assert len(who) == len(set(who)) == preset.sides
    assert len({film.cage for film in films}) == preset.cages
    for film in films:
        assert all(swim.span(preset.lens)[0] >= 0 and swim.span(preset.lens)[1] <= film.frames for swim in film.swims)


def test_films_are_as_long_and_large_as_their_truth_says(truths: list[Truth]) -> None:
    for truth in truths:
        facts = video_facts(truth.film)
        assert (facts.width, facts.height, facts.rate) == (480, 272, 24)
        stated = json.loads(truth.film.with_suffix(".json").read_text())
        shown = list(frames(truth.film))
        assert [one.number for one in shown if isinstance(one, Frame)] == [image["id"] for image in stated["images"]]
        assert len(truth) == len(stated["annotations"]) > 10


def test_a_head_stands_out_where_its_mask_says(cage: Path, truths: list[Truth]) -> None:
    """The brightness jumps at the mask's edge more than it does a little further out."""
    for truth in truths:
        coco = COCO(str(truth.film.with_suffix(".json")))
        jumps = []
        for one in frames(truth.film):
            assert isinstance(one, Frame)
            for annotation in coco.loadAnns(coco.getAnnIds(imgIds=[one.number])):
                if annotation["visible"] < 0.99:
                    continue
                mask = coco.annToMask(annotation)
                rows, columns = np.nonzero(mask)
                x, y, w, h = annotation["bbox"]
                assert (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1) == (x, y, w, h)
                jumps.append(_jump(one.pixels, mask))
        assert np.mean(jumps) > 8


def test_mot_and_coco_say_the_same(truths: list[Truth]) -> None:
    for truth in truths:
        rows = list(csv.reader(truth.film.with_suffix(".txt").open()))
        told = np.array(rows, float)
        assert np.array_equal(told[:, 0] - 1, truth.detections.frames)
        assert np.array_equal(told[:, 1], truth.track)
        assert np.allclose(told[:, 2:6], truth.detections.boxes, atol=0.5)


def test_a_left_flank_swims_left_and_a_right_one_right(truths: list[Truth]) -> None:
    for truth in truths:
        for track in np.unique(truth.track):
            rows = np.flatnonzero((truth.track == track) & (truth.inside > 0.99))
            middles = truth.detections.boxes[rows, 0] + truth.detections.boxes[rows, 2] / 2
            towards = -1 if truth.side[rows[0]] == "left" else 1
            assert all(towards * (after - before) > 0 for before, after in pairwise(middles))


def test_a_stopped_filming_goes_on_and_other_films_are_not_touched(cage: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    for path in cage.iterdir():
        if path.name != MANIFEST and not path.name.startswith("pass-2"):
            (half / path.name).write_bytes(path.read_bytes())
    before = (half / "pass-1-film-1.mp4").stat().st_mtime_ns
    (half / "pass-2-film-1.unfinished.mp4").write_bytes(b"broken off")
    with pytest.raises(ResightError, match="no finished films"):
        films_of(half)
    write_cage(SMALLEST, half, in_this_process)
    assert (half / "pass-1-film-1.mp4").stat().st_mtime_ns == before
    assert (half / MANIFEST).read_bytes() == (cage / MANIFEST).read_bytes()
    with pytest.raises(ResightError, match="something else"):
        write_cage(replace(SMALLEST, seed=4), half, in_this_process)


def test_a_file_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ResightError, match="does not hold the truth"):
        read_truth(tmp_path / "x.json")


def test_run_lengths_are_cocos() -> None:
    mask = np.where(np.random.default_rng(1).random((13, 17)) > 0.5, 255, 0).astype(np.uint8)
    told = run_lengths(mask)
    counts = told["counts"]
    assert isinstance(counts, list)
    flat = np.repeat(np.arange(len(counts)) % 2, counts)
    assert np.array_equal(flat.reshape(17, 13).T * 255, mask)


def _jump(pixels: Pixels, mask: np.ndarray) -> float:
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(float)
    inner = cv2.erode(mask, np.ones((5, 5))) - cv2.erode(mask, np.ones((9, 9)))
    outer = cv2.dilate(mask, np.ones((9, 9))) - cv2.dilate(mask, np.ones((5, 5)))
    return float(abs(grey[inner > 0].mean() - grey[outer > 0].mean()))
