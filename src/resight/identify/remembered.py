"""What named photos taught, kept beside the index until there are a tenth more or fewer of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
VERSION = 2  # raised whenever what scores or what is learned from them changes, so that old lessons are forgotten
STALE = 0.1  # the share by which the named photos may grow before it is learned again


def remember(path: Path, named: int, taught: DataclassInstance) -> None:
    """Keep what so many named photos taught: a dataclass of numbers and rows of them."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"version": VERSION, "named": named, "taught": asdict(taught)}))
    partial.replace(path)


def remembered(path: Path, named: int, restored: Callable[..., T]) -> T | None:
    """What was kept, made again by its class; None where nothing is, or the photos named are many more or fewer now."""
    try:
        content = json.loads(path.read_text())
        if content["version"] == VERSION and abs(named - content["named"]) <= STALE * content["named"]:
            return restored(**content["taught"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # a cache: what cannot be read is learned again
    return None
