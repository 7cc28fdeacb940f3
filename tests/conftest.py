"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("RESIGHT_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """The folder of real photographs; without it tests skip, but fail where CI=true promises it."""
    if not DATA.is_dir():
        message = f"no real photographs at {DATA}: set RESIGHT_TEST_DATA to the folder that holds them"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return DATA
