"""Tracks of one animal are more alike than others, by a model or by a method that learned nothing."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.describe.test_onnx import image_model
from tests.loop.looping import silent, truth

from resight.chip.padded import DEVIATION, MEAN
from resight.errors import ResightError
from resight.loop.alike import cosines, spot_scores, track_vectors
from resight.loop.tracks import tracks_of
from resight.work.processes import local_processes


def test_the_cosine_is_of_both_halves_and_lost_tracks_are_like_nothing() -> None:
    vectors = np.array([[[1, 0], [1, 0]], [[0, 1], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 1]]], np.float32)
    found = cosines(vectors)
    assert found[0, 1] == 0
    assert found[1, 3] == pytest.approx(np.sqrt(0.5))
    assert (found[2] == -1).all()
    assert (found[:, 2] == -1).all()


def test_one_animal_is_nearest_and_the_scores_are_kept(tracked: Path, tmp_path: Path) -> None:
    tracks, _ = tracks_of(tracked)
    who = truth(tracks)
    found = spot_scores(tracks, "thumbnail", tmp_path / "spots.npy", local_processes(1), silent)
    assert np.allclose(found, found.T)
    nearest = np.where(np.eye(len(tracks), dtype=bool), -1, found).argmax(axis=1)
    assert (who[nearest] == who).all()
    assert np.array_equal(spot_scores(tracks, "no such", tmp_path / "spots.npy", local_processes(1), silent), found)


def test_halves_are_of_every_other_picture_that_can_be_used_and_the_others_are_told_at_every_start(
    tmp_path: Path,
) -> None:
    model = image_model(tmp_path / "same.onnx", ["n", 3, 8, 8])
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 255, (3, 5, 3), np.uint8)
    rows = ["path,film,frame,track"]
    for track, number in np.ndindex(3, 5):
        name = f"{track}-{number}.png"
        cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), colours[track, number, ::-1], np.uint8))
        rows.append(f"{name},f,{10 * track + number},{track}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    (tmp_path / "1-0.png").write_bytes(b"no picture")
    tracks, _ = tracks_of(tmp_path / "t.csv")
    vectors, rejected = track_vectors(tracks, 2, model, tmp_path, local_processes(1), silent)
    fed = (colours / 255 - MEAN) / DEVIATION
    fed /= np.linalg.norm(fed, axis=2, keepdims=True)
    # With the first of its pictures lost, the second takes its turn.
    halves = [[fed[0, 0::2], fed[0, 1::2]], [fed[1, 1::2], fed[1, 2::2]]]
    sums = np.array([[half.sum(axis=0) for half in track] for track in halves])
    assert np.allclose(vectors, sums / np.linalg.norm(sums, axis=2, keepdims=True), atol=1e-5)
    assert [one.path.name for one in rejected] == ["1-0.png"]
    again, told = track_vectors(tracks, 2, tmp_path / "none.onnx", tmp_path, local_processes(1), silent)
    assert np.array_equal(again, vectors)
    assert told == rejected


def test_a_track_without_a_picture_is_like_nothing(tracked: Path, tmp_path: Path) -> None:
    shutil.copytree(tracked.parent, tmp_path / "some")
    tracks, _ = tracks_of(tmp_path / "some" / "metadata.csv")
    for record in tracks.pictures(4):
        record.path.write_bytes(b"no picture")
    found = spot_scores(tracks, "thumbnail", tmp_path / "spots.npy", local_processes(1), silent)
    assert (found[4] == 0).all()
    assert np.isfinite(found).all()
    for record in tracks.records:
        record.path.write_bytes(b"no picture")
    with pytest.raises(ResightError, match="none of the photos can be used"):
        spot_scores(tracks, "thumbnail", tmp_path / "other.npy", local_processes(1), silent)
