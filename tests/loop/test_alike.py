"""Tracks of one animal are more alike than others, by a model or by a method that learned nothing."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.loop.looping import silent, truth

from resight.errors import ResightError
from resight.loop.alike import cosines, spot_scores
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
    with pytest.raises(ResightError, match="none of the 72 pictures can be used"):
        spot_scores(tracks, "thumbnail", tmp_path / "other.npy", local_processes(1), silent)
