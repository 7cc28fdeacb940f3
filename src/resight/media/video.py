"""Read a video frame by frame: upright pixels, each with its number and its time, whatever the file's condition.

Frames are numbered from 0 in the order in which they are shown. So a frame is known by the file's sha256 and its
number, as a photo is by its sha256. Only one frame is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from resight.errors import VideoError
from resight.media.file_bytes import check_regular, why_unreadable
from resight.media.file_names import shown
from resight.types import Ints, Pixels, Rejection

LAST = 1.0  # seconds that the last frame may be shown before its film counts as cut off
Progress = Callable[[float, float | None], None]


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video says of itself: upright size, pixels; length in seconds and frames a second, None where unknown."""

    width: int
    height: int
    seconds: float | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number from 0, its time in seconds from the start, upright RGB pixels (H, W, 3)."""

    number: int
    seconds: float
    pixels: Pixels


def video_facts(path: Path) -> VideoFacts:
    """The size, length and speed of a video; VideoError where it is none. One frame is decoded, for its rotation."""
    with _opened(path) as (container, stream):
        first = next(iter(_decoded(path, container, stream)), None)
        if not isinstance(first, VideoFrame):
            raise VideoError(f"{shown(path)}: not one frame can be decoded; is the file complete?")
        height, width = _upright(first).shape[:2]
        rate = stream.average_rate or stream.guessed_rate
        return VideoFacts(width, height, _length(container, stream), float(rate) if rate else None)


def frames(path: Path, *, every: int = 1, progress: Progress | None = None) -> Iterator[Frame | Rejection]:
    """Every frame of a video, or every so manieth, in the order in which they are shown.

    What cannot be decoded comes as a rejection at its place, and the rest goes on; so does an end before the stated
    one. Numbers count the frames that could be decoded. `progress` is told the seconds done and in all.

    Raises:
        VideoError: the file cannot be read, or is no video.
    """
    if every < 1:
        raise ValueError(f"every {every} frames cannot be taken: it is at least 1")
    with _opened(path) as (container, stream):
        total = _length(container, stream)
        number, seconds = 0, 0.0
        for one in _decoded(path, container, stream):
            if isinstance(one, Rejection):
                yield one
                continue
            seconds = _seconds(one, stream, seconds)
            if number % every == 0:
                yield Frame(number, seconds, _upright(one))
            number += 1
            if progress is not None:
                progress(seconds, total)
        if not number:
            raise VideoError(f"{shown(path)}: not one frame can be decoded; is the file complete?")
        if total is not None and seconds + LAST < total:
            yield Rejection(path, f"it ends after {seconds:.1f} of the {total:.1f} seconds it states; was it cut off?")


def frame(path: Path, number: int) -> Frame:
    """One frame by its number, found from the key frame before it rather than from the start.

    Exact for whole files; where some frames cannot be decoded, numbers after them may differ from those of `frames`.
    The file's packets are read through once, without decoding, to know the times of all frames.

    Raises:
        VideoError: the file is no video, or has no such frame.
    """
    with _opened(path) as (container, stream):
        times = _times(container, stream)
    if not 0 <= number < len(times):
        raise VideoError(f"{shown(path)}: there is no frame {number}; it has {len(times)}, numbered from 0")
    with _opened(path) as (container, stream):
        wanted = int(times[number])
        container.seek(wanted, stream=stream, backward=True, any_frame=False)
        for one in _decoded(path, container, stream):
            if isinstance(one, VideoFrame) and one.pts is not None and one.pts >= wanted:
                return Frame(number, _seconds(one, stream, 0.0), _upright(one))
    raise VideoError(f"{shown(path)}: frame {number} cannot be decoded")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        if not check_regular(path):
            raise VideoError(f"{shown(path)}: the file is empty: copy it again from where it came")
        container = av.open(str(path), "r", metadata_errors="replace")
    except (av.FFmpegError, av.error.InvalidDataError) as error:
        raise VideoError(
            f"{shown(path)}: this is no video that can be read ({error.strerror}); "
            "a recording that was broken off has no index: let the camera's own program repair it"
        ) from error
    except (OSError, ValueError) as error:
        raise VideoError(f"{shown(path)}: {why_unreadable(error)}") from error
    with container:
        if not container.streams.video:
            raise VideoError(f"{shown(path)}: it has no pictures, only sound or text")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield container, stream


def _decoded(path: Path, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame | Rejection]:
    """Decoded frames in the order shown; a rejection for each packet that cannot be decoded."""
    seconds = 0.0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            yield Rejection(path, f"after {seconds:.1f} seconds it cannot be read on: {error.strerror}")
            return
        if packet is None:
            return
        try:
            found = [one for one in packet.decode() if isinstance(one, VideoFrame)]
        except av.FFmpegError as error:
            yield Rejection(path, f"after {seconds:.1f} seconds a frame cannot be decoded: {error.strerror}")
            continue
        for one in found:
            seconds = _seconds(one, stream, seconds)
            yield one


def _times(container: InputContainer, stream: VideoStream) -> Ints:
    """The presentation times of all frames, in the stream's time base, in the order shown."""
    times = [packet.pts for packet in container.demux(stream) if packet.pts is not None and packet.size]
    return np.unique(np.array(times, dtype=np.int64))


def _seconds(one: VideoFrame, stream: VideoStream, before: float) -> float:
    if one.pts is None or one.time_base is None:
        return before
    return float((one.pts - (stream.start_time or 0)) * one.time_base)


def _length(container: InputContainer, stream: VideoStream) -> float | None:
    """The seconds that the file states. Of one cut off, ffmpeg guesses some of these from what is left."""
    stated = [0.0]
    if stream.duration and stream.time_base:
        stated.append(float(stream.duration * stream.time_base))
    if stream.frames and stream.average_rate:
        stated.append(float(stream.frames / stream.average_rate))
    if container.duration:
        stated.append(container.duration / av.time_base)
    return max(stated) or None


def _upright(one: VideoFrame) -> Pixels:
    """The pixels, turned as the camera noted; it turns in steps of a quarter, counterclockwise."""
    pixels = one.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(one.rotation / 90) % 4))
