"""Sides and boxes are put right, one by one and many at once, and can be undone."""

from pathlib import Path

from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import Served

from resight.catalogue import folder, log
from resight.catalogue.decisions import Assigned, Rejected
from resight.catalogue.lookup import Catalogued, catalogued, individual_named
from resight.identify.doubts import Doubt, keep_doubts
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


def kinds(home: Path) -> list[type]:
    """What was decided in the browser, in order."""
    with folder.open(home) as catalogue:
        return [type(entry.decision) for entry in reversed(log.history(catalogue)) if entry.by == "Bea"]


def test_many_photos_at_once_named_before_or_not(served: Served) -> None:
    with browsing(f"{served.address}/photos?state=unnamed") as page:
        for n in range(3):
            page.get_by_role("checkbox").nth(n).check()
        page.get_by_label("Ticked photos show").fill("fish-004")
        expect(page.locator("datalist option[value='fish-004']")).to_be_attached()
        page.get_by_role("button", name="Write down").click()
        expect(page.locator(".heading")).to_contain_text("11 animals in photos")
        assert kinds(served.folder) == [Assigned]
        page.goto(f"{served.address}/photos?text=fish-001")
        page.get_by_role("checkbox").last.check()  # the oldest, which was added with its name
        page.get_by_label("Ticked photos show").fill("fish-004")
        page.get_by_role("button", name="Write down").click()
        expect(page.locator("li", has_text="fish-004")).to_have_count(1)
    assert kinds(served.folder) == [Assigned, Rejected, Assigned]


def test_a_photo_is_given_to_another_and_then_to_nobody(served: Served) -> None:
    other = "fish-002" if annotation(served.folder, 1).name != "fish-002" else "fish-003"
    with browsing(f"{served.address}/photos/1") as page:
        page.get_by_role("button", name="This is someone else").click()
        page.get_by_label("Name").fill(other)
        page.get_by_role("button", name="That is who it is").click()
        expect(page.locator("h1")).to_have_text(other)
        page.get_by_role("button", name="This is someone else").click()
        page.get_by_role("button", name="Nobody known").click()
        expect(page.locator("h1")).to_have_text("Not named yet")
    assert kinds(served.folder) == [Rejected, Assigned, Rejected]


def test_a_doubted_photo_is_given_to_the_one_it_looks_like(served: Served) -> None:
    with folder.open(served.folder) as catalogue:
        first, other = individual_named(catalogue, "fish-001"), individual_named(catalogue, "fish-002")
        photo = {one.individual: one.id for one in catalogued(catalogue)}
        keep_doubts(catalogue, [Doubt(photo[first], first, other, photo[other], 0.95, 0.01)])
    with browsing(f"{served.address}/doubts") as page:
        page.get_by_role("button", name="It is fish-002").click()
        expect(page.locator("#content")).to_contain_text("No name looks wrong.")
    assert annotation(served.folder, photo[first]).name == "fish-002"
    assert kinds(served.folder) == [Rejected, Assigned]
