"""Animals before a background that stands still."""

from pathlib import Path

import numpy as np
import pytest

from resight.detect.contrast import StillBackground
from resight.detect.film import detect_film
from resight.errors import VideoError
from resight.track.motion import motion_tracks


def test_eight_zebrafish_are_found_and_followed(real_photos: Path) -> None:
    film = real_photos / "zebrafish_video" / "test_A.avi"
    found, rejected = detect_film(StillBackground(film), film, every=1)
    assert rejected == []
    counts = np.bincount(found.frames, minlength=501)
    assert len(counts) == 501
    assert np.median(counts) == 8
    tracks = motion_tracks(found, size=(1160, 938))
    lengths = np.sort(np.bincount(tracks[tracks >= 0]))[::-1]
    # All eight, all through, but for where one lies on another.
    assert (lengths[:8] > 400).all()
    assert lengths[8] < 100


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.avi").write_bytes(b"no film")
    with pytest.raises(VideoError):
        StillBackground(tmp_path / "x.avi")


def test_a_film_that_tells_no_length_is_looked_at_to_its_end(tmp_path: Path) -> None:
    """What is there in its first third only is no background, though it is in most of the frames at the start."""
    import av

    background = np.random.default_rng(1).integers(80, 160, (6, 8, 3), np.uint8).repeat(16, axis=0).repeat(16, axis=1)
    with av.open(str(tmp_path / "m.h264"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(240):
            picture = background.copy()
            if number < 90:
                picture[30:60, 30:70] = 10
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    found, _ = detect_film(StillBackground(tmp_path / "m.h264"), tmp_path / "m.h264")
    assert np.unique(found.frames).tolist() == list(range(90))


def test_it_finds_what_moves_and_not_what_stands(tmp_path: Path) -> None:
    import av

    background = np.random.default_rng(1).integers(80, 160, (12, 16, 3), np.uint8).repeat(16, axis=0).repeat(16, axis=1)
    with av.open(str(tmp_path / "m.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 256, 192, "yuv420p"
        for number in range(40):
            picture = background.copy()
            picture[60:90, 5 * number : 5 * number + 40] = 10
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    found, _ = detect_film(StillBackground(tmp_path / "m.mp4"), tmp_path / "m.mp4")
    assert np.bincount(found.frames).tolist() == [1] * 40
    expected = np.array([[5.0 * n, 60, 40, 30] for n in range(40)])
    assert np.abs(found.boxes - expected).max() < 5
    assert len({StillBackground(tmp_path / "m.mp4", least).fingerprint for least in (40, 50)}) == 2
