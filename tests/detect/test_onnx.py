"""Detectors of many families give the same boxes; large pictures are looked at in tiles."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detect.models import centres, constant_detector, red_detector, red_square

from resight.detect.onnx import OnnxDetector, tiles
from resight.detect.seam import Found, WholePhoto, best_of_overlapping
from resight.errors import ResightError
from resight.track.overlap import overlap
from resight.types import Floats

SIZE = (64, 96)
BOXES = np.array([[10.0, 20.0, 30.0, 16.0], [50.0, 4.0, 24.0, 40.0]])
SCORES = np.array([0.9, 0.6])
CORNERS = np.concatenate([BOXES[:, :2], BOXES[:, :2] + BOXES[:, 2:]], axis=1)
PICTURE = np.full((64, 96, 3), 90, np.uint8)


def _yolo5() -> list[Floats]:
    rows = np.zeros((1, 300, 7), np.float32)
    rows[0, :, :4] = (60, 30, 4, 4)
    rows[0, :2] = np.column_stack([centres(BOXES), [0.95, 0.8], SCORES / [0.95, 0.8], [0.1, 0.2]])
    rows[0, 2:, 2:4] = 300  # boxes far from any grid's cell, without a score
    return [rows]


def _yolo8() -> list[Floats]:
    rows = np.zeros((1, 6, 300), np.float32)
    rows[0, :4] = 1
    rows[0, :, :2] = np.asarray(np.column_stack([centres(BOXES), [0.1, 0.2], SCORES]).T, np.float32)
    return [rows]


def _yolo10() -> list[Floats]:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, :2] = np.column_stack([CORNERS, SCORES, [0, 0]])
    return [rows]


def _yolox() -> list[Floats]:
    cells = [(y, x, s) for s in (8, 16, 32) for y in range(SIZE[0] // s) for x in range(SIZE[1] // s)]
    rows = np.zeros((1, len(cells), 7), np.float32)
    for (x, y, w, h), score, place in zip(centres(BOXES), SCORES, (17, 100), strict=True):
        row, column, stride = cells[place]
        rows[0, place] = [
            x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride), 0.98, 0.1, score / 0.98,
        ]  # fmt: skip
    return [rows]


def _rtdetr() -> list[Floats]:
    logits = np.full((1, 300, 3), -9, np.float32)
    boxes = np.full((1, 300, 4), 0.5, np.float32)
    logits[0, :2, 1] = np.log(SCORES / (1 - SCORES))
    boxes[0, :2] = centres(BOXES) / [SIZE[1], SIZE[0], SIZE[1], SIZE[0]]
    return [logits, boxes]


def _rtdetr_scaled() -> list[Floats]:
    corners = np.zeros((1, 300, 4), np.float32)
    scores = np.zeros((1, 300), np.float32)
    corners[0, :2], scores[0, :2] = CORNERS, SCORES
    return [np.zeros((1, 300), np.int64), corners, scores]


def _ours() -> list[Floats]:
    return [np.asarray(CORNERS, np.float32)[None], np.asarray(SCORES, np.float32)[None]]


@pytest.mark.parametrize("layout", [_yolo5, _yolo8, _yolo10, _yolox, _rtdetr, _rtdetr_scaled, _ours])
def test_every_layout_gives_the_same_boxes(tmp_path: Path, layout: Callable[[], list[Floats]]) -> None:
    inputs = 2 if layout is _rtdetr_scaled else 1
    detector = OnnxDetector(constant_detector(tmp_path / "m.onnx", layout(), SIZE, inputs))
    (found,) = detector.detect([PICTURE])
    assert np.allclose(found.boxes, BOXES, atol=0.01)
    assert np.allclose(found.scores, SCORES, atol=0.001)


def test_boxes_are_of_the_picture_not_of_the_input(tmp_path: Path) -> None:
    detector = OnnxDetector(red_detector(tmp_path / "red.onnx", 64))
    (found,) = detector.detect([red_square(50, 100, (20, 10, 40, 24))])
    assert np.abs(found.boxes[0] - (20, 10, 40, 24)).max() < 2.5
    assert len(found) == 1


@given(st.integers(0, 560), st.integers(0, 360))
def test_a_small_animal_in_a_large_picture_is_found_in_a_tile(
    tmp_path_factory: pytest.TempPathFactory, x: int, y: int
) -> None:
    model = tmp_path_factory.getbasetemp() / "red64.onnx"
    if not model.exists():
        red_detector(model, 64)
    picture = red_square(400, 600, (x, y, 12, 12))
    (found,) = OnnxDetector(model, least=0.6).detect([picture])
    assert overlap(found.boxes, np.array([x, y, 12.0, 12.0])).max() > 0.75
    (whole,) = OnnxDetector(model, least=0.6, tiled=False).detect([picture])
    assert len(whole) == 0 or overlap(whole.boxes, np.array([x, y, 12.0, 12.0])).max() < 0.75


@given(st.integers(1, 900), st.integers(1, 900), st.integers(32, 300), st.integers(32, 300))
def test_tiles_cover_everything_and_share(height: int, width: int, down: int, across: int) -> None:
    covered = np.zeros((height, width), np.int64)
    for top, left in tiles(height, width, down, across):
        assert 0 <= top <= max(height - down, 0)
        assert 0 <= left <= max(width - across, 0)
        covered[top : top + down, left : left + across] += 1
    assert covered.min() >= 1


boxes = st.lists(st.tuples(*(st.integers(1, 50) for _ in range(4)), st.floats(0, 1)), max_size=12)


@given(boxes)
def test_of_boxes_that_overlap_the_best_is_kept(given_: list[tuple[int, int, int, int, float]]) -> None:
    told = np.array(given_, np.float64).reshape(-1, 5)
    found = Found(told[:, :4], told[:, 4].astype(np.float32))
    kept = best_of_overlapping(found)
    assert (np.diff(kept.scores) <= 0).all()
    shared = overlap(kept.boxes[:, None], kept.boxes[None])
    assert (shared[~np.eye(len(kept), dtype=bool)] <= 0.5).all()
    for box, score in zip(found.boxes, found.scores, strict=True):
        near = overlap(box, kept.boxes)
        assert ((near > 0.5) & (kept.scores >= score)).any() or (kept.boxes == box).all(axis=1).any()


def test_what_is_no_detector_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model")
    with pytest.raises(ResightError, match="cannot be opened"):
        OnnxDetector(tmp_path / "x.onnx")
    odd = constant_detector(tmp_path / "odd.onnx", [np.zeros((1, 3, 8, 8), np.float32)], SIZE)
    with pytest.raises(ResightError, match="none of the layouts"):
        OnnxDetector(odd).detect([PICTURE])
    with pytest.raises(ResightError, match="no layout 'yolo99'"):
        OnnxDetector(odd, layout="yolo99")


def test_a_detector_says_which_it_is(tmp_path: Path) -> None:
    one = constant_detector(tmp_path / "one.onnx", _ours(), SIZE)
    other = constant_detector(tmp_path / "other.onnx", _yolo8(), SIZE)
    prints = {OnnxDetector(one).fingerprint, OnnxDetector(other).fingerprint, OnnxDetector(one, least=0.4).fingerprint}
    assert len(prints) == 3


def test_the_whole_photo_is_one_box() -> None:
    (found,) = WholePhoto().detect([PICTURE])
    assert found.boxes.tolist() == [[0, 0, 96, 64]]
