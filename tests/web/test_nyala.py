"""A day with real animals: photos come in, are identified and reviewed, names put right, people let in."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser import browsing
from tests.web.served import serving

from resight.catalogue import folder, log
from resight.catalogue.decisions import Merged, Undone
from resight.catalogue.lookup import individuals
from resight.catalogue.people import add_person
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.roles import Role
from resight.work.add import add
from resight.work.processes import in_this_process

KNOWN, ASKED = 12, 10
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def herd(tmp_path_factory: pytest.TempPathFactory, real_photos: Path) -> tuple[Path, list[Path]]:
    """A catalogue of twelve nyala by all their encounters but the last, and ten photos of those last ones."""
    nyala = real_photos / "nyaladata"
    met: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    with (nyala / "metadata.csv").open() as file:
        for row in csv.DictReader(file):
            if row["viewpoint"] == "left":
                met[row["identity"]][row["encounter"]].append(row)
    often = sorted((name for name in met if len(met[name]) >= 4), key=lambda name: (-len(met[name]), name))[:KNOWN]
    home = tmp_path_factory.mktemp("herd")
    table = home / "known.csv"
    asked: list[Path] = []
    with table.open("w", newline="") as file:
        rows = csv.DictWriter(file, ["path", "identity", "viewpoint", "part", "encounter"])
        rows.writeheader()
        for name in often:
            *before, last = met[name]
            asked.append(nyala / met[name][last][0]["path"])
            for encounter in before:
                rows.writerows(row | {"path": str(nyala / row["path"])} for row in met[name][encounter])
    method = open_method(PLAIN)
    with folder.create(home / "nyala", method=method.name) as catalogue:
        report = add(catalogue, read_table(table), method.name, method.fingerprint, in_this_process, "Ana")
        assert report.rejected == []
    return home / "nyala", asked[:ASKED]


def logged_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".heading")).to_be_visible()


def test_a_day_with_the_herd(herd: tuple[Path, list[Path]], tmp_path: Path) -> None:
    home, photos = herd
    with serving(home, worker=True) as served, browsing(f"{served.address}/upload") as page:
        page.set_input_files("input[type=file]:not([webkitdirectory])", [str(photo) for photo in photos])
        page.get_by_role("button", name="Send 10 files").click()
        expect(page.locator("#content")).to_contain_text("All is there.")
        page.get_by_role("link", name="See how far it is").click()
        expect(page.locator(".jobs li").first).to_contain_text("done", timeout=120_000)

        page.goto(f"{served.address}/review")
        expect(page.locator(".moved img")).to_have_count(2)
        expect(page.locator(".answers .grow")).to_have_text("10 wait")
        for key in "s", "s", "d", "s", "u", "s", "s", "k", "s", "s", "s":
            expect(page.locator(".moved img")).to_have_count(2)
            page.keyboard.press(key)
        expect(page.locator(".review")).to_have_attribute("data-unsent", "0", timeout=30_000)
        expect(page.locator("[data-empty]")).to_be_visible()
        page.goto(f"{served.address}/photos?state=aside")
        expect(page.locator("#content")).to_contain_text("1 animal in photos")

        with folder.open(home) as catalogue:
            first, second = individuals(catalogue)[:2]
        page.goto(f"{served.address}/individuals/{first.id}")
        page.get_by_role("button", name="Merge with another").click()
        page.get_by_label("Name").last.fill(second.name)
        page.get_by_role("option", name=second.name, exact=True).click()
        page.get_by_role("button", name="Merge", exact=True).click()
        expect(page.locator(".heading")).to_contain_text(f"{first.annotations + second.annotations} photos")
        page.get_by_role("button", name="Undo").first.click()
        page.get_by_role("button", name="Yes, undo").click()
        expect(page.locator(".heading")).to_contain_text(f"{first.annotations} photos")

        page.goto(f"{served.address}/individuals")
        with page.expect_download() as download:
            page.get_by_role("link", name="Table").click()
        download.value.save_as(tmp_path / "nyala.csv")
    with (tmp_path / "nyala.csv").open() as file:
        named = [row for row in csv.DictReader(file) if row["identity"]]
    with folder.open(home) as catalogue:
        assert len(named) == sum(one.annotations for one in individuals(catalogue))
        assert [type(entry.decision) for entry in log.history(catalogue, limit=2)] == [Undone, Merged]
        add_person(catalogue, "Ada", PASSWORD, Role.ADMIN, "setup")
        add_person(catalogue, "Vi", PASSWORD, Role.VIEWER, "Ada")

    with serving(home) as served, browsing(served.address, expected=("403", "401")) as page:
        assert page.url.endswith("/login")
        logged_in(page, served.address, "Vi")
        page.goto(f"{served.address}/upload")
        expect(page.locator("#content")).to_contain_text("needs the role curator")
        page.goto(f"{served.address}/individuals/{first.id}")
        expect(page.get_by_role("button", name="Merge with another")).to_have_count(0)
        page.get_by_role("button", name="Log out").click()
        logged_in(page, served.address, "Ada")
        page.goto(f"{served.address}/audit")
        expect(page.locator("#content")).to_contain_text("logged in")
        page.goto(f"{served.address}/individuals/{first.id}")
        expect(page.get_by_role("button", name="Merge with another")).to_be_visible()
