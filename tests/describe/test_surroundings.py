"""What lies round a keypoint: its histograms are OpenCV's, its embedding keeps spots of one animal together."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.describe.rootsift import RootSift
from resight.describe.surroundings import (
    SHAPE,
    Surroundings,
    embedded,
    histograms,
    read_surroundings,
    rooted,
    shipped,
    write_surroundings,
)
from resight.types import Chip, Floats, Pixels


def blotches(seed: int) -> Pixels:
    noise = np.random.default_rng(seed).normal(size=(40, 50)).astype(np.float32)
    soft = cv2.resize(noise, (400, 320), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 60 * soft, 0, 255).astype(np.uint8)


def chip(grey: Pixels) -> Chip:
    return Chip(np.repeat(grey[..., None], 3, axis=2), np.eye(2, 3))


def test_a_window_as_wide_as_the_keypoints_own_is_what_opencv_describes() -> None:
    grey = blotches(0)
    points, theirs = cv2.SIFT.create().compute(grey, cv2.SIFT.create().detect(grey))
    places = np.array([(*p.pt, p.size, p.angle, p.response, p.octave) for p in points])
    found = histograms(grey, places, [2.0, 1.0])
    assert found.shape == (len(points), 2, SHAPE)
    assert np.array_equal(found[:, 1], theirs)
    assert (np.abs(found[:, 0] - theirs).max(axis=1) > 20).mean() > 0.9


def test_the_wider_window_sees_what_the_narrow_one_does_not() -> None:
    grey = blotches(1)
    places = RootSift(features=5).places(chip(grey))
    x, y, size = places[0, :3]
    changed = grey.copy()
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    far = np.hypot(columns - x, rows - y)
    changed[(far > 6 * size) & (far < 8 * size)] = 255
    before, after = (histograms(one, places[:1], [0.7, 2.0]).astype(int) for one in (grey, changed))
    assert np.abs(before[0, 0] - after[0, 0]).max() <= 2
    assert np.abs(before[0, 1] - after[0, 1]).max() > 10


def test_no_keypoints_have_no_histograms() -> None:
    assert histograms(blotches(2), np.zeros((0, 6)), [1.0, 2.0]).shape == (0, 2, SHAPE)


def test_roots_and_embeddings_are_unit_vectors() -> None:
    found = np.random.default_rng(0).integers(0, 200, (9, len(shipped().widths), SHAPE)).astype(np.uint8)
    for vectors in (rooted(found), embedded(found, shipped())):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedded(found, shipped()).shape == (9, shipped().numbers)


def test_spots_seen_again_are_nearer_than_by_roots_alone() -> None:
    """Real skin is not needed to tell: another light, a blur, and noise, on blotches the map has never seen."""
    rng = np.random.default_rng(3)
    plain, learned = [], []
    for seed in range(8):
        grey = blotches(10 + seed)
        dim = np.linspace(0.5, 1.1, grey.shape[1]) * grey.astype(np.float64) ** 0.95
        again = cv2.GaussianBlur(np.clip(dim + rng.normal(0, 12, grey.shape), 0, 255).astype(np.uint8), (0, 0), 2.0)
        places = RootSift(features=150).places(chip(grey))
        moved = places + rng.normal(0, 1, places.shape) * [1.5, 1.5, 0.5, 12, 0, 0]
        pair = [
            histograms(one, at, shipped().widths) for one, at in ((grey, places), (np.asarray(again, np.uint8), moved))
        ]
        plain.append(_found([rooted(one[:, [shipped().widths.index(1.0)]]) for one in pair]))
        learned.append(_found([embedded(one, shipped()) for one in pair]))
    assert np.mean(learned) > np.mean(plain) + 0.02


def _found(pair: list[Floats]) -> float:
    return float(((pair[0] @ pair[1].T).argmax(axis=1) == np.arange(len(pair[0]))).mean())


def test_it_is_written_and_read_and_told_by_its_fingerprint(tmp_path: Path) -> None:
    write_surroundings(shipped(), tmp_path / "again.npz")
    again = read_surroundings(tmp_path / "again.npz")
    assert again.fingerprint == shipped().fingerprint
    other = replace(again, mean=again.mean + 0.01)
    assert other.fingerprint != again.fingerprint


def test_a_map_that_does_not_fit_its_windows_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit 2 windows"):
        Surroundings((1.0, 2.0), np.zeros(2 * SHAPE, np.float32), np.zeros((SHAPE, 64), np.float32))


def test_its_card_names_its_file() -> None:
    folder = Path(__file__).parents[2] / "src" / "resight" / "models"
    assert shipped().fingerprint in (folder / "patches.md").read_text(encoding="utf-8")
