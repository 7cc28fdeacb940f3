"""Every page in a real browser: it shows what there is, does what it says, and believes no text."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served, serving

from resight.catalogue import folder, log
from resight.catalogue.decisions import Merged, Noted, Renamed, Split, Undone
from resight.catalogue.lookup import catalogued, individual_named

PAGES = {
    "/": "How the catalogue grew",
    "/review": "Who is this?",
    "/individuals": "12 individuals",
    "/individuals/1": "Left side",
    "/photos": "38 animals in photos",
    "/photos?state=unnamed": "14 animals in photos",
    "/photos?text=nobody": "No photo fits.",
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
        expect(page.locator(".heading")).to_contain_text("2 photos")
    made = decisions(served.folder)
    assert [type(one) for one in made] == [Merged, Undone]


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


def decisions(home: Path) -> list[object]:
    """What was decided in the browser, in order."""
    with folder.open(home) as catalogue:
        return [entry.decision for entry in reversed(log.history(catalogue)) if entry.by == "Bea"]
