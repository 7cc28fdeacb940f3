"""Run a function over many shards in local processes: in order, with bounded memory."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from resight.errors import ResightError
from resight.work.parent import end_with_parent

S = TypeVar("S")
R = TypeVar("R")


class Executor(Protocol):
    """The seam of executors: results in the order of the shards, no more of them waiting than needed."""

    def __call__(self, function: Callable[[S], R], shards: Iterable[S]) -> Iterator[R]:
        """One result for each shard."""
        ...


def in_this_process(function: Callable[[S], R], shards: Iterable[S]) -> Iterator[R]:
    """The executor for small work: one shard after another, here."""
    return map(function, shards)


def local_processes(workers: int) -> Executor:
    """An executor with this many processes, each started afresh; with one, the work is done in this process."""
    if workers <= 1:
        return in_this_process

    def run(function: Callable[[S], R], shards: Iterable[S]) -> Iterator[R]:
        # A forked child inherits the locks of the parent's threads; a fresh one does not.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=end_with_parent) as pool:
            waiting: deque[Future[R]] = deque()
            try:
                for shard in shards:
                    waiting.append(pool.submit(function, shard))
                    if len(waiting) > workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BrokenProcessPool as error:
                raise ResightError(
                    "a worker process was ended from outside, perhaps for want of memory. What was finished is kept: "
                    "start the same command again, with RESIGHT_WORKERS=1 if memory is short"
                ) from error
            finally:
                for future in waiting:
                    future.cancel()

    return run
