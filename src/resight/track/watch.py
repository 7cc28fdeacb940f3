"""A film as it plays: every frame is taken when the clock brings it, and every animal is named when it has gone by.

The film's frames come by the clock, as those of a camera would. All are decoded; the detector looks at every so manieth
(the stride), chosen so that it keeps up. What it cannot keep up with is counted: a frame that waits too long is passed
over by the detector, never by the reader.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resight.detect.seam import Detector
from resight.errors import PhotoError
from resight.media.video import Frame, frames, video_facts
from resight.track.bounds import picture_of
from resight.track.crops import Crop, crop_of, usual_aspect
from resight.track.dbscan import NOISE
from resight.track.motion import Follower, Motion
from resight.types import Rejection

WAITING = 2.0  # seconds of film that may wait for the detector before frames are passed over
KEPT = 5  # pictures of an animal by which it is named
RECENT = 1000  # boxes that tell how long an animal looks from the side
ASKED = 0.2  # seconds after which it is asked anew whether to stop


@dataclass(frozen=True, slots=True)
class Passing:
    """An animal that has gone by: its best pictures, and from when to when it was seen, seconds of film."""

    track: int
    crops: tuple[Crop, ...]
    first: float
    last: float
    boxes: int


@dataclass(slots=True)
class Watched:
    """How a film was kept up with; counts of frames, and seconds.

    `late` is how far the last frame lagged behind the clock, `longest` the farthest that any did. `unnamed` counts
    those of whom too little was seen: fewer boxes than make a track, or no picture.
    """

    read: int = 0
    looked_at: int = 0
    passed_over: int = 0
    stride: int = 1
    late: float = 0.0
    longest: float = 0.0
    seconds: float = 0.0
    detecting: float = 0.0
    unnamed: int = 0


@dataclass(slots=True)
class _Open:
    crops: list[Crop]
    first: float
    last: float
    boxes: int = 0


def watch(
    film: Path,
    detector: Detector,
    stride: int,
    tell: Callable[[Watched], None],
    live: bool = True,
    *,
    waiting: float = WAITING,
    stop: threading.Event | None = None,
) -> Iterator[Passing | Rejection]:
    """Animals as they have gone by, and what of the film could not be read; `tell` hears how it goes.

    With `live` frames come by the film's clock, and those that have waited for so many seconds are passed over;
    without, as fast as they can be read, and none is passed over. Once `stop` is set, those in sight are told, and it
    ends.
    """
    state = Watched(stride=stride)
    rate = video_facts(film).rate or 25.0
    inside = picture_of(film)
    corner = np.array([inside.x, inside.y, 0, 0])
    queue = _Queue(film, stride, waiting if live else None, state, stop or threading.Event())
    # The patience of a second, in the film's own frames.
    how = replace(Motion(), patience=max(round(rate), 2 * stride))
    follower = Follower(how, (inside.w, inside.h), stride)
    open_: dict[int, _Open] = {}
    recent = np.zeros((0, 4))
    began = time.perf_counter()
    for one in queue.frames(began):
        if isinstance(one, Rejection):
            yield one
            continue
        before = time.perf_counter()
        found = detector.detect([one.pixels])[0]
        state.detecting += time.perf_counter() - before
        tracks = follower.see(one.number, found.boxes - corner, found.scores)
        recent = np.concatenate([recent, found.boxes])[-RECENT:]
        usual = usual_aspect(recent)
        for place, track in enumerate(tracks.tolist()):
            if track == NOISE:
                continue
            held = open_.setdefault(track, _Open([], one.seconds, one.seconds))
            held.last, held.boxes = one.seconds, held.boxes + 1
            try:
                crop = crop_of(film, one, found.boxes, place, track, usual, inside)
            except PhotoError as error:
                yield Rejection(film, f"frame {one.number}: {error}")
            else:
                held.crops = sorted([*held.crops, crop])[-KEPT:]
        state.looked_at += 1
        followed = set(follower.followed.tolist())
        for track in [track for track in open_ if track not in followed]:
            yield from _gone(open_, track, state)
        now = time.perf_counter() - began
        state.seconds, state.late = now, max(0.0, now - one.seconds) if live else 0.0
        state.longest = max(state.longest, state.late)
        tell(state)
    for track in list(open_):
        yield from _gone(open_, track, state)
    state.seconds = time.perf_counter() - began
    tell(state)


def _gone(open_: dict[int, _Open], track: int, state: Watched) -> Iterator[Passing]:
    held = open_.pop(track)
    if held.crops and held.boxes >= Motion().fewest:
        yield Passing(track, tuple(held.crops[::-1]), held.first, held.last, held.boxes)
    else:
        state.unnamed += 1


class _Queue:
    """Frames read by the clock on a thread of their own, every so manieth kept for the detector."""

    def __init__(self, film: Path, stride: int, waiting: float | None, state: Watched, stop: threading.Event) -> None:
        self._film, self._stride, self._patience, self._state, self._stop = film, stride, waiting, state, stop
        self._waiting: deque[Frame | Rejection] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._error: BaseException | None = None

    def frames(self, began: float) -> Iterator[Frame | Rejection]:
        """The frames for the detector, until it is to stop; raises what reading raised."""
        reader = threading.Thread(target=self._read, args=(began,), daemon=True)
        reader.start()
        try:
            while not self._stop.is_set():
                with self._changed:
                    if not self._changed.wait_for(lambda: self._waiting or self._ended, ASKED):
                        continue
                    if not self._waiting:
                        break
                    one = self._waiting.popleft()
                    self._changed.notify_all()
                yield one
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
            reader.join()
        if self._error is not None:
            raise self._error

    def _read(self, began: float) -> None:
        try:
            for one in frames(self._film, every=self._stride, progress=lambda seconds, _: self._clock(began, seconds)):
                if isinstance(one, Frame):
                    self._wait_until(began + one.seconds)
                with self._changed:
                    if self._ended:
                        return
                    if isinstance(one, Frame):
                        self._make_room(one)
                    self._waiting.append(one)
                    self._changed.notify_all()
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _clock(self, began: float, seconds: float) -> None:
        """Every frame is counted when it has been read, and none is read before its time."""
        self._state.read += 1
        self._wait_until(began + seconds)

    def _wait_until(self, moment: float) -> None:
        ahead = moment - time.perf_counter()
        if self._patience is not None and ahead > 0:
            with self._changed:
                self._changed.wait_for(lambda: self._ended, ahead)

    def _make_room(self, newest: Frame) -> None:
        """Pass over the oldest frames that wait; where the film does not play by the clock, wait instead."""
        if self._patience is None:
            self._changed.wait_for(lambda: len(self._waiting) < 8 or self._ended)
            return
        while self._waiting:
            oldest = self._waiting[0]
            if isinstance(oldest, Rejection) or newest.seconds - oldest.seconds <= self._patience:
                break
            self._waiting.popleft()
            self._state.passed_over += 1
