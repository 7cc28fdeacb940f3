"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
DATA = Path(os.environ.get("RESIGHT_TEST_DATA", SHARED / "data"))
WEIGHTS = Path(os.environ.get("RESIGHT_WEIGHTS", SHARED / "weights"))


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of real photographs; without it tests skip, but fail where CI=true promises it."""
    return _there(DATA, f"no real photographs at {DATA}: set RESIGHT_TEST_DATA to the folder that holds them")


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The folder with u2netp.onnx; without it tests skip, but fail where CI=true promises it."""
    return _there(WEIGHTS / "u2netp.onnx", f"no u2netp.onnx in {WEIGHTS}: set RESIGHT_WEIGHTS to its folder").parent


def _there(path: Path, otherwise: str) -> Path:
    if path.exists():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(otherwise)
    pytest.skip(otherwise)
