"""The detector of a catalogue: what finds the animals in films that are sent to it."""

from __future__ import annotations

from pathlib import Path

FOLDER = "detectors"


def kept_detector(catalogue: Path) -> Path | None:
    """The ONNX model that was put, or trained, into the catalogue's folder of detectors last; None where there is none.

    >>> kept_detector(Path("no such catalogue")) is None
    True
    """
    found = (catalogue / FOLDER).rglob("*.onnx")
    return max(found, key=lambda path: (path.stat().st_mtime, path), default=None)
