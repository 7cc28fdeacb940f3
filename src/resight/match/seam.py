"""The seam of matchers: how descriptors are compared, and a gallery that can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from resight.types import Bools, Descriptors, Evidence, Floats, Labels


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


@dataclass(frozen=True, slots=True)
class Matcher:
    """A way to compare descriptors, by the name that stands after the `@` of a method.

    `best_photo_only`: an individual is as alike as its best photo, rather than all its photos together. Where
    unrelated photos do not score 0, summing them would favour individuals with many photos. `gallery` takes the
    descriptors searched and what is known of them; ResightError for descriptors that it cannot compare.
    """

    name: str
    best_photo_only: bool
    gallery: Callable[[Descriptors, Labels], Gallery]
