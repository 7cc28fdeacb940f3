"""How fast the review answers a key, and whether many reviewers at once lose or double a decision.

    python -m benchmarks.reviewing FOLDER [--minutes 10]

makes a catalogue of 5,000 individuals and 10,000 photos that wait, serves it, and prints two tables: from a key to the
next pair painted, in Chromium; and what 20 reviewers did to the server at once.
"""

from __future__ import annotations

import argparse
import random
import secrets
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright
from tests.browser import CHROMIUM
from tests.web.served import Served, serving

from benchmarks.large_catalogue import large_catalogue
from resight.catalogue import folder, log
from resight.catalogue.models import Request
from resight.catalogue.people import add_person, new_token
from resight.roles import Role

INDIVIDUALS, WAITING = 5_000, 10_000
KEYS = 100
PEOPLE = 20
NAME = "Reviewer"
THINKING = 1.0  # seconds a reviewer looks at a pair, on the mean

# From the key to the frame in which both new pictures are painted: decoded, laid out, and one frame on.
PAINTED = """(key) => new Promise((done) => {
  const shown = () => [...document.querySelectorAll('.moved img')].map((one) => one.src).join(' ');
  const before = shown(), began = performance.now();
  window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const look = async () => {
    if (shown() === before) return requestAnimationFrame(look);
    await Promise.all([...document.querySelectorAll('.moved img')].map((one) => one.decode()));
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  };
  look();
})"""


def painted(served: Served, pause: float) -> list[float]:
    """Milliseconds from each key to the next pair, with a pause before each key."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{served.address}/review")
        page.locator(".moved img").nth(1).wait_for()
        page.wait_for_timeout(5000)
        times = []
        for n in range(KEYS):
            page.wait_for_timeout(1000 * pause)
            times.append(page.evaluate(PAINTED, "s" if n % 5 else "d"))
        browser.close()
    return times


@dataclass
class Tally:
    """What reviewers were told: statuses of answers, seconds they took, and the decisions that were confirmed."""

    statuses: Counter[int] = field(default_factory=Counter)
    queue: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    confirmed: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def review(served: Served, token: str, until: float, seed: int, tally: Tally) -> None:
    """One reviewer: looks, thinks, answers, sometimes twice, sometimes takes it back."""
    rng = random.Random(seed)
    with served.client(token) as client:
        while time.monotonic() < until:
            began = time.monotonic()
            got = client.get("/api/review/queue?count=3")
            with tally.lock:
                tally.queue.append(time.monotonic() - began)
                tally.statuses[got.status_code] += 1
            for question in got.json()["questions"]:
                time.sleep(rng.expovariate(1 / THINKING))
                _answer(client, question, rng, tally)


def _answer(client: httpx.Client, question: dict, rng: random.Random, tally: Tally) -> None:  # type: ignore[type-arg]
    body = {"token": secrets.token_hex(16), "annotation": question["query"]["annotation"]}
    word = rng.choices(["same", "different", "new", "unsure"], [6, 2, 1, 1])[0]
    body |= {"word": word}
    if word in ("same", "different"):
        body |= {"individual": rng.choice(question["choices"])["individual"]}
    if word == "new":
        body |= {"name": f"N {body['token']}"}
    for _ in range(2 if rng.random() < 0.1 else 1):
        _post(client, "/api/review/answers", body, tally)
    if rng.random() < 0.05:
        _post(client, "/api/review/undo", {"token": secrets.token_hex(16), "of": body["token"]}, tally)


def _post(client: httpx.Client, address: str, body: dict, tally: Tally) -> None:  # type: ignore[type-arg]
    began = time.monotonic()
    answer = client.post(address, json=body)
    with tally.lock:
        tally.answer.append(time.monotonic() - began)
        tally.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            made = tuple(answer.json()["decisions"])
            assert tally.confirmed.setdefault(body["token"], made) == made


def check(home: Path, tally: Tally) -> tuple[int, int]:
    """How many confirmed decisions the log lacks, and how many of the reviewers' it holds that no answer asked for."""
    with folder.open(home) as catalogue:
        with catalogue.reading() as session:
            asked = {row.decision_id for row in session.query(Request)}
        made = {entry.id for entry in log.history(catalogue) if entry.by.startswith(NAME)}
    confirmed = {key for keys in tally.confirmed.values() for key in keys}
    return len(confirmed - made), len(made - asked)


def people_of(home: Path) -> list[str]:
    """Twenty reviewers, and a token for each."""
    with folder.open(home) as catalogue:
        add_person(catalogue, "Admin", secrets.token_hex(16), Role.ADMIN, "benchmark")
        for n in range(PEOPLE):
            add_person(catalogue, f"{NAME} {n}", secrets.token_hex(16), Role.REVIEWER, "benchmark")
        return [new_token(catalogue, f"{NAME} {n}", "benchmark") for n in range(PEOPLE)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    if not (asked.folder / "catalogue").exists():
        began = time.monotonic()
        large_catalogue(asked.folder, INDIVIDUALS, WAITING).close()
        print(f"made in {time.monotonic() - began:.0f} s", flush=True)
    with serving(asked.folder / "catalogue") as served:
        print("| keys | median, ms | 95th percentile, ms | longest, ms |\n|---|---|---|---|")
        for pause in (2.0, 1.0):
            times = sorted(painted(served, pause))
            high = times[int(0.95 * len(times))]
            print(
                f"| one every {pause:g} s | {statistics.median(times):.0f} | {high:.0f} | {times[-1]:.0f} |", flush=True
            )
    tokens = people_of(asked.folder / "catalogue")
    with serving(asked.folder / "catalogue") as served:
        tally = Tally()
        until = time.monotonic() + 60 * asked.minutes
        people = [
            threading.Thread(target=review, args=(served, token, until, n, tally)) for n, token in enumerate(tokens)
        ]
        for one in people:
            one.start()
        for one in people:
            one.join()
    lost, doubled = check(asked.folder / "catalogue", tally)
    answers, middle = sorted(tally.answer), statistics.median
    slow = answers[int(0.95 * len(answers))]
    print(f"{PEOPLE} reviewers, {asked.minutes:g} minutes: {len(answers):,} answers, {len(tally.queue):,} queues")
    print(f"statuses: {dict(sorted(tally.statuses.items()))}; lost {lost}, doubled {doubled}")
    print(f"an answer takes {1000 * middle(answers):.0f} ms (95%: {1000 * slow:.0f})")
    print(f"a queue takes {1000 * middle(tally.queue):.0f} ms")


if __name__ == "__main__":
    main()
