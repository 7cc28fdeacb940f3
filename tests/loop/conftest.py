"""Tracks of a few animals, each with a pattern of its own, met again and again."""

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.config import settings

ANIMALS, MEETINGS, PICTURES = 8, 3, 3


def track_table(folder: Path) -> Path:
    """A table as `resight track` writes it: in each of three films every animal passes once, one after another."""
    rows = csv.writer((folder / "metadata.csv").open("w", newline=""))
    rows.writerow(["path", "identity", "side", "film", "frame", "track"])
    for meeting in range(MEETINGS):
        for track, animal in enumerate(np.random.default_rng(meeting).permutation(ANIMALS).tolist()):
            pattern = np.random.default_rng(animal).integers(0, 255, (5, 5, 3), np.uint8)
            for number in range(PICTURES):
                picture = cv2.resize(pattern, (70, 60), interpolation=cv2.INTER_NEAREST).astype(np.float64)
                picture += np.random.default_rng([meeting, animal, number]).normal(0, 15, picture.shape)
                name = f"film{meeting}-{track}-{number}.png"
                cv2.imwrite(str(folder / name), picture.clip(0, 255).astype(np.uint8))
                rows.writerow([name, f"animal {animal}", "left", f"film{meeting}.mp4", 10 * track + number, track])
    return folder / "metadata.csv"


@pytest.fixture(scope="package")
def weights(real_weights: Path) -> Iterator[None]:
    """A machine that has the weights; a network that begins with none says the same of every picture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESIGHT_WEIGHTS", str(real_weights))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of 24 tracks of 8 animals."""
    return track_table(tmp_path_factory.mktemp("tracked"))
