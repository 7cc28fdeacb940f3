"""What a round learns from, and who each track is."""

from pathlib import Path

import numpy as np

from resight.loop.named import write_learned, write_named
from resight.loop.tracks import tracks_of
from resight.media.table import read_table
from resight.types import Record


def _identities(table: Path) -> dict[str, str | None]:
    return {one.encounter: one.identity for one in read_table(table) if isinstance(one, Record)}


def test_tracks_that_are_left_out_are_not_learned_but_named(tracked: Path, tmp_path: Path) -> None:
    tracks, _ = tracks_of(tracked)
    of = np.array([0, 1, 0, 2, 1])
    write_learned(tmp_path / "learn.csv", tracks, of, {2, 3})
    names = tracks.name.tolist()
    assert _identities(tmp_path / "learn.csv") == {
        names[0]: "animal 0001", names[1]: "animal 0002", names[4]: "animal 0002",
    }  # fmt: skip
    write_named(tmp_path / "named.csv", tracks, of)
    assert list(_identities(tmp_path / "named.csv")) == names[:5]


def test_all_pictures_of_a_track_are_learned_with_side_and_encounter(tracked: Path, tmp_path: Path) -> None:
    tracks, _ = tracks_of(tracked)
    write_learned(tmp_path / "learn.csv", tracks, np.arange(2), set())
    found = [one for one in read_table(tmp_path / "learn.csv") if isinstance(one, Record)]
    assert [one.path for one in found] == [one.path for track in (0, 1) for one in tracks.pictures(track)]
    assert {(one.side, one.encounter) for one in found} == {("left", tracks.name[0]), ("left", tracks.name[1])}
