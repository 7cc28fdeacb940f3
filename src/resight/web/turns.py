"""Who has which question before them, so that two people do not work on the same one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field

HELD = 120.0  # seconds a question stays with the one who got it, unless they ask for more


@dataclass(slots=True)
class Turns:
    """Questions that were handed out. Only a courtesy: what was decided is settled by the log, not here."""

    clock: Callable[[], float] = time.monotonic
    _held: dict[int, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_out(self, person: str, find: Callable[[Set[int]], list[int]]) -> list[int]:
        """What `find` gives for this person, told what others have before them; nobody else gets it meanwhile."""
        with self._lock:
            now = self.clock()
            self._held = {key: held for key, held in self._held.items() if held[1] > now}
            found = find({key for key, (holder, _) in self._held.items() if holder != person})
            self._held |= dict.fromkeys(found, (person, now + HELD))
            return found

    def give_back(self, annotations: Iterable[int]) -> None:
        """These are with nobody any more."""
        with self._lock:
            for key in annotations:
                self._held.pop(key, None)
