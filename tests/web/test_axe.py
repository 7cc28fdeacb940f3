"""Whoever cannot see or point can work too: axe-core finds no serious fault on any page, in light and in dark."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = (
    *("/", "/review", "/individuals", "/individuals/1", "/photos", "/photos/1", "/upload", "/jobs"),
    *("/doubts", "/explore", "/people", "/account", "/rejected"),
)


def test_no_serious_fault(served: Served) -> None:
    with browsing(served.address) as page:
        found = []
        for address in PAGES:
            page.goto(served.address + address)
            expect(page.locator("#content")).to_be_visible()
            page.wait_for_load_state("networkidle")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(150)  # until the colours have changed
                for fault in Axe().run(page).response["violations"]:
                    if fault["impact"] in ("serious", "critical"):
                        where = [node["html"][:150] for node in fault["nodes"][:3]]
                        found.append((address, scheme, fault["id"], where))
        assert not found, found
