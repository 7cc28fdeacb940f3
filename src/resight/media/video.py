"""Read a video frame by frame: upright pixels, each with its number and its time, whatever the file's condition.

Frames are numbered from 0 in the order in which they are shown. So a frame is known by the file's sha256 and its
number, as a photo is by its sha256. Only one frame is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av
import numpy as np
from av import Packet
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from resight.errors import VideoError
from resight.media.file_bytes import check_regular, why_unreadable
from resight.media.file_names import shown
from resight.types import Pixels, Rejection

LAST = 1.0  # seconds that the last frame may be shown before its film counts as cut off; or two frames, if longer
FIRST_YEAR = 1980  # nothing was filmed as a file before
USUAL_RATE = 25.0
# Containers that tell the time of every packet, and from whose key frames one can go on.
SEEKABLE = {"mp4", "mov", "matroska", "webm"}
FIELD = 0.75  # of a frame's time: its second field may be a packet of its own, half a frame later
Progress = Callable[[float, float | None], None]


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video says of itself: upright size, pixels; length in seconds and frames a second, None where unknown.

    `begun_at` is when it was begun, as the clock of its camera tells; many cameras tell UTC.
    """

    width: int
    height: int
    seconds: float | None
    rate: float | None
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number from 0, its time in seconds from the start, upright RGB pixels (H, W, 3)."""

    number: int
    seconds: float
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class _Decoded:
    number: int
    seconds: float
    frame: VideoFrame


def video_facts(path: Path) -> VideoFacts:
    """The size, length and speed of a video; VideoError where it is none. One frame is decoded, for its rotation."""
    with _opened(path) as (container, stream):
        for one in _decoded(path, container, stream):
            if isinstance(one, _Decoded):
                height, width = _upright(one.frame).shape[:2]
                return VideoFacts(width, height, _length(container, stream), _rate(stream), _begun_at(container))
    raise _nothing(path)


def frames(path: Path, *, every: int = 1, progress: Progress | None = None) -> Iterator[Frame | Rejection]:
    """Every frame of a video, or every so manieth, in the order in which they are shown.

    What cannot be decoded, or is damaged, comes as a rejection at its place, and the rest goes on; so does an end
    before the stated one. A damaged frame comes all the same, and those after it may show traces of the damage. Times
    rise. `progress` is told the seconds done and in all.

    Raises:
        VideoError: the file cannot be read, or is no video.
    """
    if every < 1:
        raise ValueError(f"every {every} frames cannot be taken: it is at least 1")
    with _opened(path) as (container, stream):
        total, seconds, number = _length(container, stream), 0.0, -1
        for one in _decoded(path, container, stream):
            if isinstance(one, Rejection):
                yield one
                continue
            number, seconds = one.number, one.seconds
            if number % every == 0:
                yield Frame(number, seconds, _upright(one.frame))
            if progress is not None:
                progress(seconds, total)
        if number < 0:
            raise _nothing(path)
        if total is not None and seconds + max(LAST, 2 / (_rate(stream) or USUAL_RATE)) < total:
            yield Rejection(path, f"it ends after {seconds:.1f} of the {total:.1f} seconds it states; was it cut off?")


def picture_at(path: Path, seconds: float) -> tuple[float, Pixels]:
    """The picture that is shown at a time: its frame's own time, and upright RGB pixels (H, W, 3).

    It is the last of the frames of `frames` that are not later. In MP4 and Matroska it is found from the key frame
    before it; elsewhere, and where there is damage in between, all frames before it are decoded. It has no number, for
    how many frames come before it knows only who has decoded them.

    Raises:
        VideoError: the file is no video, or the time lies before its start.
    """
    for find in (_sought, _last_until):
        with _opened(path) as (container, stream):
            found = find(path, container, stream, seconds)
            if found is not None:
                return found.seconds, _upright(found.frame)
    raise VideoError(f"{shown(path)}: it shows nothing at {seconds:g} seconds; a film begins at 0")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        if not check_regular(path):
            raise VideoError(f"{shown(path)}: the file is empty: copy it again from where it came")
        # Without `file:`, what stands before a colon in a name would be taken for a protocol.
        container = av.open(f"file:{path.absolute()}", "r", metadata_errors="replace")
    except PermissionError as error:
        raise VideoError(f"{shown(path)}: {why_unreadable(error)}") from error
    except av.FFmpegError as error:
        raise VideoError(
            f"{shown(path)}: this is no video that can be read ({error.strerror}); "
            "a recording that was broken off has no index: let the camera's own program repair it"
        ) from error
    except (OSError, ValueError) as error:
        raise VideoError(f"{shown(path)}: {why_unreadable(error)}") from error
    with container:
        # The picture on a record's cover is a video stream of one frame.
        moving = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]
        if not moving:
            raise VideoError(f"{shown(path)}: it has no moving pictures, only sound or text")
        moving[0].thread_type = "AUTO"
        yield container, moving[0]


def _decoded(path: Path, container: InputContainer, stream: VideoStream) -> Iterator[_Decoded | Rejection]:
    """Decoded frames in the order shown; a rejection for what cannot be decoded, or is damaged."""
    number, seconds = 0, 0.0
    untold = 0  # packets of which neither a frame nor a rejection has come
    ahead: list[int] = []  # times of packets that are later than the last frame
    packets: Iterator[Packet[VideoStream] | None] = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except av.FFmpegError as error:
            yield Rejection(path, f"after {seconds:.1f} seconds it cannot be read on: {error.strerror}")
            # What the decoder still holds comes all the same.
            packet, packets = None, iter(())
        if packet is not None and packet.size and not packet.is_discard:
            untold += 1
            ahead += [] if packet.pts is None else [packet.pts]
        try:
            found = [one for one in stream.decode(packet) if isinstance(one, VideoFrame)]
        except av.FFmpegError as error:
            untold -= 1
            yield Rejection(path, f"after {seconds:.1f} seconds a frame cannot be decoded: {error.strerror}")
            continue
        for one in found:
            # Some containers give no times to frames, or those of the order in which they are stored.
            stated = _clock(one, stream, 0.0)
            rises = not number or stated > seconds
            seconds = stated if rises else seconds + 1 / (_rate(stream) or USUAL_RATE)
            if one.is_corrupt:
                yield Rejection(path, f"after {seconds:.1f} seconds a frame is damaged, and may show what is not there")
            yield _Decoded(number, seconds, one)
            number, untold, ahead = number + 1, untold - 1, _later(ahead, one, stream)
    # At the end a decoder that works on several frames at once drops those after a broken one, and says nothing.
    if (missing := min(untold, len(ahead))) > 0 and number:
        yield Rejection(
            path, f"it ends after {seconds:.1f} seconds, and lacks frames that cannot be decoded: {missing}"
        )


def _later(times: list[int], one: VideoFrame, stream: VideoStream) -> list[int]:
    """Those of the times that are later than a frame's."""
    if one.pts is None or one.time_base is None:
        return []
    field = FIELD / (_rate(stream) or USUAL_RATE) / one.time_base if one.interlaced_frame else 0
    return [time for time in times if time > one.pts + field]


def _sought(path: Path, container: InputContainer, stream: VideoStream, seconds: float) -> _Decoded | None:
    """As `_last_until`, from the key frame before that time; None where that is not certain to be the same."""
    if not SEEKABLE & set(container.format.name.split(",")) or stream.time_base is None:
        return None
    try:
        container.seek(int(seconds / stream.time_base) + (stream.start_time or 0), stream=stream)
    except av.FFmpegError:
        return None
    return _last_until(path, container, stream, seconds, whole=True)


def _last_until(
    path: Path, container: InputContainer, stream: VideoStream, seconds: float, whole: bool = False
) -> _Decoded | None:
    """The last frame that is no later, None where there is none; if it must be `whole`, none after damage."""
    found = None
    for one in _decoded(path, container, stream):
        if isinstance(one, Rejection):
            if whole:
                return None
        elif one.seconds > seconds:
            break
        else:
            found = one
    return found


def _clock(one: VideoFrame, stream: VideoStream, otherwise: float) -> float:
    """Seconds from the start, as the file states them."""
    if one.pts is None or one.time_base is None:
        return otherwise
    return float((one.pts - (stream.start_time or 0)) * one.time_base)


def _begun_at(container: InputContainer) -> datetime | None:
    stated = container.metadata.get("creation_time", "")
    try:
        at = datetime.fromisoformat(stated).replace(tzinfo=None)
    except ValueError:
        return None
    # A clock that was never set says 1904 or 1970, from which containers count.
    return at if at.year > FIRST_YEAR else None


def _rate(stream: VideoStream) -> float | None:
    rate = stream.average_rate or stream.guessed_rate
    return float(rate) if rate else None


def _length(container: InputContainer, stream: VideoStream) -> float | None:
    """The seconds of pictures that the file states. Of one cut off, ffmpeg guesses some of these from what is left."""
    stated = [0.0]
    if stream.duration and stream.time_base:
        stated.append(float(stream.duration * stream.time_base))
    if stream.frames and stream.average_rate:
        stated.append(float(stream.frames / stream.average_rate))
    # The container is as long as its longest stream, which may be the sound.
    if max(stated) == 0 and container.duration and len(container.streams) == 1:
        stated.append(container.duration / av.time_base)
    return max(stated) or None


def _upright(one: VideoFrame) -> Pixels:
    """The pixels, turned as the camera noted; it turns in steps of a quarter, counterclockwise."""
    pixels = one.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(one.rotation / 90) % 4))


def _nothing(path: Path) -> VideoError:
    return VideoError(f"{shown(path)}: not one frame can be decoded; is the file complete?")
