"""The detector of a catalogue: what finds the animals in films that are sent to it."""

from __future__ import annotations

from pathlib import Path

FOLDER = "detectors"
UNFINISHED = ".unfinished.onnx"  # how the name ends of a model that is being written


def kept_detector(catalogue: Path) -> Path | None:
    """The ONNX model that came into the catalogue's folder of detectors last; None where there is none.

    >>> kept_detector(Path("no such catalogue")) is None
    True
    """
    found = [path for path in (catalogue / FOLDER).rglob("*.onnx") if not path.name.endswith(UNFINISHED)]
    return max(found, key=_came, default=None)


def _came(path: Path) -> tuple[float, Path]:
    # A copy may bear the date of what it was copied from; when it came is when its entry in the folder changed.
    about = path.stat()
    return max(about.st_mtime, about.st_ctime), path
