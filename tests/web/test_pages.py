"""Every page in a real browser: it shows what there is, does what it says, and believes no text."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from tests.browser import browsing
from tests.web.served import Served, serving

from resight.catalogue import folder, log, models, people, store
from resight.catalogue.decisions import Assigned, Merged, Noted, Renamed, Split, Undone
from resight.catalogue.lookup import catalogued, individual_named, individuals
from resight.roles import Role
from resight.types import Place, Rejection
from resight.work.jobs import Order, open_board

PASSWORD = "correct horse battery"
ADMIN = """LAKE\\o'Ada "the boss\""""

PAGES = {
    "/": "How the catalogue grew",
    "/review": "Who is this?",
    "/individuals": "12 individuals",
    "/individuals/1": "Left side",
    "/photos": "38 animals in photos",
    "/photos?state=unnamed": "14 animals in photos",
    "/photos?text=nobody": "No photo fits.",
    "/photos?near=abc&km=NaN": "“abc” is no place",
    "/photos?near=1,2&km=-5": "“-5” is no distance in kilometres: 10 km are taken.",
    "/photos?near=1e999,0&quality=%00&since=x&page=abc": "38 animals in photos",
    "/photos?page=99999999999999999999": "38 animals in photos",
    "/photos?individual=999": "No photo fits.",
    "/photos?individual=x&text=%00": "38 animals in photos",
    "/photos/1": "SHA-256",
    "/photos/999": "There is no annotation 999.",
    "/individuals/999": "There is no such individual.",
    "/upload": "Drop folders, photos",
    "/jobs": "No job yet.",
    "/people": "Nobody has to log in yet.",
    "/account": "open on this machine alone",
    "/doubts": "Nobody has looked for wrong names yet.",
    "/explore": "No plane has been made yet.",
    "/rejected": "Every file could be used.",
}


def test_every_page_shows_what_there_is(served: Served) -> None:
    with browsing(served.address) as page:
        for address, text in PAGES.items():
            page.goto(served.address + address)
            expect(page.locator("#content")).to_contain_text(text)
            page.wait_for_function("() => [...document.images].every((one) => one.loading === 'lazy' || one.complete)")
            broken = page.evaluate("() => [...document.images].filter((i) => i.complete && !i.naturalWidth).length")
            assert broken == 0, address


def test_merge_with_a_preview_and_undo(served: Served) -> None:
    with browsing(f"{served.address}/individuals/1") as page:
        page.get_by_role("button", name="Merge with another").click()
        page.get_by_label("Name").last.fill("fish-002")
        page.get_by_role("option", name="fish-002").click()
        expect(page.locator(".dialog")).to_contain_text("takes 2 photos of fish-002, and then has 4")
        page.get_by_role("button", name="Merge", exact=True).click()
        expect(page.locator(".heading")).to_contain_text("4 photos")
        page.get_by_role("button", name="Undo").first.click()
        expect(page.locator(".dialog")).to_contain_text("This changes 2 photos.")
        page.get_by_role("button", name="Yes, undo").click()
        expect(page.locator(".heading")).to_contain_text("2 photos")
        page.get_by_role("button", name="Count again").click()
        page.get_by_role("button", name="Yes, count again").click()
        expect(page.locator(".heading")).to_contain_text("4 photos")
    made = decisions(served.folder)
    assert [type(one) for one in made] == [Merged, Undone, Undone]


def test_split_rename_and_notes(served: Served) -> None:
    with browsing(f"{served.address}/individuals/1") as page:
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Split off the ticked photos").click()
        page.get_by_label("The name of that animal").fill("Twin")
        page.get_by_role("button", name="Split", exact=True).click()
        expect(page.locator(".heading")).to_contain_text("1 photo,")
        page.get_by_role("button", name="Rename").first.click()
        page.get_by_label("Name").last.fill("Old Tom")
        page.get_by_role("button", name="Rename").last.click()
        expect(page.locator("h1")).to_have_text("Old Tom")
        page.get_by_label("Sex").fill("male")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".log").last).to_contain_text("noted of Old Tom: sex “male”")
    assert [type(one) for one in decisions(served.folder)] == [Split, Renamed, Noted]


def test_no_text_becomes_script(fish: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    with folder.open(fish) as catalogue:
        key = individual_named(catalogue, "fish-001")
        log.append(catalogue, Renamed(key, evil), "Bea")
        log.append(catalogue, Noted(key, notes=f"{evil}</textarea><script>alert(1)</script>"), "Bea")
        photo = next(one.id for one in catalogued(catalogue) if one.individual == key)
    with serving(fish) as served, browsing(served.address) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        for address in "/", "/individuals", f"/individuals/{key}", f"/photos/{photo}", "/photos", "/review":
            page.goto(served.address + address)
            page.wait_for_load_state("networkidle")
            assert page.locator("img[src='x'], img[onerror]").count() == 0, address
        page.goto(f"{served.address}/individuals?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        expect(page.locator("#content")).to_contain_text("Nobody is called that.")


def test_all_photos_of_a_side_are_shown_when_they_are_asked_for(fish: Path) -> None:
    with folder.open(fish) as catalogue:
        first, *others = [one.id for one in individuals(catalogue)]
        unnamed = tuple(one.id for one in catalogued(catalogue) if one.individual is None)
        log.append_together(catalogue, [*(Merged(first, one) for one in others), Assigned(unnamed, first)], "Bea")
    with serving(fish) as served, browsing(f"{served.address}/individuals/{first}") as page:
        expect(page.get_by_role("checkbox")).to_have_count(24)
        page.get_by_role("link", name="All 38").click()
        expect(page.get_by_role("checkbox")).to_have_count(38)


def test_filters_stand_in_the_address_and_go_on_to_the_next_page(fish: Path) -> None:
    with folder.open(fish) as catalogue:
        with catalogue.writing() as session:
            session.execute(update(models.Photo).values(lat=-24.5, lon=179.9999))
            session.execute(update(models.Annotation).where(models.Annotation.id <= 3).values(quality=None))
        first, *others = [one.id for one in individuals(catalogue)]
        log.append_together(catalogue, [Merged(first, one) for one in others[:-1]], "Bea")
        held = [one for one in catalogued(catalogue) if one.individual == first]
        good = sum(one.quality is not None and one.quality >= 0.5 for one in held)
    with serving(fish) as served, browsing(f"{served.address}/individuals/{first}") as page:
        page.get_by_role("link", name="look among them").first.click()
        expect(page.locator(".only")).to_contain_text("only fish-")
        page.get_by_label("Side").first.select_option("all")
        page.get_by_label("Quality").select_option("fair or better")
        page.get_by_label("Near latitude, longitude").fill("24.5 S, 179.9999 W")
        page.get_by_label("Within").select_option("0.1 km")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator(".heading")).to_contain_text(f"{good} animals in photos of")
        page.get_by_role("link", name="All individuals").click()
        expect(page.locator(".only")).to_have_count(0)
        assert "quality=fair" in page.url
        assert "near=24.5" in page.url
        expect(page.get_by_label("Near latitude, longitude")).to_have_value("24.5 S, 179.9999 W")
        page.get_by_label("Near latitude, longitude").fill("0, 0")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator("#content")).to_contain_text("No photo fits.")
        page.get_by_role("link", name="All photos").click()
        expect(page.locator(".heading")).to_contain_text("38 animals in photos")
        page.goto(f"{served.address}/photos/1")
        page.get_by_role("link", name="Photos taken near here").click()
        expect(page.locator(".heading")).to_contain_text("38 animals in photos")


def test_more_photos_than_a_page_holds_keep_their_filter(tmp_path: Path) -> None:
    with folder.create(tmp_path / "many") as made:
        animal = store.NewAnnotation(quality=0.9)
        photos = [
            store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 40, 30, (animal,), place=Place(0, 180 if n % 2 else -180))
            for n in range(70)
        ]
        with made.writing() as session:
            store.add_shard(session, photos)
    with serving(tmp_path / "many") as served, browsing(served.address, expected=("410",)) as page:
        page.goto(f"{served.address}/photos?near=0,180&km=1&quality=best")
        expect(page.locator(".pager")).to_contain_text("page 1 of 2")
        page.get_by_role("link", name="After").click()
        expect(page.locator(".pager")).to_contain_text("page 2 of 2")
        expect(page.locator(".heading")).to_contain_text("70 animals in photos")
        expect(page.get_by_role("checkbox")).to_have_count(10)
        expect(page.get_by_label("Within")).to_have_value("1")
        page.goto(f"{served.address}/photos?near=0,180&km=1&page=99")
        expect(page.locator(".pager")).to_contain_text("page 2 of 2")


def test_an_individual_on_a_line_of_years_and_the_best_photo_first(fish: Path) -> None:
    with folder.open(fish) as catalogue:
        held = sorted(one.id for one in catalogued(catalogue) if one.individual == 1)
        with catalogue.writing() as session:
            a, p = models.Annotation, models.Photo
            for key, quality in zip(held, (None, 0.3), strict=True):
                session.execute(update(a).where(a.id == key).values(quality=quality, side="left"))
            taken = datetime(2021, 5, 1, 12)
            of = select(a.photo_id).where(a.id == held[0])
            session.execute(update(p).values(taken_at=None))
            session.execute(update(p).where(p.id.in_(of)).values(taken_at=taken))
    with serving(fish) as served, browsing(f"{served.address}/individuals/1") as page:
        ticks = page.get_by_role("checkbox")
        assert [ticks.nth(n).input_value() for n in range(2)] == [str(held[1]), str(held[0])]
        expect(page.locator("svg.years circle")).to_have_count(1)
        expect(page.locator("svg.years title")).to_contain_text("2021-05-01, ")
        page.goto(f"{served.address}/individuals/2")
        expect(page.locator("#content")).to_contain_text("What is known")
        expect(page.locator("svg.years")).to_have_count(0)


def test_home_says_what_runs_what_came_and_what_went_wrong(served: Served) -> None:
    with folder.open(served.folder) as catalogue:
        board = open_board(catalogue)
        board.add(Order("Count the fish", ("doubts", str(catalogue.folder)), "Bea"))
        with catalogue.writing() as session:
            store.add_rejected(session, [Rejection(Path("/a.jpg"), "it is no photo")])
    with browsing(served.address) as page:
        expect(page.locator(".running")).to_contain_text("Count the fish")
        expect(page.locator("#content")).to_contain_text("No worker is at work, and 1 job cannot go on.")
        expect(page.locator("#content")).to_contain_text("1 file could not be used.")
        expect(page.locator(".panel", has_text="What came lately")).to_contain_text("38 photos")
        page.get_by_role("link", name="1 rejected").click()
        expect(page.locator("#content")).to_contain_text("it is no photo")


def test_nobody_waits_for_one_who_waits_for_the_database(served: Served) -> None:
    with browsing(f"{served.address}/individuals/1") as page:
        rename(page, "Old Tom")
        other = sqlite3.connect(served.folder / folder.SQLITE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        page.get_by_role("button", name="Rename").last.click()
        page.wait_for_timeout(500)
        with served.client() as client:
            for address in "/", "/individuals/1", "/api/individuals":
                assert "Old Tom" not in client.get(address, timeout=10).raise_for_status().text
        other.execute("ROLLBACK")
        other.close()
        expect(page.locator("h1")).to_have_text("Old Tom")


def test_an_open_page_does_nothing_for_who_may_not_any_more(fish: Path) -> None:
    with folder.open(fish) as catalogue:
        people.add_person(catalogue, ADMIN, PASSWORD, Role.ADMIN, "setup")
        people.add_person(catalogue, "Bea", PASSWORD, Role.CURATOR, ADMIN)
    with serving(fish) as served, browsing(served.address) as page:
        log_in(page, "Bea")
        page.goto(f"{served.address}/individuals/1")
        rename(page, "Old Tom")
        # Her session goes on: only the role is another.
        give_role(fish, Role.VIEWER)
        page.get_by_role("button", name="Rename").last.click()
        expect(page.get_by_text("You may not do that any more.")).to_be_visible()
        give_role(fish, Role.CURATOR)
        page.context.request.post(f"{served.address}/logout", headers={"Origin": served.address})
        rename(page, "Old Tom")
        page.get_by_role("button", name="Rename").last.click()
        expect(page.get_by_text("You are logged out.")).to_be_visible()
        assert decisions(fish) == []

        page.goto(f"{served.address}/login")
        log_in(page, ADMIN)
        page.goto(f"{served.address}/people")
        expect(page.get_by_label(f"Role of {ADMIN}", exact=True)).to_be_visible()
        expect(page.get_by_label(f"{ADMIN} may come in", exact=True)).to_be_checked()


def log_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".heading")).to_be_visible()


def rename(page: Page, name: str) -> None:
    """All but the last click."""
    page.get_by_role("button", name="Rename").first.click()
    page.get_by_label("Name").last.fill(name)


def give_role(home: Path, role: Role) -> None:
    with folder.open(home) as catalogue, catalogue.writing() as session:
        session.execute(update(models.Person).where(models.Person.name == "Bea").values(role=role.value))


def decisions(home: Path) -> list[object]:
    """What was decided in the browser, in order."""
    with folder.open(home) as catalogue:
        return [entry.decision for entry in reversed(log.history(catalogue)) if entry.by == "Bea"]
