"""A small set of photos to learn from: patches of colour, one pattern an animal."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

INDIVIDUALS, PHOTOS = 6, 4


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of 24 photos of 6 animals, each met twice."""
    folder = tmp_path_factory.mktemp("learned")
    with (folder / "photos.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "identity", "side", "encounter"])
        for animal in range(INDIVIDUALS):
            pattern = np.random.default_rng(animal).integers(0, 255, (6, 6, 3), np.uint8)
            for photo in range(PHOTOS):
                picture = cv2.resize(pattern, (80, 60), interpolation=cv2.INTER_NEAREST).astype(np.float64)
                picture += np.random.default_rng([animal, photo]).normal(0, 20, picture.shape)
                name = f"{animal}-{photo}.png"
                cv2.imwrite(str(folder / name), picture.clip(0, 255).astype(np.uint8))
                rows.writerow([name, f"animal {animal}", "left", f"day {photo // 2}"])
    return folder / "photos.csv"
