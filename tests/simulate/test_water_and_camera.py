"""Light through water, and the camera that records it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from resight.simulate.camera import draw_camera, exposure, record
from resight.simulate.noise import smooth_noise
from resight.simulate.water import caustics, clearness, draw_water, draw_waves, glow
from resight.types import Floats


@given(st.integers(0, 5000))
def test_water_takes_red_first_and_more_with_distance(seed: int) -> None:
    water = draw_water(np.random.default_rng(seed))
    near, far = clearness(water, 0.5).ravel(), clearness(water, 2).ravel()
    assert (far < near).all()
    assert far[0] < min(far[1], far[2])
    assert water.sun[1] < 0


def test_water_is_lighter_to_the_surface() -> None:
    for seed in range(5):
        light = glow(draw_water(np.random.default_rng(seed)), np.random.default_rng(1), 80, 60)
        assert light.shape == (3, 60, 80)
        assert (light[:, :15].mean(axis=(1, 2)) > light[:, -15:].mean(axis=(1, 2))).all()


def test_caustics_move_light_and_add_none() -> None:
    water = draw_water(np.random.default_rng(2))
    waves = draw_waves(np.random.default_rng(1), 480)
    moments = [caustics(water, waves, second, 640, 480) for second in range(6)]
    assert abs(np.mean(moments) - 1) < 0.1
    assert np.std(moments) > 0
    later = caustics(water, waves, 1 / 50, 640, 480)
    assert 0 < np.abs(later - moments[0]).mean() < np.abs(moments[1] - moments[0]).mean() / 2
    corner = caustics(water, waves, 0, 320, 240, left=320, top=240)
    assert np.abs(corner[40:200, 40:280] - moments[0][280:440, 360:600]).mean() < 0.05


def test_dim_and_bright_scenes_are_exposed_alike() -> None:
    rng = np.random.default_rng(3)
    scene = 0.2 + 0.05 * np.stack([smooth_noise(rng, 120, 160, 30) for _ in range(3)])
    subject: Floats = np.ones((120, 160), np.float32)
    camera = draw_camera(np.random.default_rng(4), np.random.default_rng(5))
    scenes = [np.asarray(scene * light, np.float32) for light in (0.1, 10)]
    dim, bright = (record(one, exposure(one, subject, camera), camera, np.random.default_rng(6)) for one in scenes)
    assert dim.dtype == np.uint8
    assert dim.shape == (120, 160, 3)
    assert abs(float(dim.mean()) - float(bright.mean())) < 2


def test_smooth_noise_is_smooth_and_of_unit_variance() -> None:
    field = smooth_noise(np.random.default_rng(7), 200, 300, cell=25)
    assert abs(field.mean()) < 1e-4
    assert abs(field.std() - 1) < 1e-3
    assert np.abs(np.diff(field, axis=1)).max() < 0.5
