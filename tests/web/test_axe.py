"""Whoever cannot see or point can work too: axe-core finds no serious fault on any page, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served

PAGES = (
    *("/", "/review", "/individuals", "/individuals/1", "/photos", "/photos/1", "/upload", "/jobs"),
    *("/doubts", "/explore", "/people", "/account", "/rejected"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault(served: Served, scheme: str) -> None:
    with browsing(served.address) as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = []
        for address in PAGES:
            page.goto(served.address + address)
            expect(page.locator("#content")).to_be_visible()
            page.wait_for_load_state("networkidle")
            for fault in Axe().run(page).response["violations"]:
                if fault["impact"] in ("serious", "critical"):
                    where = [node["html"][:150] for node in fault["nodes"][:3]]
                    found.append((address, fault["id"], where))
        assert not found, found
