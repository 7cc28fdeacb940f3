"""Drawn animals: spots with vectors of their own, and views of them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from resight.types import Doubles, LocalFeatures


def drawn_animals(animals: int, spots: int = 60, seed: int = 0) -> LocalFeatures:
    """So many animals with as many spots each, 400 pixels wide, on which no two spots look alike."""
    rng = np.random.default_rng(seed)
    m = animals * spots
    return LocalFeatures(
        offsets=np.arange(animals + 1, dtype=np.int64) * spots,
        sizes=np.full((animals, 2), (400, 300), np.float32),
        positions=rng.uniform((0, 0), (400, 300), (m, 2)).astype(np.float32),
        scales=rng.uniform(4, 12, m).astype(np.float32),
        angles=np.zeros(m, np.float32),
        vectors=_packed(np.abs(rng.normal(size=(m, 128))) ** 2),
    )


def another_view(features: LocalFeatures, seed: int = 0, noise: float = 0.06, jitter: float = 2.0) -> LocalFeatures:
    """The same animals seen again: vectors and places a little different."""
    rng = np.random.default_rng(seed)
    vectors = (features.vectors / 510) * rng.lognormal(0, noise * 10, features.vectors.shape)
    places = features.positions + rng.normal(0, jitter, features.positions.shape)
    return replace(features, vectors=_packed(vectors), positions=places.astype(np.float32))


def _packed(vectors: Doubles) -> npt.NDArray[np.uint8]:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    packed: npt.NDArray[np.uint8] = np.clip(np.rint(unit * 510), 0, 255).astype(np.uint8)
    return packed


@pytest.fixture(scope="session")
def animals() -> Callable[..., LocalFeatures]:
    return drawn_animals


@pytest.fixture(scope="session")
def view() -> Callable[..., LocalFeatures]:
    return another_view
