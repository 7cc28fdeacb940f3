"""Videos: every frame once, at its own time, upright; broken ones are said to be broken."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from resight.errors import VideoError
from resight.media.video import Frame, VideoFacts, frames, picture_at, video_facts
from resight.types import Pixels, Rejection

WIDTH, HEIGHT, RATE, BITS = 160, 96, 25, 6


def picture(number: int) -> Pixels:
    """A frame that shows its number: squares in the upper half, white for the bits that are set; the lower is red."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[HEIGHT // 2 :, :, 0] = 200
    for bit in range(BITS):
        if number >> bit & 1:
            pixels[4 : HEIGHT // 2 - 4, bit * 26 + 4 : bit * 26 + 24] = 255
    return pixels


def shown_number(pixels: Pixels) -> int:
    return sum(1 << bit for bit in range(BITS) if pixels[HEIGHT // 4, bit * 26 + 14].mean() > 127)


def write(path: Path, times: Sequence[int], codec: str = "libx264", between: int = 0, sound: float = 0) -> Path:
    """A video with a frame at each of these times, in fiftieths of a second; key frames are far between.

    `between`: frames that are stored after later ones; `sound`: seconds of silence beside it.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, 50)
        stream.codec_context.time_base = Fraction(1, 50)
        stream.gop_size = 12
        stream.codec_context.max_b_frames = between
        silence = container.add_stream("aac", rate=8000, layout="mono") if sound else None
        for number, time in enumerate(times):
            one = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            one.pts, one.time_base = time, Fraction(1, 50)
            container.mux(stream.encode(one))
        container.mux(stream.encode())
        if silence is not None:
            assert isinstance(silence, av.AudioStream)
            quiet = av.AudioFrame.from_ndarray(
                np.zeros((1, int(sound * 8000)), np.float32), format="fltp", layout="mono"
            )
            quiet.sample_rate, quiet.pts = 8000, 0
            container.mux(silence.encode(quiet))
            container.mux(silence.encode())
    return path


def turned(path: Path) -> Path:
    """The same video, noted as filmed with the camera held upright: a quarter turn clockwise when shown."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    path.write_bytes(data)
    return path


def read(path: Path, every: int = 1) -> tuple[list[Frame], list[Rejection]]:
    found = list(frames(path, every=every))
    return [one for one in found if isinstance(one, Frame)], [one for one in found if isinstance(one, Rejection)]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Forty frames, two fiftieths apart."""
    return write(tmp_path / "film.mp4", range(0, 80, 2))


def test_every_frame_comes_once_in_the_order_shown(film: Path) -> None:
    found, rejected = read(film)
    assert rejected == []
    assert [one.number for one in found] == [shown_number(one.pixels) for one in found] == list(range(40))
    assert [one.seconds for one in found] == pytest.approx(np.arange(40) / RATE)
    assert found[0].pixels.shape == (HEIGHT, WIDTH, 3)
    assert abs(found[0].pixels[-10, 80].astype(int) - (200, 0, 0)).max() < 12


def test_frames_between_are_passed_over_and_numbers_stay(film: Path) -> None:
    found, _ = read(film, every=7)
    assert [one.number for one in found] == [shown_number(one.pixels) for one in found] == [0, 7, 14, 21, 28, 35]


def test_frames_that_do_not_keep_time_have_their_own(tmp_path: Path) -> None:
    times = [0, 2, 3, 9, 10, 11, 40, 42, 43, 90]
    film = write(tmp_path / "uneven.mkv", times)
    found, _ = read(film)
    assert [one.seconds for one in found] == pytest.approx(np.array(times) / 50, abs=1e-3)
    for seconds, number in ((0.3, 5), (0.845, 7), (1.7, 8), (1.9, 9)):
        began, pixels = picture_at(film, seconds)
        assert began == pytest.approx(times[number] / 50, abs=1e-3)
        assert shown_number(pixels) == number


@pytest.mark.parametrize(
    ("name", "codec", "between"),
    [
        ("film.ts", "libx264", 2),
        ("film.avi", "libx264", 2),
        ("film.avi", "mpeg4", 1),
        ("film.mkv", "libx264", 2),
        ("film.mpg", "mpeg2video", 2),
        ("film.mp4", "mpeg4", 0),
    ],
)
def test_whatever_the_container_a_time_means_one_frame(tmp_path: Path, name: str, codec: str, between: int) -> None:
    film = write(tmp_path / name, range(0, 80, 2), codec, between)
    found, _ = read(film)
    assert [one.number for one in found] == list(range(len(found)))
    times = [one.seconds for one in found]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert len(found) >= 38
    for one in [*found[::6], *found[-4:]]:
        seconds, pixels = picture_at(film, one.seconds + 0.01)
        assert np.array_equal(pixels, one.pixels)
        assert seconds == pytest.approx(one.seconds)


def test_a_trimmed_film_begins_where_it_was_trimmed(film: Path) -> None:
    data = bytearray(film.read_bytes())
    # Of the list of edits: version, how many, and of the first its duration and where it begins.
    entry = data.index(b"elst") + 4
    (began,) = struct.unpack(">i", data[entry + 12 : entry + 16])
    with av.open(str(film)) as container:
        scale = container.streams.video[0].time_base
    assert scale is not None
    data[entry + 12 : entry + 16] = struct.pack(">i", began + int(5 / RATE / scale))
    film.write_bytes(data)
    found, _ = read(film)
    assert [shown_number(one.pixels) for one in found] == list(range(5, 40))
    for number in (0, 1, 20):
        assert shown_number(picture_at(film, number / RATE + 0.01)[1]) == number + 5


def test_a_film_is_whole_where_its_sound_goes_on_or_its_frames_are_rare(tmp_path: Path) -> None:
    for name in ("film.mp4", "film.mkv"):
        assert read(write(tmp_path / name, range(0, 80, 2), sound=4))[1] == []
    assert read(write(tmp_path / "slow.mp4", range(0, 2500, 250)))[1] == []


def test_a_name_may_hold_a_colon(film: Path) -> None:
    named = film.rename(film.with_name("dive:1.mp4"))
    assert video_facts(named).width == WIDTH


def test_before_a_film_begins_it_shows_nothing_and_after_its_end_the_last_frame(film: Path) -> None:
    with pytest.raises(VideoError, match=r"film\.mp4: it shows nothing at -0\.1 seconds; a film begins at 0"):
        picture_at(film, -0.1)
    assert shown_number(picture_at(film, 9)[1]) == 39


def test_a_film_is_turned_as_the_camera_noted(film: Path) -> None:
    plain = read(film)[0][5].pixels
    turned(film)
    assert video_facts(film) == VideoFacts(HEIGHT, WIDTH, 1.6, 25.0)
    assert np.array_equal(read(film)[0][5].pixels, np.rot90(plain, k=-1))
    assert np.array_equal(picture_at(film, 5 / RATE + 0.01)[1], np.rot90(plain, k=-1))


def test_progress_runs_to_the_end(film: Path) -> None:
    told: list[tuple[float, float | None]] = []
    list(frames(film, progress=lambda done, total: told.append((done, total))))
    assert len(told) == 40
    done, total = told[-1]
    assert done == pytest.approx(39 / RATE)
    assert total == pytest.approx(1.6)


def test_a_film_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    film = write(tmp_path / "cut.avi", range(0, 120, 2), "mpeg4")
    assert read(film)[1] == []
    data = film.read_bytes()
    film.write_bytes(data[: int(len(data) * 0.4)])
    found, rejected = read(film)
    assert 5 < len(found) < 40
    assert [shown_number(one.pixels) for one in found] == list(range(len(found)))
    assert rejected[-1].reason.startswith(f"it ends after {found[-1].seconds:.1f} of the 2.4 seconds it states")


def damage(film: Path, *which: int) -> None:
    """Write over these packets."""
    with av.open(str(film)) as container:
        packets = [(one.pos, one.size) for one in container.demux(video=0) if one.size]
    data = bytearray(film.read_bytes())
    for position, size in (packets[one] for one in which):
        assert position is not None
        data[position : position + size] = bytes(size)
    film.write_bytes(data)


def test_damage_in_the_middle_is_listed_and_the_rest_goes_on(film: Path) -> None:
    damage(film, 15)
    found, rejected = read(film)
    assert rejected
    assert all(one.path == film for one in rejected)
    assert re.search(r"after 0\.\d seconds a frame (is damaged|cannot be decoded)", rejected[0].reason)
    assert [shown_number(one.pixels) for one in found[:10]] == list(range(10))
    assert shown_number(found[-1].pixels) == 39


@pytest.mark.parametrize("place", [3, 6, 11, 14, 20, 30])
def test_after_damage_a_time_still_means_the_frame_that_comes_then(film: Path, place: int) -> None:
    damage(film, 5, 15, 16)
    one = read(film)[0][place]
    seconds, pixels = picture_at(film, one.seconds + 0.01)
    assert seconds == one.seconds
    assert np.array_equal(pixels, one.pixels)


@pytest.mark.parametrize("which", [(-1,), (-2,), (-4, -1)])
@pytest.mark.parametrize(("name", "codec", "between"), [("film.mp4", "libx264", 2), ("film.avi", "mpeg4", 0)])
def test_what_is_lost_at_the_end_is_told(
    tmp_path: Path, name: str, codec: str, between: int, which: tuple[int, ...]
) -> None:
    """Several frames are decoded at once, as many as there are cores; with a broken one at the end others go too."""
    film = write(tmp_path / name, range(0, 80, 2), codec, between)
    damage(film, *which)
    found, rejected = read(film)
    more = [re.search(r"lacks frames that cannot be decoded: (\d+)", one.reason) for one in rejected]
    assert len(found) + sum(1 if one is None else int(one[1]) for one in more) == 40


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"not a video at all", "this is no video that can be read"),
        (None, "there is no such file"),
    ],
)
def test_what_is_no_video_is_said_in_words(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    for reading in (lambda: next(frames(path)), lambda: picture_at(path, 0), lambda: video_facts(path)):
        with pytest.raises(VideoError, match=rf"film\.mp4: {told}"):
            reading()


def test_a_recording_without_its_index_is_no_video(film: Path) -> None:
    film.write_bytes(film.read_bytes()[:-400])
    with pytest.raises(VideoError, match="has no index: let the camera's own program repair it"):
        next(frames(film))


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        silence.sample_rate = 8000
        container.mux(stream.encode(silence))
    with pytest.raises(VideoError, match="it has no moving pictures"):
        video_facts(path)


def test_a_real_film_is_read_whole_in_little_memory(real_photos: Path) -> None:
    film = real_photos / "zebrafish_video" / "test_A.avi"
    facts = video_facts(film)
    assert (facts.width, facts.height) == (1160, 938)
    assert facts.rate == pytest.approx(28.07)
    process = psutil.Process()
    next(frames(film))
    before, most, count = process.memory_info().rss, 0, 0
    for one in frames(film):
        assert isinstance(one, Frame)
        count += 1
        most = max(most, process.memory_info().rss)
    assert count == 501
    # All frames together would be 1.6 GB.
    assert most - before < 150e6
    assert isinstance(one, Frame)
    assert np.array_equal(picture_at(film, one.seconds)[1], one.pixels)
