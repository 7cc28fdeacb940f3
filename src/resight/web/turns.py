"""Who has which question before them, so that two people do not work on the same one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass, field

HELD = 300.0  # seconds a question stays with the one who got it, from when they last asked for more


@dataclass(slots=True)
class Turns:
    """Questions that were handed out. Only a courtesy: what was decided is settled by the log, not here."""

    clock: Callable[[], float] = time.monotonic
    _held: dict[int, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_out(self, person: str, mine: Collection[int], find: Callable[[Set[int]], list[int]]) -> list[int]:
        """What `find` gives for this person, told what others have before them; nobody else gets it meanwhile.

        `mine` is what the person has still, and keeps.
        """
        with self._lock:
            now = self.clock()
            self._held = {key: held for key, held in self._held.items() if held[1] > now}
            others = {key for key, (holder, _) in self._held.items() if holder != person}
            found = find(others)
            self._held |= {key: (person, now + HELD) for key in (*found, *mine) if key not in others}
            return found

    def give_back(self, person: str, annotations: Iterable[int]) -> None:
        """These are with this person no more."""
        with self._lock:
            for key in annotations:
                if key in self._held and self._held[key][0] == person:
                    del self._held[key]
