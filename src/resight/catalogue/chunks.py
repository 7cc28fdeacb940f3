"""Long lists of values for a query, in pieces that every database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

# SQLite takes 32,766 values in a query, PostgreSQL 65,535.
LIMIT = 10_000


def chunks(values: Iterable[T], size: int = LIMIT) -> Iterator[list[T]]:
    """The values in lists of at most `size`.

    >>> list(chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    remaining = iter(values)
    while piece := list(islice(remaining, size)):
        yield piece
