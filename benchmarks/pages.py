"""Pictures of every page, of a catalogue of simulated fish, for the documentation.

    python -m benchmarks.pages FOLDER [--into docs/images]

FOLDER gets the catalogue; the pictures are page-NAME.jpg.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright
from tests.browser import CHROMIUM
from tests.web.served import Served, serving

from resight.catalogue import folder, log
from resight.catalogue.decisions import Assigned, Decision, NewIndividual, Noted, Rejected
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.catalogue.people import add_person
from resight.identify.decide import PRESETS
from resight.identify.doubts import find_doubts, keep_doubts
from resight.identify.library import open_library
from resight.identify.placing import make_plane
from resight.identify.plane import keep_plane
from resight.identify.propose import keep
from resight.identify.run import identify
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.roles import Role
from resight.simulate import write_heads
from resight.types import Place, Record
from resight.work.add import add
from resight.work.processes import local_processes

FISH, STRANGERS, PASSES = 40, 4, 4
PASSWORD = "a long password"
FIRST = datetime(2023, 5, 9, 9, 30)
CAGES = (Place(60.412, 5.271), Place(60.418, 5.284), Place(60.405, 5.262))
LAPTOP, TABLET = ViewportSize(width=1440, height=900), ViewportSize(width=1024, height=768)
PAGES = {
    "home": "/", "review": "/review", "individuals": "/individuals", "individual": "/individuals/1",
    "photos": "/photos", "photo": "/photos/1", "doubts": "/doubts", "explore": "/explore", "upload": "/upload",
    "jobs": "/jobs", "people": "/people", "audit": "/audit", "account": "/account", "rejected": "/rejected",
}  # fmt: skip


def filled(home: Path) -> Path:
    """A farm's catalogue: forty fish, met on four days of three years, the last of which waits for review."""
    tables = write_heads(home / "photos", FISH, passes=PASSES, photos_per_pass=2, seed=3, newcomers=STRANGERS)
    method = open_method(PLAIN)
    with folder.create(home / "salmon", method=method.name) as catalogue:
        for number, table in enumerate(tables):
            records = list(_records(table, number))
            if number == PASSES - 1:
                records = [replace(one, identity=None) for one in records]
            added = add(catalogue, records, method.name, method.fingerprint, local_processes(2), "Ingrid")
        library = open_library(catalogue, method.fingerprint)
        run = identify(catalogue, library, added.annotations, Sides.APART, PRESETS["balanced"])
        list(keep(catalogue, run.answers, method.fingerprint, library.individuals))
        _wrong_names(catalogue)
        library = open_library(catalogue, method.fingerprint)
        keep_doubts(catalogue, find_doubts(catalogue, library, Sides.APART))
        keep_plane(catalogue, make_plane(library))
        log.append(catalogue, Noted(1, sex="female", life_stage="adult", marks="a nick in the upper jaw"), "Ingrid")
    return home / "salmon"


def _records(table: Path, number: int) -> Iterator[Record]:
    for place, entry in enumerate(entry for entry in read_table(table) if isinstance(entry, Record)):
        day = FIRST + timedelta(days=330 * number + place // 20, minutes=place)
        yield replace(entry, taken_at=day, place=CAGES[place // 2 % len(CAGES)])


def _wrong_names(catalogue: Catalogue) -> None:
    """Two slips of a tired hand: a photo under another's name, and one animal with two names."""
    animals = catalogued(catalogue)
    slips: list[Decision] = []
    for name, called in (("fish-003", "fish-011"), ("fish-020", "Odd")):
        one = next(one for one in animals if one.name == name)
        assert one.individual is not None
        other = next((other.individual for other in animals if other.name == called), None)
        slips.append(Rejected(one.id, one.individual))
        slips.append(NewIndividual(called, (one.id,)) if other is None else Assigned((one.id,), other))
    log.append_together(catalogue, slips, "Per")


def shoot(served: Served, into: Path) -> None:
    """One picture a page, of a laptop's size; the review also in the dark, and on a tablet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport=LAPTOP)
        page = context.new_page()
        page.goto(f"{served.address}/login")
        _keep(page, into, "login")
        page.get_by_label("Name").fill("Ingrid")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{served.address}/")
        page.request.post(f"{served.address}/api/jobs/begin/identify", headers={"Origin": served.address})
        for name, address in PAGES.items():
            page.goto(f"{served.address}{address}")
            _keep(page, into, name)
        page.goto(f"{served.address}/review")
        page.keyboard.press("m")
        _keep(page, into, "review-spots")
        page.keyboard.press("?")
        _keep(page, into, "review-keys")
        page.emulate_media(color_scheme="dark")
        page.goto(f"{served.address}/review")
        _keep(page, into, "review-dark")
        page.set_viewport_size(TABLET)
        page.goto(f"{served.address}/review")
        _keep(page, into, "review-tablet")
        browser.close()


def _keep(page: Page, into: Path, name: str) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(2500)
    page.screenshot(path=into / f"page-{name}.jpg", type="jpeg", quality=80)


def main() -> None:
    """Make the catalogue where there is none, and take the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path, default=Path("docs/images"))
    asked = parser.parse_args()
    home = asked.folder / "salmon"
    if not home.exists():
        filled(asked.folder)
        with folder.open(home) as catalogue:
            add_person(catalogue, "Ingrid", PASSWORD, Role.ADMIN, "setup")
            add_person(catalogue, "Per", PASSWORD, Role.REVIEWER, "Ingrid")
    asked.into.mkdir(parents=True, exist_ok=True)
    with serving(home, worker=True) as served:
        shoot(served, asked.into)


if __name__ == "__main__":
    main()
