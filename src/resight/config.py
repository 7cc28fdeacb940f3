"""Settings of the machine, from environment variables that begin with RESIGHT_."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "resight"


class Settings(BaseSettings):
    """What belongs to this machine and not to a catalogue.

    >>> Settings(workers=3).workers
    3
    """

    model_config = SettingsConfigDict(env_prefix="RESIGHT_")

    weights: Path | None = Field(None, description="a folder of model weights, looked in first")
    cache: Path = Field(default_factory=_default_cache, description="where downloaded weights are kept")
    offline: bool = Field(False, description="never try to download anything")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="processes to use")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
