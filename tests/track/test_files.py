"""Boxes and tracks on disk."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.errors import ResightError
from resight.simulate.film import films_of
from resight.simulate.truth import read_truth
from resight.track.files import read_tracks, write_tracks
from resight.types import Detections

rows = st.lists(
    st.tuples(st.integers(0, 50), st.integers(-1, 5), *(st.integers(1, 400) for _ in range(4)), st.integers(0, 1000)),
    max_size=20,
)


@given(rows)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int, int, int, int, int, int]]
) -> None:
    table = np.array(sorted(told), np.float64).reshape(-1, 7)
    detections = Detections(table[:, 0].astype(np.int64), table[:, 2:6], (table[:, 6] / 1000).astype(np.float32))
    path = tmp_path_factory.getbasetemp() / "tracks.csv"
    write_tracks(path, detections, table[:, 1].astype(np.int64))
    again, tracks = read_tracks(path)
    assert np.array_equal(again.frames, detections.frames)
    assert np.array_equal(again.boxes, detections.boxes)
    assert np.allclose(again.scores, detections.scores)
    assert np.array_equal(tracks, table[:, 1])


def test_mot_challenge(cage: Path) -> None:
    truth = read_truth(films_of(cage)[0])
    found, tracks = read_tracks(truth.film.with_suffix(".txt"))
    assert np.array_equal(found.frames, truth.detections.frames)
    assert np.array_equal(tracks, truth.track)


@pytest.mark.parametrize("text", ["frame,x,y\n1,2,3\n", "frame,x,y,w,h\n1,2,3,4,-5\n", "frame,x,y,w,h\none,2,3,4,5\n"])
def test_what_is_no_table_of_boxes_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(ResightError, match="no table of boxes"):
        read_tracks(tmp_path / "x.csv")
