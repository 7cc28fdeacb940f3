"""The thesis' way to count, against its notebook's own loops."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.evaluate.projection import pca, projection_figure
from resight.evaluate.thesis import GRID, thesis_figures


def _vectors(seed: int, fish: int = 5, images: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    names = np.repeat([f"fish {i}" for i in range(fish)], images)
    vectors = np.repeat(rng.normal(0, 1, (fish, 6)), images, axis=0) + rng.normal(0, 0.6, (fish * images, 6))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), names


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_counted_as_the_notebook_counts(seed: int) -> None:
    vectors, names = _vectors(seed)
    told = thesis_figures(vectors, names)
    assert told is not None
    # Every image with every one, itself included, both ways round.
    away = np.linalg.norm(vectors[:, None].astype(float) - vectors[None], axis=2)
    same = names[:, None] == names
    tpr = np.array([(away[same] <= threshold).mean() for threshold in GRID])
    fpr = np.array([(away[~same] <= threshold).mean() for threshold in GRID])
    assert np.allclose(told.tpr, tpr)
    assert np.allclose(told.fpr, fpr)
    nearest = np.abs(fpr - 0.01).argmin()
    assert (told.tpr_at, told.fpr_at) == (told.tpr[nearest], told.fpr[nearest])
    assert np.isclose(told.auc, np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))
    assert told.clean.n_same == 5 * 7 * 6 // 2
    # Images compared with themselves are right whatever the model, so the thesis' way is kinder.
    assert told.tpr[10] >= (away[same & ~np.eye(35, dtype=bool)] <= GRID[10]).mean()


def test_at_most_a_hundred_images_of_a_fish_and_none_without_a_name() -> None:
    vectors, names = _vectors(1, 3, 130)
    names[0] = ""
    told = thesis_figures(vectors, names)
    assert told is not None
    assert told.images == 300


def test_nothing_to_compare() -> None:
    vectors, names = _vectors(1, 1, 4)
    assert thesis_figures(vectors, names) is None


def test_pca_keeps_what_differs_most() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(0, (9, 4, 0.1, 0.1), (200, 4))
    seen = pca(points)
    assert abs(np.corrcoef(seen[:, 0], points[:, 0])[0, 1]) > 0.99
    assert abs(np.corrcoef(seen[:, 1], points[:, 1])[0, 1]) > 0.99


def test_the_picture_of_many_photos_and_of_too_few() -> None:
    vectors, names = _vectors(3)
    assert projection_figure(vectors[:9], names[:9]) is None
    figure = projection_figure(vectors, names)
    assert figure is not None
    assert [len(panel.collections) for panel in figure.axes] == [5, 5]
