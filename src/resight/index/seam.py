"""The seam of indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from resight.types import Bools, Floats, Ints


class Index(Protocol):
    """Nearest neighbours by squared Euclidean distance among vectors with ids from 0 up."""

    def __len__(self) -> int:
        """How many vectors it holds."""
        ...

    def add(self, ids: Ints, vectors: Floats) -> None:
        """Take in more vectors (n, d) under ids (n,) that are not in use."""
        ...

    def remove(self, ids: Ints) -> None:
        """Forget these ids; unknown ones are passed over."""
        ...

    def search(self, vectors: Floats, k: int, allowed: Bools | None = None) -> tuple[Floats, Ints]:
        """The k nearest of each vector: squared distances (n, k), rising, and ids (n, k); -1 where there are fewer.

        `allowed` says of every id from 0 up whether it may be found.
        """
        ...

    def save(self, path: Path) -> None:
        """Write the index to one file, complete or not at all."""
        ...
