"""A lock that is had in the order in which it was asked for."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """Threads take turns: Python's own lock may let one wait for ever while others come and go.

    >>> turns = Turns()
    >>> with turns:
    ...     len(turns)
    1
    """

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    def __len__(self) -> int:
        """How many have it or wait for it."""
        return len(self._queue)

    def __enter__(self) -> None:
        mine = threading.Event()
        with self._door:
            self._queue.append(mine)
            if self._queue[0] is mine:
                mine.set()
        try:
            mine.wait()
        except BaseException:
            # Whoever is interrupted while waiting must not be waited for.
            self._leave(mine)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(self._queue[0])

    def _leave(self, one: threading.Event) -> None:
        with self._door:
            self._queue.remove(one)
            if self._queue:
                self._queue[0].set()
