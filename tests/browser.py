"""A real browser for tests of pages: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("RESIGHT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def opened(page: Path) -> Iterator[Page]:
    """A file in a browser of a laptop's size."""
    with browsing(page.absolute().as_uri()) as shown:
        yield shown


@contextmanager
def browsing(address: str, expected: Sequence[str] = ()) -> Iterator[Page]:
    """An address in a browser of a laptop's size; without Chromium tests skip, but fail where CI=true promises it.

    No script may fail, nor may the browser report an error, but for those that hold an `expected` text.
    """
    if CHROMIUM is None:
        message = "no Chromium: install Debian's, or name one in RESIGHT_TEST_CHROMIUM"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1280, "height": 800}, accept_downloads=True)
        wrong: list[str] = []
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        shown.goto(address)
        yield shown
        browser.close()
    assert [text for text in wrong if not any(part in text for part in expected)] == []
