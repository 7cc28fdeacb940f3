"""The seam of matchers: a gallery that can be asked."""

from __future__ import annotations

from typing import Protocol

from resight.types import Bools, Descriptors, Evidence, Floats


class Gallery(Protocol):
    """The searched annotations, prepared by a matcher, in rows from 0 up."""

    def __len__(self) -> int:
        """How many annotations are searched."""
        ...

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """How alike each query is to each row of the gallery: (q, g), 0 or more, higher is more alike.

        `allowed` (q, g) acts before anything else: a row that is not allowed takes no part in voting or
        normalising, and scores 0.
        """
        ...

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """Why one query (a container of one) is thought like that row; `allowed` (g,) as it was for the score."""
        ...
