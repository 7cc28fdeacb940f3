"""The geometry: following a ray to the fish is the inverse of projecting the fish to a pixel."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.simulate.shape import Proportions, Solid
from resight.simulate.view import Pose, draw_pose, look
from resight.types import Side

WIDTH, HEIGHT = 640, 480
angles = st.floats(-25, 25)


@st.composite
def poses(draw: st.DrawFn) -> Pose:
    return Pose(
        yaw=draw(angles),
        pitch=draw(st.floats(-12, 12)),
        roll=draw(st.floats(-12, 12)),
        length=draw(st.floats(250, 430)),
        distance=draw(st.floats(2.5, 6)),
        at=(draw(st.floats(280, 360)), draw(st.floats(200, 280))),
        bend=draw(st.floats(-0.12, 0.12)),
        side=draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
    )


@settings(deadline=None, max_examples=40)
@given(poses(), st.floats(0.92, 1.08), st.floats(0.92, 1.08))
def test_a_projected_place_of_the_skin_is_the_place_its_pixel_sees(pose: Pose, depth: float, snout: float) -> None:
    solid = Solid.of(Proportions(depth=depth, snout=snout), pose.bend)
    seen = look(pose, solid, WIDTH, HEIGHT)
    assert seen is not None
    x, tau = (grid.ravel() for grid in np.meshgrid(np.linspace(0.2, 1, 9), np.linspace(-0.9, 0.9, 7)))
    points, outward = solid.surface(x, tau)
    pixels = pose.project(points).round().astype(int)
    row, column = pixels[:, 1] - seen.window[0].start, pixels[:, 0] - seen.window[1].start
    height, width = seen.x.shape
    good = pose.facing(points, outward) & (row >= 0) & (row < height) & (column >= 0) & (column < width)
    assert good.sum() > 30
    row, column = row[good], column[good]
    assert np.abs(seen.x[row, column] - x[good]).max() < 0.02
    assert np.abs(seen.tau[row, column] - tau[good]).max() < 0.06
    assert (seen.inside[row, column] > 0).all()
    normals = np.stack([seen.normal_x, seen.normal_y, seen.normal_z], axis=2)[row, column]
    assert (normals * outward[good]).sum(axis=1).min() > 0.99


@given(poses())
def test_a_pose_turns_and_does_not_stretch(pose: Pose) -> None:
    assert np.allclose(pose.rotation @ pose.rotation.T, np.eye(3))
    assert np.isclose(np.linalg.det(pose.rotation), 1)


def test_angles_turn_the_way_they_say() -> None:
    def posed(yaw: float = 0, pitch: float = 0, roll: float = 0, side: Side = Side.LEFT) -> Pose:
        return Pose(yaw, pitch, roll, 300, 5, (320, 240), 0, side)

    snout, back, flank = np.array([[0.0, 0, 0]]), np.array([[0.5, -0.3, 0]]), np.array([[0.5, 0, 0.2]])
    assert posed().project(snout)[0, 0] < 320 < posed(side=Side.RIGHT).project(snout)[0, 0]
    assert (posed(yaw=20).rotation @ (snout[0] - [0.5, 0, 0]))[2] > 0
    assert posed(pitch=10).project(snout)[0, 1] > 240
    assert posed(pitch=10, side=Side.RIGHT).project(snout)[0, 1] > 240
    assert (posed(roll=10).rotation @ (back[0] - [0.5, 0, 0]))[2] > 0
    assert posed(roll=10).project(flank)[0, 1] > 240


def test_passes_spread_over_the_promised_angles() -> None:
    drawn = [
        draw_pose(np.random.default_rng(i), np.random.default_rng([i, 1]), WIDTH, HEIGHT, Side.LEFT) for i in range(300)
    ]
    for angle, most in (("yaw", 25), ("pitch", 12), ("roll", 12)):
        values = np.array([getattr(pose, angle) for pose in drawn])
        assert 0.8 * most < np.abs(values).max() <= most
    lengths = np.array([pose.length for pose in drawn])
    assert lengths.max() / lengths.min() > 1.6
