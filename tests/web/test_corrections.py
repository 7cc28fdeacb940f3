"""Sides and boxes are put right, one by one and many at once, and can be undone."""

from pathlib import Path

from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served

from resight.catalogue import folder, log
from resight.catalogue.decisions import Assigned, Corrected
from resight.catalogue.lookup import Catalogued, catalogued
from resight.types import Side


def annotation(home: Path, key: int) -> Catalogued:
    with folder.open(home) as catalogue:
        return catalogued(catalogue, [key])[0]


def test_over_the_api(served: Served) -> None:
    with served.client() as client:
        address = "/api/annotations/3/corrections"
        assert client.post(address, json={"side": "right"}).status_code == 200
        assert client.post(address, json={"box": {"x": 600, "y": 10, "w": 500, "h": 50}}).status_code == 200
        outside = client.post(address, json={"box": {"x": 5000, "y": 10, "w": 5, "h": 5}})
        assert outside.status_code == 409 and "outside the photo" in outside.json()["detail"]
        assert client.post(address, json={}).status_code == 409
        assert client.post("/api/annotations/999/corrections", json={"side": "left"}).status_code == 409
    one = annotation(served.folder, 3)
    assert one.side is Side.RIGHT
    assert one.box is not None
    assert one.box.x + one.box.w <= one.width


def test_a_box_is_drawn_on_the_photo(served: Served) -> None:
    with browsing(f"{served.address}/photos/3") as page:
        photo = page.locator(".whole img")
        expect(photo).to_be_visible()
        page.wait_for_function("() => document.querySelector('.whole img').naturalWidth > 0")
        seen = photo.bounding_box()
        assert seen is not None
        page.mouse.move(seen["x"] + seen["width"] * 0.25, seen["y"] + seen["height"] * 0.25)
        page.mouse.down()
        page.mouse.move(seen["x"] + seen["width"] * 0.75, seen["y"] + seen["height"] * 0.5)
        page.mouse.up()
        page.get_by_role("button", name="Save this box").click()
        expect(page.locator("#content")).to_contain_text("Corrected.")
    one = annotation(served.folder, 3)
    assert one.box is not None
    share = (one.box.x / one.width, one.box.y / one.height, one.box.w / one.width, one.box.h / one.height)
    assert all(abs(is_ - should) < 0.02 for is_, should in zip(share, (0.25, 0.25, 0.5, 0.25), strict=True))


def test_many_photos_at_once(served: Served) -> None:
    with browsing(f"{served.address}/photos?state=unnamed") as page:
        for n in range(3):
            page.get_by_role("checkbox").nth(n).check()
        page.get_by_label("Ticked photos show").fill("fish-004")
        page.get_by_role("option", name="fish-004").click()
        page.get_by_role("button", name="Write down").click()
        expect(page.locator(".heading")).to_contain_text("11 animals in photos")
    with folder.open(served.folder) as catalogue:
        made = [entry.decision for entry in log.history(catalogue) if entry.by == "Bea"]
    assert [type(one) for one in made] == [Assigned]
    assert not any(isinstance(one, Corrected) for one in made)
