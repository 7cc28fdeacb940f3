"""The tracks of a table, and which of them can be one animal."""

from pathlib import Path

import pytest

from resight.errors import ResightError
from resight.loop.tracks import tracks_of
from resight.types import Rejection, Side

HEADING = "path,side,film,frame,track\n"


def test_tracks_are_in_the_order_in_which_they_were_filmed(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        HEADING + "a.png,left,b.mp4,30,0\nb.png,left,b.mp4,5,1\nc.png,left,b.mp4,31,0\nd.png,right,a.mp4,0,0\n"
    )
    tracks, rejected = tracks_of(table)
    assert tracks.name.tolist() == ["b.mp4 1", "b.mp4 0", "a.mp4 0"]
    assert tracks.first.tolist() == [5, 30, 0]
    assert tracks.last.tolist() == [5, 31, 0]
    assert tracks.side.tolist() == [Side.LEFT, Side.LEFT, Side.RIGHT]
    assert [record.path.name for record in tracks.pictures(1)] == ["a.png", "c.png"]
    assert rejected == []


def test_what_is_on_the_screen_together_or_of_another_side_is_not_one_animal(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        HEADING
        + "a.png,left,f,0,0\nb.png,left,f,20,0\nc.png,left,f,10,1\nd.png,left,f,21,2\ne.png,right,f,40,3\n"
        + "f.png,,f,50,4\ng.png,left,g,0,0\n"
    )
    tracks, _ = tracks_of(table)
    may = tracks.may_be_one()
    assert tracks.name.tolist() == ["f 0", "f 1", "f 2", "f 3", "f 4", "g 0"]
    expected = [
        [0, 0, 1, 0, 1, 1],
        [0, 0, 1, 0, 1, 1],
        [1, 1, 0, 0, 1, 1],
        [0, 0, 0, 0, 1, 0],
        [1, 1, 1, 1, 0, 1],
        [1, 1, 1, 0, 1, 0],
    ]
    assert may.astype(int).tolist() == expected


def test_without_frames_nothing_is_on_the_screen_together(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(HEADING + "a.png,left,f,,0\nb.png,left,f,,1\n")
    assert tracks_of(table)[0].may_be_one()[0, 1]


def test_tables_that_are_none_of_tracks_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("path,identity\na.png,Ada\n")
    with pytest.raises(ResightError, match="film"):
        tracks_of(table)
    table.write_text(HEADING + "a.png,left,f,0,first\n")
    with pytest.raises(ResightError, match="row 2: track and frame are whole numbers"):
        tracks_of(table)
    table.write_text(HEADING)
    with pytest.raises(ResightError, match="no track"):
        tracks_of(table)


def test_rows_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(HEADING + "a.png,left,f,0,0\nb.png,sideways,f,1,0\n")
    tracks, rejected = tracks_of(table)
    assert len(tracks) == 1
    assert [type(one) for one in rejected] == [Rejection]
