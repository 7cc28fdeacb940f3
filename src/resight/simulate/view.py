"""The view: where the fish is to the camera, and which point of its surface every pixel sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resight.simulate.shape import LENGTH, Sections, Solid, normals
from resight.types import Bools, Doubles, Floats, Side

_PIVOT = np.array([0.5, 0.0, 0.0])
_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Pose:
    """A fish before the camera. Angles in degrees; yaw turns the snout to (+) or from (-) the camera.

    Pitch (+) points the snout down, roll (+) shows more of the back. `length` is a head length in pixels seen
    square on, `distance` that to the camera in head lengths, `at` the pixel where the head's middle is seen.
    """

    yaw: float
    pitch: float
    roll: float
    length: float
    distance: float
    at: tuple[float, float]
    bend: float
    side: Side

    @property
    def rotation(self) -> Doubles:
        """(3, 3): from the fish's axes to those of the camera (x right, y down, z to the camera)."""
        turn, tilt, roll = np.radians([self.yaw, -self.pitch, -self.roll])
        about_y = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
        about_z = np.array([[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]])
        about_x = np.array([[1, 0, 0], [0, np.cos(roll), -np.sin(roll)], [0, np.sin(roll), np.cos(roll)]])
        return np.asarray(about_z @ about_y @ about_x)

    @property
    def mirror(self) -> float:
        """A left flank swims to the left, a right flank to the right."""
        return -1.0 if self.side is Side.RIGHT else 1.0

    def to_fish(self, direction: Doubles) -> Doubles:
        """A direction of the picture (x right, y down, z to the camera) in the fish's axes."""
        return np.asarray((direction * [self.mirror, 1, 1]) @ self.rotation)

    def project(self, points: Doubles) -> Doubles:
        """The pixels (n, 2) where points (n, 3) of the fish are seen, were nothing in the way."""
        seen = (points - _PIVOT) @ self.rotation.T
        # What is beside or behind the camera is far out of the picture.
        scale = self.length * self.distance / np.maximum(self.distance - seen[:, 2:], 0.2)
        return np.asarray(self.at + seen[:, :2] * scale * [self.mirror, 1])

    def facing(self, points: Doubles, outward: Doubles) -> Bools:
        """Whether surfaces at these points with these outward normals (n, 3) are turned to the camera."""
        camera = np.array([0, 0, self.distance]) @ self.rotation + _PIVOT
        return np.asarray(((camera - points) * outward).sum(axis=1) > 0)


def draw_pose(rng: np.random.Generator, shot: np.random.Generator, width: int, height: int, side: Side) -> Pose:
    """A pose: `rng` decides how the fish swims past, `shot` how this one photo differs from the next."""
    yaw, pitch, roll = rng.uniform((-22, -10, -10), (22, 10, 10)) + shot.uniform(-1, 1, 3) * (3, 2, 2)
    fill = rng.uniform(0.40, 0.68) * shot.uniform(0.97, 1.03)
    length = fill * width
    # The whole head stays in the frame, with the trunk running out of it.
    middle = rng.uniform(min(0.12 * width + length / 2, 0.46 * width), 0.50 * width)
    x = middle + shot.uniform(-0.03, 0.03) * width
    y = height * (rng.uniform(0.42, 0.58) + shot.uniform(-0.03, 0.03))
    return Pose(
        yaw=float(yaw),
        pitch=float(pitch),
        roll=float(roll),
        length=float(length),
        distance=float(rng.uniform(2.5, 6)),
        at=(float(width - x if side is Side.RIGHT else x), float(y)),
        bend=float(rng.uniform(-0.12, 0.12)),
        side=side,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What the pixels of a window round the fish see: the surface's x (of the mean fish), tau, normal.

    `window` is rows and columns of the photo; the planes are of its size. `inside` is the distance to the
    fish's outline in pixels, negative outside. The normal is outward, in the fish's axes, of length 1.
    """

    window: tuple[slice, slice]
    x: Floats
    tau: Floats
    inside: Floats
    normal_x: Floats
    normal_y: Floats
    normal_z: Floats


def look(pose: Pose, solid: Solid, width: int, height: int) -> Seen | None:
    """Follow the rays of pixels to the fish; None where it is out of the picture.

    At a fixed x the cross-section is an ellipse and the ray meets it where a quadratic vanishes; the point
    found gives a better x, and a few rounds settle it, as cross-sections change slowly along the body. Every
    8th pixel is followed from the start, every 2nd to the end, and the rest is interpolated.
    """
    near = _extent(pose, solid, width, height)
    if near is None:
        return None
    start = np.array([0, 0, pose.distance]) @ pose.rotation + _PIVOT
    dx, dy, dz = _rays(pose, near, 8)
    x = start[0] + pose.distance * dx
    for _ in range(_ROUNDS):
        t, _ = _meet(solid.sections(x), start, dy, dz)
        x = start[0] + t * dx

    dx, dy, dz = _rays(pose, near, 2)
    at = solid.sections(cv2.resize(x, dx.shape[::-1], interpolation=cv2.INTER_LINEAR))
    t, _ = _meet(at, start, dy, dz)
    x = start[0] + t * dx
    at = solid.sections(x)
    t, gap = _meet(at, start, dy, dz)
    v = (start[1] + t * dy - at.centre) / at.height
    u = (start[2] + t * dz - at.bend) / at.width
    # Rays past the tip of the snout meet the first cross-section, wherever it is, and those past the tail the last.
    inside = np.where(x < 0, x, np.minimum(-gap * at.height, LENGTH - x)) * pose.length
    normal = np.moveaxis(normals(at, v, u), -1, 0)
    size = near[1].stop - near[1].start, near[0].stop - near[0].start
    planes = [
        cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        for plane in (at.standard, np.arctan2(v, u), inside, *normal)
    ]
    left, top, across, down = cv2.boundingRect((planes[2] > -1).astype(np.uint8))
    if not across:
        return None
    tight = slice(top, top + down), slice(left, left + across)
    window = (
        slice(near[0].start + top, near[0].start + top + down),
        slice(near[1].start + left, near[1].start + left + across),
    )
    return Seen(window, *(np.ascontiguousarray(plane[tight]) for plane in planes))


def where(x: Doubles, tau: Doubles, pose: Pose, solid: Solid, width: int, height: int) -> tuple[Doubles, Bools]:
    """The pixels where places of the mean fish's skin are seen, and whether they face the camera."""
    points, outward = solid.surface(x, tau)
    pixels = pose.project(points)
    framed = (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
    return pixels, framed & pose.facing(points, outward)


def _extent(pose: Pose, solid: Solid, width: int, height: int) -> tuple[slice, slice] | None:
    """The rows and columns of the picture that hold the fish, from and to multiples of 8 where they can."""
    x, tau = (grid.ravel() for grid in np.meshgrid(np.linspace(0, LENGTH, 34), np.linspace(-np.pi, np.pi, 17)))
    points, _ = solid.surface(x, tau)
    pixels = pose.project(points)
    low = np.clip(np.floor((pixels.min(axis=0) - 16) / 8) * 8, 0, (width, height)).astype(int)
    high = np.clip(np.ceil((pixels.max(axis=0) + 16) / 8) * 8, 0, (width, height)).astype(int)
    if (high - low < 8).any():
        return None
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _rays(pose: Pose, window: tuple[slice, slice], step: int) -> tuple[Doubles, Doubles, Doubles]:
    """The direction of every `step`-th pixel's ray in the fish's axes: x, y, z of the window's size over `step`."""
    focal = pose.length * pose.distance
    rows, columns = (
        np.arange((side.stop - side.start) // step) * step + side.start + step / 2 - 0.5 for side in window
    )
    across, down = np.meshgrid((columns - pose.at[0]) * pose.mirror / focal, (rows - pose.at[1]) / focal)
    turned = pose.rotation
    return tuple(across * turned[0, i] + down * turned[1, i] - turned[2, i] for i in range(3))


def _meet(at: Sections, start: Doubles, dy: Doubles, dz: Doubles) -> tuple[Doubles, Doubles]:
    """How far along each ray the ellipse lies, and by how much of its size the ray misses it (< 0: meets)."""
    y, z = start[1] - at.centre, start[2] - at.bend
    h2, w2 = 1 / at.height**2, 1 / at.width**2
    a = dy * dy * h2 + dz * dz * w2
    b = y * dy * h2 + z * dz * w2
    c = y * y * h2 + z * z * w2 - 1
    inner = b * b - a * c
    t = (-b - np.sqrt(np.maximum(inner, 0))) / a
    return t, np.sqrt(np.maximum(1 - inner / a, 0)) - 1
