"""One fish swimming past the camera: where it is, and how it is turned, in every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resight.simulate.view import Pose
from resight.types import Side

HEAD_METRES = 0.2
BODY = 5.0  # head lengths, tail fin included


@dataclass(frozen=True, slots=True)
class Lens:
    """The camera's picture, in pixels, and its focal length."""

    width: int
    height: int
    focal: float


@dataclass(frozen=True, slots=True)
class Swim:
    """How one flank of one fish comes by. Angles in degrees, lengths in pixels, times in frames.

    The head's middle crosses the middle of the picture in frame `middle`, `high` from the top, `metres` off, and goes
    on by `speed` pixels a frame, `rise` pixels up for each pixel on, and so many metres nearer in a frame. It is turned
    by `yaw`, `pitch` and `roll`, and its tail beats `beats` times a frame, as wide as `bend`.
    """

    individual: int
    side: Side
    middle: float
    high: float
    speed: float
    rise: float
    metres: float
    nearer: float
    yaw: float
    pitch: float
    roll: float
    beats: float
    bend: float
    phase: float

    @property
    def heading(self) -> float:
        """A left flank swims to the left, a right flank to the right."""
        return 1.0 if self.side is Side.RIGHT else -1.0

    def span(self, lens: Lens) -> tuple[int, int]:
        """From the first frame in which the fish can be in the picture to the one after the last."""
        length = lens.focal * HEAD_METRES / self.metres * 1.3
        before = (lens.width / 2 + 0.6 * length) / self.speed
        after = (lens.width / 2 + BODY * length) / self.speed
        return int(np.floor(self.middle - before)), int(np.ceil(self.middle + after)) + 1

    def distance(self, frame: float) -> float:
        """Metres to the camera."""
        return float(np.clip(self.metres - self.nearer * (frame - self.middle), 0.4, 3))

    def pose(self, frame: float, lens: Lens) -> Pose:
        """The fish in this frame; towards the sides of the picture it is seen more from its front or its rear."""
        way = (frame - self.middle) * self.speed
        beat = self.beating(frame)
        metres = self.distance(frame)
        x = lens.width / 2 + self.heading * way
        # Seen from the camera, who is to the side and swims away shows more of its rear.
        aside = np.degrees(np.arctan2(way, lens.focal))
        return Pose(
            yaw=float(self.yaw - aside + 2.0 * np.sin(beat)),
            pitch=float(self.pitch - np.degrees(np.arctan(self.rise))),
            roll=float(self.roll + 1.5 * np.sin(beat / 2)),
            length=lens.focal * HEAD_METRES / metres,
            distance=metres / HEAD_METRES,
            at=(float(x), float(self.high - self.rise * way + 0.01 * lens.height * np.sin(beat / 3))),
            bend=self.bend,
            side=self.side,
        )

    def beating(self, frame: float) -> float:
        """Where the tail is in its beat, radians."""
        return 2 * np.pi * self.beats * frame + self.phase


def draw_swim(
    rng: np.random.Generator, individual: int, side: Side, frames: int, middle: float, lens: Lens, rate: float
) -> Swim:
    """A way past the camera on which the whole head is in the picture for about so many frames."""
    metres = float(np.exp(rng.uniform(np.log(0.6), np.log(1.25))))
    length = lens.focal * HEAD_METRES / metres
    slow = float(np.clip(rng.normal(1, 0.08), 0.8, 1.2))
    return Swim(
        individual=individual,
        side=side,
        middle=middle,
        high=float(lens.height * rng.uniform(0.32, 0.68)),
        speed=max(1.0, lens.width - 1.05 * length) / frames * slow,
        rise=float(np.clip(rng.normal(0, 0.05), -0.12, 0.12)),
        metres=metres,
        nearer=float(rng.normal(0, 0.06) * metres / max(frames, 8)),
        yaw=float(np.clip(rng.normal(0, 7), -15, 15)),
        pitch=float(np.clip(rng.normal(0, 4), -9, 9)),
        roll=float(np.clip(rng.normal(0, 5), -11, 11)),
        beats=float(rng.uniform(1.0, 1.8) / rate),
        bend=float(rng.uniform(0.05, 0.12)),
        phase=float(rng.uniform(0, 2 * np.pi)),
    )
