"""The contract of executors, and what happens when processes are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from operator import mul, truediv

import psutil
import pytest

from resight.errors import ResightError
from resight.work.processes import Executor, in_this_process, local_processes

# What runs in other processes must be importable there, so the functions are the standard library's.
twice = partial(mul, 2)
EXECUTORS = {"here": in_this_process, "one process": local_processes(1), "two processes": local_processes(2)}


@pytest.fixture(params=list(EXECUTORS))
def executor(request: pytest.FixtureRequest) -> Executor:
    return EXECUTORS[request.param]


def test_results_come_in_the_order_of_the_shards(executor: Executor) -> None:
    assert list(executor(time.sleep, [0.2, 0.0, 0.1, 0.0])) == [None] * 4
    assert list(executor(twice, range(20))) == list(range(0, 40, 2))


def test_no_shards_give_no_results(executor: Executor) -> None:
    assert list(executor(twice, [])) == []


def test_shards_are_drawn_only_as_they_are_needed(executor: Executor) -> None:
    """However many photos there are, few wait in memory."""
    drawn = []

    def shards() -> Iterator[int]:
        for shard in range(1000):
            drawn.append(shard)
            yield shard

    results = executor(twice, shards())
    assert drawn == []
    assert next(results) == 0
    assert len(drawn) <= 3
    assert [next(results) for _ in range(4)] == [2, 4, 6, 8]
    assert len(drawn) <= 7


def test_an_error_in_a_shard_reaches_the_caller_after_what_came_before(executor: Executor) -> None:
    results = executor(partial(truediv, 6), [1, 2, 0, 3])
    assert next(results) == 6
    assert next(results) == 3
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_the_work_is_done_elsewhere() -> None:
    assert os.getpid() not in local_processes(2)(eval, ["__import__('os').getpid()"] * 3)


def test_a_killed_worker_is_told_in_words() -> None:
    with pytest.raises(ResightError, match="a worker process was ended from outside"):
        list(local_processes(2)(signal.raise_signal, [signal.SIGKILL]))


def test_no_worker_outlives_a_killed_parent() -> None:
    script = "import time; from resight.work.processes import local_processes\n"
    script += "if __name__ == '__main__':\n    list(local_processes(2)(time.sleep, [0.0, 60.0, 60.0]))"
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        me = psutil.Process(parent.pid)
        workers: list[psutil.Process] = []
        until = time.monotonic() + 20
        while len(workers) < 2 and time.monotonic() < until:
            time.sleep(0.1)
            workers = [child for child in me.children() if "spawn_main" in " ".join(child.cmdline())]
        # Time for the workers to come up and to be at work.
        time.sleep(1.0)
        parent.kill()
    assert len(workers) == 2
    assert not psutil.wait_procs(workers, timeout=10)[1]
