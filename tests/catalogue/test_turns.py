"""Writers of one process have their turns in the order in which they came."""

import threading
import time

from resight.catalogue.turns import Turns


def test_turns_come_in_order_and_one_at_a_time() -> None:
    turns, inside = Turns(), 0
    had: list[int] = []

    def have(n: int) -> None:
        nonlocal inside
        with turns:
            inside += 1
            assert inside == 1
            had.append(n)
            time.sleep(0.002)
            inside -= 1

    threads = [threading.Thread(target=have, args=(n,)) for n in range(20)]
    with turns:
        for place, thread in enumerate(threads, start=2):
            thread.start()
            while len(turns) < place:
                time.sleep(0.0005)
    for thread in threads:
        thread.join()
    assert had == list(range(20))
    assert len(turns) == 0


def test_whoever_comes_again_and_again_does_not_overtake() -> None:
    turns, stop = Turns(), threading.Event()
    waited: list[float] = []

    def greedy() -> None:
        while not stop.is_set():
            with turns:
                time.sleep(0.005)

    threads = [threading.Thread(target=greedy) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        asked = time.perf_counter()
        with turns:
            waited.append(time.perf_counter() - asked)
    stop.set()
    for thread in threads:
        thread.join()
    # Three others may be before it, of 5 ms each; a machine may be slow, but not a hundred times.
    assert max(waited) < 1.5


def test_an_error_inside_lets_the_next_one_in() -> None:
    turns = Turns()
    for _ in range(2):
        try:
            with turns:
                raise ValueError("inside")
        except ValueError:
            pass
    assert len(turns) == 0
