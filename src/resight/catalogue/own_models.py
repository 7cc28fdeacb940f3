"""The models that a catalogue has of its own animals: a folder each, by the time at which their training began."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

MODELS, OUTCOME = "models", "outcome.json"
FORMAT = "%Y-%m-%d %H%M%S"


def begun(catalogue: Path) -> Path:
    """The folder of the training that was stopped, else that of a new one."""
    unfinished = [
        folder
        for folder in sorted((catalogue / MODELS).glob("*"))
        if (folder / "named.csv").exists() and not (folder / OUTCOME).exists()
    ]
    return unfinished[-1] if unfinished else catalogue / MODELS / datetime.now(UTC).strftime(FORMAT)
